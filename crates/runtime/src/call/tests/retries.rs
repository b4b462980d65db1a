use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::fake::{self, Fake, GET, OK, PATCH, POST, PUT, Reply};
use crate::error::{Delivery, Error, ErrorKind};
use crate::request::multipart::{Form, Part};
use crate::{Bytes, CallOptions, Core, RetryPolicy, Route};

const TOO_MANY: Reply = Reply::Response(429, "", "{}");
const UNAVAILABLE: Reply = Reply::Response(503, "", "{}");

async fn call(core: &Core, route: &'static Route) -> Result<Value, Error> {
    core.operation(route).json(&json!({ "text": "hi" })).send::<Value>().await
}

/// Whether the gaps are these, in seconds; tokio's timer counts in milliseconds.
fn same(gaps: &[f64], expected: &[f64]) -> bool {
    gaps.len() == expected.len() && gaps.iter().zip(expected).all(|(gap, expected)| (gap - expected).abs() < 0.01)
}

#[tokio::test(start_paused = true)]
async fn pauses() {
    type Row = (&'static str, &'static Route, Vec<Reply>, &'static [f64], bool);
    let rows: [Row; 16] = [
        ("nothing to repeat", POST, vec![OK], &[], true),
        ("two pauses, the second twice as long", GET, vec![UNAVAILABLE, UNAVAILABLE, OK], &[0.5, 1.0], true),
        ("the last attempt fails", GET, vec![UNAVAILABLE], &[0.5, 1.0], false),
        ("a POST is not repeated after a 5xx", POST, vec![UNAVAILABLE], &[], false),
        ("nor a PATCH", PATCH, vec![UNAVAILABLE], &[], false),
        ("a PUT is", PUT, vec![UNAVAILABLE, OK], &[0.5], true),
        ("a POST is after a 429", POST, vec![TOO_MANY, TOO_MANY, OK], &[0.5, 1.0], true),
        ("and when nothing was sent", POST, vec![Reply::NoConnection, OK], &[0.5], true),
        ("not when the connection broke", POST, vec![Reply::Broken, OK], &[], false),
        ("nor when no response came", POST, vec![Reply::Silence, OK], &[], false),
        ("when the request got stuck before it was sent", POST, vec![Reply::Stuck, OK], &[30.5], true),
        ("a GET is repeated after a timeout", GET, vec![Reply::Silence, OK], &[30.5], true),
        ("seconds win", POST, vec![Reply::Response(429, "retry-after: 7", ""), OK], &[7.0], true),
        (
            "a date wins",
            GET,
            vec![Reply::Response(503, "retry-after: Sat, 21 Nov 2026 12:00:09 GMT|date: Sat, 21 Nov 2026 12:00:00 GMT", ""), OK],
            &[9.0],
            true,
        ),
        (
            "the interval of a used-up limit wins",
            POST,
            vec![Reply::Response(429, "x-ratelimit-remaining: 0|x-ratelimit-interval-milliseconds: 10000", ""), OK],
            &[10.0],
            true,
        ),
        ("a 4xx is final", GET, vec![Reply::Response(422, "", "")], &[], false),
    ];
    for (what, route, replies, gaps, succeeds) in rows {
        let fake = Fake::script(replies);
        let result = call(&fake::core(&fake), route).await;
        assert_eq!(result.is_ok(), succeeds, "{what}: {result:?}");
        assert!(same(&fake.gaps(), gaps), "{what}: {:?}", fake.gaps());
    }
}

#[tokio::test(start_paused = true)]
async fn deadlines() {
    type Row = (&'static str, &'static Route, Vec<Reply>, f64, usize, ErrorKind);
    let rows: [Row; 5] = [
        // 30 s, a pause of 0.5 s, and what is left of the minute.
        ("the deadline ends the second attempt", GET, vec![Reply::Silence], 60.0, 2, ErrorKind::Timeout),
        (
            "a wait beyond the deadline is not begun",
            POST,
            vec![Reply::Response(429, "retry-after: 60", "")],
            0.0,
            1,
            ErrorKind::RateLimited,
        ),
        ("even a day", POST, vec![Reply::Response(429, "retry-after: 99999999", "")], 0.0, 1, ErrorKind::RateLimited),
        ("a wait within it is", GET, vec![Reply::Response(503, "retry-after: 59", ""), Reply::Silence], 60.0, 2, ErrorKind::Timeout),
        ("slow responses use it up", GET, vec![Reply::Slow(Duration::from_millis(29_700), 503)], 59.9, 2, ErrorKind::Server),
    ];
    for (what, route, replies, seconds, attempts, kind) in rows {
        let fake = Fake::script(replies);
        let started = Instant::now();
        let error = call(&fake::core(&fake), route).await.unwrap_err();
        assert!((started.elapsed().as_secs_f64() - seconds).abs() < 0.6, "{what}: {:?}", started.elapsed());
        assert_eq!((fake.seen().len(), error.kind()), (attempts, kind), "{what}: {error}");
        assert_eq!(error.attempts() as usize, attempts, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_worst_of_all_attempts_counts() {
    use Delivery::{NotSent, Rejected, Unknown};
    let rows: [(&'static Route, Vec<Reply>, Delivery, ErrorKind, u32); 9] = [
        (POST, vec![Reply::NoConnection], NotSent, ErrorKind::Connect, 3),
        (POST, vec![Reply::Stuck], NotSent, ErrorKind::Timeout, 2),
        (POST, vec![TOO_MANY, Reply::NoConnection], Rejected, ErrorKind::Connect, 3),
        (POST, vec![Reply::NoConnection, TOO_MANY, Reply::Broken], Unknown, ErrorKind::Transport, 3),
        (PUT, vec![Reply::Broken, Reply::NoConnection], Unknown, ErrorKind::Connect, 3),
        // The first attempt may have done it, which is why the second found nothing.
        (PUT, vec![Reply::Silence, Reply::Response(404, "", "")], Unknown, ErrorKind::NotFound, 2),
        (PUT, vec![UNAVAILABLE, Reply::Response(409, "", "")], Unknown, ErrorKind::Refused, 2),
        (GET, vec![UNAVAILABLE], Rejected, ErrorKind::Server, 3),
        (GET, vec![Reply::Broken], Unknown, ErrorKind::Transport, 3),
    ];
    for (route, replies, delivery, kind, attempts) in rows {
        let what = format!("{} {replies:?}", route.operation_id);
        let error = call(&fake::core(&Fake::script(replies)), route).await.unwrap_err();
        assert_eq!((error.delivery(), error.kind(), error.attempts()), (delivery, kind, attempts), "{what}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn whether_a_repeat_may_help() {
    let rows: [(&'static Route, Reply, bool); 10] = [
        (POST, Reply::NoConnection, true),
        (POST, TOO_MANY, true),
        (POST, UNAVAILABLE, false),
        (POST, Reply::Broken, false),
        (POST, Reply::Response(422, "", ""), false),
        (POST, Reply::Response(200, "", "<html>"), false),
        (PUT, Reply::Broken, true),
        (GET, UNAVAILABLE, true),
        (GET, Reply::Response(404, "", ""), false),
        (GET, Reply::Response(501, "", ""), false),
    ];
    for (route, reply, retryable) in rows {
        let what = format!("{} {reply:?}", route.operation_id);
        let error = call(&fake::core(&Fake::script([reply])), route).await.unwrap_err();
        assert_eq!(error.is_retryable(), retryable, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn policies_of_client_and_call() {
    let attempts = async |core: Core, fake: &Fake| {
        let before = fake.seen().len();
        call(&core, GET).await.unwrap_err();
        fake.seen().len() - before
    };
    let fake = Fake::script([UNAVAILABLE]);
    let client = fake::build(&fake, |builder| builder.retry(RetryPolicy::new().attempts(5)));
    assert_eq!(attempts(client.clone(), &fake).await, 5);
    assert_eq!(attempts(client.with(CallOptions::new().no_retry()), &fake).await, 1);
    assert_eq!(attempts(client.with(CallOptions::new().retry(RetryPolicy::new().attempts(2))), &fake).await, 2);
    // Later options are laid over earlier ones.
    assert_eq!(attempts(client.with(CallOptions::new().no_retry()).with(CallOptions::new().header("x", "1")), &fake).await, 1);
    assert_eq!(attempts(client, &fake).await, 5, "the client itself is as it was");
    let never = fake::build(&fake, |builder| builder.retry(RetryPolicy::none()));
    assert_eq!(attempts(never, &fake).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_final_for_a_post_if_the_policy_says_so() {
    let policy = RetryPolicy::new().retry_post_after_429(false);
    for (route, attempts, retryable) in [(POST, 1, false), (PATCH, 1, false), (PUT, 3, true), (GET, 3, true)] {
        let fake = Fake::script([TOO_MANY]);
        let client = fake::core(&fake).with(CallOptions::new().retry(policy.clone()));
        let error = call(&client, route).await.unwrap_err();
        assert_eq!((fake.seen().len(), error.is_retryable()), (attempts, retryable), "{}", route.operation_id);
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::RateLimited, Delivery::Rejected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_sent_again_only_while_it_is_untouched() {
    let form = || {
        let stream = futures_util::stream::iter([Ok(Bytes::from_static(b"abc"))]);
        Form::new().text("a", "1").part("file", Part::stream(stream, 3))
    };
    let rows = [
        (vec![Reply::NoConnection, OK], 2, 1, true),
        (vec![Reply::Stuck, OK], 2, 1, true),
        (vec![TOO_MANY, OK], 1, 1, false),
        (vec![Reply::Broken, OK], 1, 1, false),
    ];
    for (replies, seen, received, succeeds) in rows {
        let what = format!("{replies:?}");
        let fake = Fake::script(replies);
        let result = fake::core(&fake).operation(POST).multipart(form()).send_empty().await;
        assert_eq!((fake.seen().len(), fake.received(), result.is_ok()), (seen, received, succeeds), "{what}: {result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_the_call() {
    let fake = Fake::script([Reply::Silence]);
    let client = fake::core(&fake).with(CallOptions::new().timeout(Duration::from_secs(2)).deadline(Duration::from_secs(3)));
    let started = Instant::now();
    let error = call(&client, POST).await.unwrap_err();
    assert_eq!(started.elapsed().as_secs(), 2);
    assert_eq!(error.to_string(), "Acme post: no response within 2s. Whether the vendor carried out the request is unknown.");
    let error = call(&client, GET).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Acme get: no response before the call's deadline of 3s (2 attempts). Whether the vendor carried out the request is unknown."
    );
}
