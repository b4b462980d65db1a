use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, advance, sleep};

use super::{Inspect as _, Late, pacer_of};
use crate::limit::{Pacer, Pacing, RateLimitStatus, TooLong};
use crate::{ErrorKind, RateLimit};

const SECOND: Duration = Duration::from_secs(1);

fn pacer(requests: u32, seconds: u32) -> Arc<Pacer> {
    pacer_of(Pacing::documented(), Some(RateLimit::new(requests, seconds * SECOND))).unwrap().unwrap()
}

fn far() -> Instant {
    Instant::now() + 1000 * SECOND
}

fn left(remaining: u32) -> RateLimitStatus {
    RateLimitStatus { remaining: Some(remaining), interval: Some(10 * SECOND), ..RateLimitStatus::default() }
}

/// Sends one request, whose response takes `latency`.
async fn request(pacer: &Arc<Pacer>, latency: Duration) {
    let mut permit = pacer.acquire(far()).await.unwrap();
    permit.mark_sent();
    sleep(latency).await;
    permit.complete(RateLimitStatus::default());
}

/// How long it takes to get a permit.
async fn wait(pacer: &Arc<Pacer>) -> Duration {
    let before = Instant::now();
    let permit = pacer.acquire(far()).await.unwrap();
    drop(permit);
    before.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_free_one_period_after_its_response() {
    let pacer = pacer(2, 10);
    request(&pacer, 3 * SECOND).await;
    request(&pacer, SECOND).await;
    // The first response came at 3 s, the second at 4 s.
    assert_eq!(wait(&pacer).await, 9 * SECOND);
    request(&pacer, Duration::ZERO).await;
    assert_eq!(wait(&pacer).await, SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_was_not_used_costs_nothing() {
    let pacer = pacer(1, 10);
    for _ in 0..100 {
        drop(pacer.acquire(far()).await.unwrap());
    }
    let mut permit = pacer.acquire(far()).await.unwrap();
    permit.mark_sent();
    permit.mark_unsent();
    drop(permit);
    assert_eq!(wait(&pacer).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn callers_are_served_in_order() {
    let pacer = pacer(3, 10);
    let served = Arc::new(Mutex::new(Vec::new()));
    let callers = (0..50).map(|number| {
        let (pacer, served) = (Arc::clone(&pacer), Arc::clone(&served));
        tokio::spawn(async move {
            request(&pacer, Duration::from_millis(100)).await;
            served.lock().unwrap().push(number);
        })
    });
    let callers: Vec<_> = callers.collect();
    sleep(Duration::from_millis(1)).await;
    // Some leave the queue; the others keep their order.
    for caller in callers.iter().skip(5).step_by(7) {
        caller.abort();
    }
    join_all(callers).await;
    let served = served.lock().unwrap();
    assert_eq!(served.len(), 43);
    assert!(served.is_sorted(), "{served:?}");
}

/// Futures that are kept and not polled hold no slot and no place that others wait for.
#[tokio::test(start_paused = true)]
async fn callers_that_nobody_polls_stop_nobody() {
    for forgotten in [1, 2, 20] {
        let pacer = pacer(1, 10);
        request(&pacer, Duration::ZERO).await;
        let mut kept: Vec<_> = (0..forgotten).map(|_| pacer.acquire(far())).collect();
        assert!(kept.iter_mut().all(|future| future.now_or_never().is_none()), "each waits");
        let before = Instant::now();
        request(&pacer, Duration::ZERO).await;
        let first = before.elapsed();
        assert!(first < 13 * SECOND, "{forgotten} are ahead, and it took {first:?}");
        // By now it is known that they do not come.
        for _ in 0..5 {
            let before = Instant::now();
            request(&pacer, Duration::ZERO).await;
            assert!(before.elapsed() < 10 * SECOND + SECOND / 4, "{forgotten} are ahead, and it took {:?}", before.elapsed());
        }
        // They have kept their places.
        let late = join_all(kept.into_iter().map(async |waiting| waiting.await.map(drop))).await;
        assert!(late.iter().all(Result::is_ok));
        assert_eq!(pacer.waiting(), 0);
    }
}

/// A caller that was called and is not polled, while others come and go.
#[tokio::test(start_paused = true)]
async fn a_slot_that_nobody_takes_goes_to_the_next() {
    let pacer = pacer(1, 10);
    let permit = pacer.acquire(far()).await.unwrap();
    let mut forgotten = pacer.acquire(far());
    assert!((&mut forgotten).now_or_never().is_none());
    let others: Vec<_> = (0..3)
        .map(|_| {
            let pacer = Arc::clone(&pacer);
            tokio::spawn(async move { request(&pacer, Duration::ZERO).await })
        })
        .collect();
    sleep(SECOND).await;
    // It comes back unused, so it can be had at once.
    drop(permit);
    let before = Instant::now();
    join_all(others).await;
    assert!(before.elapsed() < 21 * SECOND, "{:?}", before.elapsed());
    drop(forgotten);
    assert_eq!(pacer.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn leaving_the_queue_at_any_moment_leaks_nothing() {
    let pacer = pacer(4, 10);
    for round in 0..40 {
        let mut callers: Vec<_> = (0..12)
            .map(|_| {
                let pacer = Arc::clone(&pacer);
                tokio::spawn(async move { request(&pacer, SECOND).await })
            })
            .collect();
        advance(Duration::from_millis(round * 377)).await;
        tokio::task::yield_now().await;
        for caller in callers.drain(..) {
            caller.abort();
        }
    }
    sleep(20 * SECOND).await;
    assert_eq!(pacer.waiting(), 0);
    let mut window = pacer.window();
    window.expire(Instant::now());
    assert_eq!((window.in_flight, window.used.len(), window.free()), (0, 0, 4));
}

#[tokio::test(start_paused = true)]
async fn what_would_pass_the_deadline_fails_at_once() {
    let pacer = pacer(2, 10);
    request(&pacer, Duration::ZERO).await;
    request(&pacer, Duration::ZERO).await;
    let try_for = |seconds: u32| pacer.acquire(Instant::now() + seconds * SECOND).now_or_never();
    assert_eq!(try_for(9).map(Late::late), Some(Some(TooLong(10 * SECOND))));
    assert!(try_for(10).is_none(), "it waits");
    // Two others are ahead, so it takes another round.
    let ahead: Vec<_> = (0..2)
        .map(|_| {
            tokio::spawn({
                let pacer = Arc::clone(&pacer);
                async move { request(&pacer, SECOND).await }
            })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(try_for(19).map(Late::late), Some(Some(TooLong(20 * SECOND))));
    join_all(ahead).await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_becomes_too_long_ends_before_the_deadline() {
    let pacer = pacer(1, 10);
    request(&pacer, Duration::ZERO).await;
    let waiting = tokio::spawn({
        let pacer = Arc::clone(&pacer);
        async move {
            let before = Instant::now();
            let permit = pacer.acquire(before + 30 * SECOND).await;
            (permit.late(), before.elapsed())
        }
    });
    sleep(5 * SECOND).await;
    pacer.pause(60 * SECOND);
    assert_eq!(waiting.await.unwrap(), (Some(TooLong(55 * SECOND)), 10 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everybody_and_the_longest_counts() {
    let pacer = pacer(100, 10);
    pacer.pause(7 * SECOND);
    pacer.pause(3 * SECOND);
    let waits = join_all((0..20).map(|_| wait(&pacer))).await;
    assert!(waits.iter().all(|wait| *wait == 7 * SECOND), "{waits:?}");
    assert_eq!(wait(&pacer).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn headers_are_followed() {
    let responded = |pacer: &Arc<Pacer>, status| {
        let permit = pacer.acquire(far()).now_or_never().unwrap().unwrap();
        permit.complete(status);
    };
    // Nothing left: wait the interval.
    let exhausted = pacer(100, 60);
    responded(&exhausted, left(0));
    assert_eq!(wait(&exhausted).await, 10 * SECOND);
    // Others use the same budget: only three of our hundred are left.
    let shared = pacer(100, 60);
    responded(&shared, left(3));
    for _ in 0..3 {
        assert!(request(&shared, Duration::ZERO).now_or_never().is_some());
    }
    assert_eq!(wait(&shared).await, 10 * SECOND);
    // Two of those three belonged to others who have gone; the newest response counts.
    let shared = pacer(100, 60);
    responded(&shared, left(3));
    responded(&shared, left(70));
    let before = Instant::now();
    for _ in 0..70 {
        request(&shared, Duration::ZERO).await;
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(wait(&shared).await, 10 * SECOND);
    // A number without sense costs no memory.
    let fantasy = pacer(100, 60);
    responded(&fantasy, RateLimitStatus { limit: Some(u32::MAX), ..left(1) });
    assert!(request(&fantasy, Duration::ZERO).now_or_never().is_some());
    assert_eq!(wait(&fantasy).await, 10 * SECOND);
    // More left than we think changes nothing.
    let generous = pacer(1, 60);
    request(&generous, Duration::ZERO).await;
    generous.window().observe(left(50), Instant::now());
    assert_eq!(wait(&generous).await, 60 * SECOND);
    // A count without an interval tells nothing.
    let vague = pacer(100, 60);
    responded(&vague, RateLimitStatus { interval: None, ..left(0) });
    assert_eq!(wait(&vague).await, Duration::ZERO);
}

#[test]
fn a_stated_limit_replaces_the_documented_one_and_lowers_a_chosen_one() {
    let stated = |pacing: Pacing, limit| {
        let pacer = pacer_of(pacing, Some(RateLimit::new(100, 10 * SECOND))).unwrap().unwrap();
        let mut window = pacer.window();
        let status = RateLimitStatus { limit: Some(limit), interval: Some(10 * SECOND), ..RateLimitStatus::default() };
        window.observe(status, Instant::now());
        window.limit.requests
    };
    assert_eq!(stated(Pacing::documented(), 50), 50);
    assert_eq!(stated(Pacing::documented(), 200), 200);
    assert_eq!(stated(Pacing::new(20, 10 * SECOND), 50), 20);
    assert_eq!(stated(Pacing::new(20, 10 * SECOND), 5), 5);
    assert_eq!(stated(Pacing::new(20, SECOND), 50), 50);
}

/// The vendor shortens its interval while slots are in use: what was used later is free sooner, and is waited for first.
#[tokio::test(start_paused = true)]
async fn slots_are_free_in_their_order_although_the_interval_changes() {
    let pacer = pacer(2, 60);
    let interval = |seconds: u32| RateLimitStatus { limit: Some(2), interval: Some(seconds * SECOND), ..RateLimitStatus::default() };
    for seconds in [60, 5] {
        let mut permit = pacer.acquire(far()).await.unwrap();
        permit.mark_sent();
        pacer.window().observe(interval(seconds), Instant::now());
        drop(permit);
    }
    let ends: Vec<_> = pacer.window().used.iter().map(|end| (*end - Instant::now()).as_secs()).collect();
    assert_eq!(ends, [5, 60]);
    assert_eq!(wait(&pacer).await, 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_expected_time_takes_others_into_account() {
    let expected = |pacer: &Arc<Pacer>, ahead| pacer.window().earliest(ahead, Instant::now()).0 - Instant::now();
    let pacer = pacer(4, 20);
    request(&pacer, Duration::ZERO).await;
    sleep(5 * SECOND).await;
    // One of ours is free after 15 s, one of somebody else after 10 s, one is in flight.
    let held = pacer.acquire(far()).await.unwrap();
    pacer.window().observe(left(1), Instant::now());
    let seconds: Vec<_> = (0..6).map(|ahead| expected(&pacer, ahead).as_secs()).collect();
    assert_eq!(seconds, [0, 10, 15, 20, 20, 30]);
    drop(held);
}

#[tokio::test(start_paused = true)]
async fn no_number_is_too_large() {
    let pacer = pacer_of(Pacing::new(1, Duration::MAX), None).unwrap().unwrap();
    request(&pacer, Duration::ZERO).await;
    assert!(pacer.acquire(far()).await.is_err());
    pacer.pause(Duration::MAX);
    assert!(pacer.window().earliest(usize::MAX, Instant::now()).0 > far());
    full(&pacer);
}

fn full(pacer: &Arc<Pacer>) {
    assert!(pacer.acquire(far()).now_or_never().is_some_and(|permit| permit.is_err()));
}

#[test]
fn settings() {
    let limit = Some(RateLimit::new(1, SECOND));
    assert!(pacer_of(Pacing::documented(), limit).unwrap().is_some());
    assert!(pacer_of(Pacing::default(), None).unwrap().is_none());
    assert!(pacer_of(Pacing::off(), limit).unwrap().is_none());
    assert!(pacer_of(Pacing::new(1, SECOND), None).unwrap().is_some());
    for unusable in [Pacing::new(0, SECOND), Pacing::new(1, Duration::ZERO)] {
        assert_eq!(pacer_of(unusable, None).err().map(|error| error.kind()), Some(ErrorKind::Configuration));
    }
}

/// The strictest vendor: no stretch of time as long as the period may hold more requests than the limit.
#[tokio::test(start_paused = true)]
async fn no_period_ever_holds_more_than_the_limit() {
    let pacer = pacer(7, 10);
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let seed = Arc::new(AtomicU32::new(1));
    join_all((0..20).map(|_| {
        let (pacer, arrivals, seed) = (Arc::clone(&pacer), Arc::clone(&arrivals), Arc::clone(&seed));
        tokio::spawn(async move {
            for _ in 0..10 {
                let mut permit = pacer.acquire(far()).await.unwrap();
                permit.mark_sent();
                let way = Duration::from_millis(u64::from(seed.fetch_add(7919, Ordering::Relaxed) % 900));
                sleep(way).await;
                arrivals.lock().unwrap().push(Instant::now());
                sleep(way / 2).await;
                permit.complete(RateLimitStatus::default());
            }
        })
    }))
    .await;
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 200);
    assert!(arrivals.windows(8).all(|window| window[7] - window[0] >= 10 * SECOND));
}
