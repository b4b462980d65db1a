use std::collections::VecDeque;
use std::future::IntoFuture as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::{Instant, advance, sleep};

use super::fake::{self, Fake, GET, OK, POST, Reply};
use crate::error::{Delivery, ErrorKind};
use crate::{CallOptions, Pacing};

const LIMIT: usize = 100;
const PERIOD: Duration = Duration::from_secs(10);

/// A vendor that counts, and responds 429 to what is too much.
trait Limiter: Send + 'static {
    fn admit(&mut self, now: Instant) -> bool;
}

/// Counts from a fixed point in time, as most gateways do.
struct FixedWindow {
    begun: Instant,
    count: usize,
}

impl Limiter for FixedWindow {
    fn admit(&mut self, now: Instant) -> bool {
        while now >= self.begun + PERIOD {
            self.begun += PERIOD;
            self.count = 0;
        }
        self.count += 1;
        self.count <= LIMIT
    }
}

/// Counts what came within the last period: the strictest.
struct SlidingWindow(VecDeque<Instant>);

impl Limiter for SlidingWindow {
    fn admit(&mut self, now: Instant) -> bool {
        self.0.retain(|earlier| now < *earlier + PERIOD);
        self.0.push_back(now);
        self.0.len() <= LIMIT
    }
}

/// 10,000 calls by 200 callers; the vendor must turn none away.
async fn ten_thousand_calls(mut limiter: impl Limiter, expected: std::ops::Range<u64>) {
    let rejected = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&rejected);
    let limiter = move |now| limiter.admit(now);
    let limiter = Mutex::new(limiter);
    let fake = Fake::new(move |n, _| {
        if (limiter.lock().unwrap())(Instant::now()) {
            // Some responses come at once and some take a while.
            Reply::Slow(Duration::from_millis((n as u64 * 7919) % 400), 200)
        } else {
            counted.fetch_add(1, Ordering::Relaxed);
            Reply::Response(429, "", "")
        }
    });
    let client = fake::core(&fake);
    let started = Instant::now();
    let calls = stream::iter(0..10_000).map(|_| async { client.operation(POST).json(&json!({})).send::<Value>().await });
    let failed = calls.buffer_unordered(200).filter(|result| std::future::ready(result.is_err())).count().await;
    assert_eq!((fake.received(), rejected.load(Ordering::Relaxed), failed), (10_000, 0, 0));
    let seconds = started.elapsed().as_secs();
    assert!(expected.contains(&seconds), "{seconds} s for what takes 990 s at least");
}

#[tokio::test(start_paused = true)]
async fn a_vendor_with_a_fixed_window_rejects_nothing() {
    let begun = Instant::now();
    advance(PERIOD / 3).await;
    ten_thousand_calls(FixedWindow { begun, count: 0 }, 990..1100).await;
}

#[tokio::test(start_paused = true)]
async fn a_vendor_with_a_sliding_window_rejects_nothing() {
    ten_thousand_calls(SlidingWindow(VecDeque::new()), 990..1100).await;
}

/// The same through the headers, for a client that starts with a wrong idea of the limit.
#[tokio::test(start_paused = true)]
async fn headers_teach_a_stricter_limit() {
    const HEADERS: [&str; 3] = [
        "x-ratelimit-max: 2|x-ratelimit-interval-milliseconds: 30000|x-ratelimit-remaining: 1",
        "x-ratelimit-max: 2|x-ratelimit-interval-milliseconds: 30000|x-ratelimit-remaining: 0",
        "x-ratelimit-max: 2|x-ratelimit-interval-milliseconds: 30000|x-ratelimit-remaining: 1",
    ];
    let fake = Fake::new(|n, _| Reply::Response(200, HEADERS[n], "{}"));
    let client = fake::core(&fake);
    for _ in 0..3 {
        client.operation(GET).send::<Value>().await.unwrap();
    }
    assert_eq!(fake.gaps(), [0.0, 30.0]);
}

#[tokio::test(start_paused = true)]
async fn a_429_holds_all_callers() {
    let fake = Fake::script([Reply::Response(429, "retry-after: 20", ""), OK]);
    let client = fake::core(&fake);
    let first = client.operation(POST).json(&json!({})).send::<Value>();
    let others = join_all((0..10).map(async |_| {
        sleep(Duration::from_secs(1)).await;
        client.with(CallOptions::new()).operation(GET).send::<Value>().await
    }));
    let (first, others) = tokio::join!(first, others);
    assert!(first.is_ok() && others.iter().all(Result::is_ok));
    assert!((fake.gaps()[0] - 20.0).abs() < 0.1, "nobody went between");
    // Without pacing, only the caller who was told waits.
    let fake = Fake::script([Reply::Response(429, "retry-after: 20", ""), OK]);
    let client = fake::build(&fake, |builder| builder.pacing(Pacing::off()));
    let second = async {
        sleep(Duration::from_secs(1)).await;
        client.operation(GET).send::<Value>().await
    };
    let (first, second) = tokio::join!(client.operation(POST).json(&json!({})).send::<Value>(), second);
    assert!(first.is_ok() && second.is_ok());
    assert!((fake.gaps()[0] - 1.0).abs() < 0.1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_leave_in_time_is_not_sent() {
    let fake = Fake::script([OK]);
    let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))));
    client.operation(POST).json(&json!({})).send::<Value>().await.unwrap();
    let before = Instant::now();
    let error = client.clone().operation(POST).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(before.elapsed(), Duration::ZERO, "known at once");
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::RateLimited, Delivery::NotSent, 0));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "Acme post: the rate limit would delay the request beyond the call's deadline of 60s (retry after 3600s). \
         The request was not sent."
    );
    // After an attempt that failed, its own error tells more.
    let fake = Fake::script([Reply::Response(503, "x-request-id: r1", "")]);
    let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))));
    let error = client.operation(GET).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.request_id(), error.attempts()), (ErrorKind::Server, Some("r1"), 1));
}

#[tokio::test(start_paused = true)]
async fn attempts_that_reached_nobody_cost_nothing() {
    let fake = Fake::script([Reply::NoConnection, Reply::Stuck, OK]);
    let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))));
    client.operation(POST).json(&json!({})).send::<Value>().await.unwrap();
    assert_eq!((fake.seen().len(), fake.received()), (3, 1));
}

/// What the vendor may have counted takes a slot; what cannot have reached it, or not as a request, does not.
#[tokio::test(start_paused = true)]
async fn what_costs_a_slot() {
    let rows = [
        (OK, true),
        (Reply::Response(302, "location: /x", ""), true),
        (Reply::Response(400, "", ""), true),
        (Reply::Response(401, "", ""), true),
        (Reply::Response(404, "", ""), true),
        (Reply::Response(422, "", ""), true),
        (Reply::Response(429, "retry-after: 0", ""), true),
        (Reply::Response(503, "", ""), true),
        (Reply::Broken, true),
        (Reply::Silence, true),
        (Reply::Refused, true),
        (Reply::Stuck, false),
        (Reply::NoConnection, false),
    ];
    for (reply, costs) in rows {
        let what = format!("{reply:?}");
        let fake = Fake::script([reply, OK]);
        let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(1, Duration::from_secs(3600))));
        let once = client.with(CallOptions::new().no_retry());
        let _ = once.operation(POST).json(&json!({})).send::<Value>().await;
        let next = once.operation(POST).json(&json!({})).send::<Value>().await;
        assert_eq!(next.is_err(), costs, "{what}");
        if let Err(error) = next {
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::RateLimited, Delivery::NotSent), "{what}: {error}");
        }
    }
}

/// One call waits and is not polled; the next goes on all the same.
#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_polls_stops_no_other() {
    let fake = Fake::script([OK]);
    let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(1, Duration::from_secs(2))));
    client.operation(GET).send::<Value>().await.unwrap();
    let mut forgotten = client.operation(GET).send::<Value>().into_future();
    assert!(Pin::new(&mut forgotten).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    for _ in 0..5 {
        client.operation(GET).send::<Value>().await.unwrap();
    }
    assert!(fake.gaps().iter().all(|gap| *gap < 3.0), "{:?}", fake.gaps());
    forgotten.await.unwrap();
}

/// A call is dropped at each moment of its life; the budget is whole afterwards.
#[tokio::test(start_paused = true)]
async fn dropping_a_call_leaks_no_permit() {
    for polls in 0..12 {
        let fake = Fake::script([
            Reply::Slow(Duration::from_secs(1), 503),
            Reply::Slow(Duration::from_secs(1), 429),
            Reply::Slow(Duration::from_secs(1), 200),
        ]);
        let client = fake::build(&fake, |builder| builder.pacing(Pacing::new(3, Duration::from_secs(10))));
        {
            let mut call = client.operation(GET).send::<Value>().into_future();
            for _ in 0..polls {
                if Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                advance(Duration::from_millis(700)).await;
            }
        }
        advance(PERIOD * 2).await;
        let sent = fake.seen().len();
        let all = join_all((0..3).map(|_| client.operation(GET).send::<Value>().into_future()));
        let before = Instant::now();
        all.await;
        let at_once = fake.seen()[sent..].iter().filter(|seen| seen.at == before).count();
        assert_eq!(at_once, 3, "all three slots are free after {polls} polls");
    }
}
