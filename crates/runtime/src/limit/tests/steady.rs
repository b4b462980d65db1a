use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{Inspect as _, Late, pacer_of};
use crate::limit::{Pacer, Pacing, RateLimitStatus, TooLong};

const PERIOD: Duration = Duration::from_secs(10);
const SPACING: Duration = Duration::from_millis(100);

fn steady() -> Arc<Pacer> {
    pacer_of(Pacing::new(100, PERIOD).steady(), None).unwrap().unwrap()
}

/// What keeps a budget from being forgotten, each alone, and for how long.
#[tokio::test(start_paused = true)]
async fn a_budget_is_idle_when_nothing_of_it_is_in_use() {
    type Use = fn(&Arc<Pacer>);
    let observe = |pacer: &Arc<Pacer>, status| pacer.window().observe(status, Instant::now());
    assert!(steady().window().is_idle(Instant::now()));
    let rows: [(&str, Use, Duration); 4] = [
        ("a slot that was used", |pacer| pacer.window().release(true, Instant::now()), PERIOD),
        ("the vendor's pause", |pacer| pacer.window().pause_until(Instant::now() + PERIOD), PERIOD),
        ("the space after a request", |pacer| drop(pacer.acquire(Instant::now()).now_or_never().unwrap().unwrap()), SPACING),
        (
            "slots that others use",
            |pacer| {
                let status = RateLimitStatus { remaining: Some(60), interval: Some(PERIOD), ..RateLimitStatus::default() };
                pacer.window().observe(status, Instant::now());
            },
            PERIOD,
        ),
    ];
    for (what, begin, ends) in rows {
        let pacer = steady();
        begin(&pacer);
        let now = Instant::now();
        assert!(!pacer.window().is_idle(now + ends - Duration::from_millis(1)), "{what}");
        assert!(pacer.window().is_idle(now + ends), "{what}");
    }
    let pacer = steady();
    let permit = pacer.acquire(Instant::now()).now_or_never().unwrap().unwrap();
    assert!(!pacer.window().is_idle(Instant::now() + 100 * PERIOD), "a request in flight");
    drop(permit);
    let pacer = steady();
    observe(&pacer, RateLimitStatus { limit: Some(5), interval: Some(PERIOD), ..RateLimitStatus::default() });
    assert!(!pacer.window().is_idle(Instant::now() + 100 * PERIOD), "a limit that the vendor stated");
}

/// When `count` requests leave that are wanted at once and whose responses take `latency`.
async fn departures(pacer: &Arc<Pacer>, count: usize, latency: Duration) -> Vec<Duration> {
    let begun = Instant::now();
    let request = async || {
        let mut permit = pacer.acquire(begun + 1000 * PERIOD).await.unwrap();
        permit.mark_sent();
        let left = begun.elapsed();
        sleep(latency).await;
        permit.complete(RateLimitStatus::default());
        left
    };
    join_all((0..count).map(|_| request())).await
}

#[tokio::test(start_paused = true)]
async fn requests_are_spread_evenly() {
    let left = departures(&steady(), 50, Duration::from_millis(30)).await;
    let expected: Vec<_> = (0..50).map(|n| n * SPACING).collect();
    assert_eq!(left, expected);
    // Otherwise they leave at once.
    let burst = pacer_of(Pacing::new(100, PERIOD), None).unwrap().unwrap();
    assert_eq!(departures(&burst, 50, Duration::from_millis(30)).await, [Duration::ZERO; 50]);
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_kept_as_well() {
    let latency = Duration::from_millis(700);
    let left = departures(&steady(), 250, latency).await;
    assert!(left.windows(2).all(|pair| pair[1].saturating_sub(pair[0]) >= SPACING), "evenly");
    // A slot is free one period after its response.
    assert!(left.windows(101).all(|window| window[100].saturating_sub(window[0]) >= PERIOD + latency), "never more than 100");
    assert!(left[249] < 250 * SPACING + 3 * latency, "and no slower than that needs: {:?}", left[249]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_leave_in_time_is_known_at_once() {
    let pacer = steady();
    departures(&pacer, 1, Duration::ZERO).await;
    let soon = pacer.acquire(Instant::now() + SPACING / 2).now_or_never().map(Late::late);
    assert_eq!(soon, Some(Some(TooLong(SPACING))));
    // Twenty others are ahead.
    let mut ahead: Vec<_> = (0..20).map(|_| Box::pin(pacer.acquire(Instant::now() + PERIOD))).collect();
    assert!(ahead.iter_mut().all(|permit| permit.now_or_never().is_none()));
    let late = pacer.acquire(Instant::now() + PERIOD / 10).now_or_never().map(Late::late);
    assert_eq!(late, Some(Some(TooLong(21 * SPACING))));
}

#[tokio::test(start_paused = true)]
async fn the_spacing_follows_the_vendor() {
    let pacer = pacer_of(Pacing::documented().steady(), Some(crate::RateLimit::new(100, PERIOD))).unwrap().unwrap();
    let permit = pacer.acquire(Instant::now() + PERIOD).await.unwrap();
    permit.complete(RateLimitStatus { limit: Some(10), interval: Some(PERIOD), ..RateLimitStatus::default() });
    sleep(SPACING).await;
    assert_eq!(departures(&pacer, 3, Duration::ZERO).await, [Duration::ZERO, PERIOD / 10, PERIOD / 5]);
}
