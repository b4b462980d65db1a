//! [`Clock`]: the time in the sandbox, which can be moved forward and run at another speed.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The fastest speed: a day passes in less than a tenth of a second.
const MAXIMUM_SPEED: f64 = 1_000_000.0;

/// The time in a sandbox: [`Sandbox::clock`](crate::Sandbox::clock), [`Running::clock`](crate::Running::clock) and `GET /_sandbox/clock`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClockReading {
    /// The time, to the millisecond.
    pub now: DateTime<Utc>,
    /// How many seconds pass in the sandbox while one passes outside; 0 where time stands still.
    pub speed: f64,
    /// When something is to happen by itself next, such as a reply or the end of a search; nothing where nothing is planned.
    pub next: Option<DateTime<Utc>>,
}

/// The clock of one sandbox. Clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pace: Arc<watch::Sender<Pace>>,
    start: Start,
}

/// Where a clock begins: at this time, or at that of the system, and at which speed it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub time: Option<DateTime<Utc>>,
    pub speed: f64,
}

impl Default for Start {
    fn default() -> Self {
        Self { time: None, speed: 1.0 }
    }
}

/// How time passes since it was last moved.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The sandbox's time at that moment.
    time: DateTime<Utc>,
    /// The system's time at that moment.
    system: DateTime<Utc>,
    speed: f64,
}

impl Pace {
    fn begin(start: Start) -> Self {
        let system = Utc::now();
        Self { time: start.time.unwrap_or(system), system, speed: start.speed }
    }

    fn now(&self) -> DateTime<Utc> {
        // A system clock that is set back stops the sandbox's until it has caught up.
        let passed = (Utc::now() - self.system).to_std().unwrap_or_default();
        let passed =
            Duration::try_from_secs_f64(passed.as_secs_f64() * self.speed).ok().and_then(|passed| TimeDelta::from_std(passed).ok());
        let now = passed.and_then(|passed| self.time.checked_add_signed(passed));
        now.and_then(|now| DateTime::from_timestamp_millis(now.timestamp_millis())).unwrap_or(self.time)
    }

    /// How long the system's clock takes until it is `time` here; nothing where time stands still.
    fn until(&self, time: DateTime<Utc>) -> Option<Duration> {
        let left = (time - self.now()).to_std().unwrap_or_default();
        if left.is_zero() {
            return Some(left);
        }
        // No longer than a day at once: a timer need not hold for centuries.
        let left = Duration::try_from_secs_f64(left.as_secs_f64() / self.speed).ok()?;
        Some(left.clamp(Duration::from_millis(1), Duration::from_secs(86_400)))
    }
}

impl Clock {
    pub(crate) fn new(start: Start) -> Self {
        Self { pace: Arc::new(watch::Sender::new(Pace::begin(start))), start }
    }

    /// The time, to the millisecond.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.pace.borrow().now()
    }

    pub(crate) fn speed(&self) -> f64 {
        self.pace.borrow().speed
    }

    /// Whether it shows another time than the system's.
    pub(crate) fn is_moved(&self) -> bool {
        !is_system(&self.pace.borrow())
    }

    /// Moves the time forward; a time that is past changes nothing.
    pub(crate) fn forward(&self, time: DateTime<Utc>) {
        self.change(|pace| pace.time = pace.time.max(time));
    }

    /// Lets time pass at another speed. The error is a sentence.
    pub(crate) fn set_speed(&self, speed: f64) -> Result<(), String> {
        check_speed(speed)?;
        self.change(|pace| pace.speed = speed);
        Ok(())
    }

    /// As it was at the start.
    pub(crate) fn reset(&self) {
        self.pace.send_replace(Pace::begin(self.start));
    }

    /// Waits until it is this time.
    pub(crate) async fn reach(&self, time: DateTime<Utc>) {
        let mut changes = self.pace.subscribe();
        loop {
            let left = changes.borrow_and_update().until(time);
            let wait = async {
                match left {
                    Some(left) => tokio::time::sleep(left).await,
                    None => std::future::pending().await,
                }
            };
            if left == Some(Duration::ZERO) {
                return;
            }
            tokio::select! {
                () = wait => {}
                // The sender lives as long as `self`.
                _ = changes.changed() => {}
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Pace)) {
        self.pace.send_modify(|pace| {
            let system = Utc::now();
            // The same time twice where it is the system's, so that it stays so.
            let time = if is_system(pace) { system } else { pace.now() };
            *pace = Pace { time, system, ..*pace };
            change(pace);
        });
    }
}

fn is_system(pace: &Pace) -> bool {
    pace.time == pace.system && (pace.speed - 1.0).abs() < f64::EPSILON
}

/// What is wrong with a speed.
pub(crate) fn check_speed(speed: f64) -> Result<(), String> {
    if (0.0..=MAXIMUM_SPEED).contains(&speed) {
        return Ok(());
    }
    Err(format!("{speed} is not a speed; write a number from 0, at which time stands still, to {MAXIMUM_SPEED}"))
}

/// A time as the sandbox writes it, in RFC 3339 to the millisecond.
pub(crate) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn time_that_stands_still_moves_when_it_is_moved() {
        let clock = Clock::new(Start { time: Some(at("2026-01-05T09:00:00Z")), speed: 0.0 });
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.reach(at("2026-01-08T09:00:00Z")).await }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!((clock.now(), waiting.is_finished()), (at("2026-01-05T09:00:00Z"), false));
        clock.forward(at("2026-01-08T09:00:00Z"));
        waiting.await.unwrap();
        clock.forward(at("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2026-01-08T09:00:00Z"), "it never goes back");
        clock.reset();
        assert_eq!(clock.now(), at("2026-01-05T09:00:00Z"));
    }

    #[tokio::test]
    async fn a_day_passes_in_a_moment_at_a_high_speed() {
        let clock = Clock::new(Start { time: Some(at("2026-01-05T09:00:00Z")), speed: MAXIMUM_SPEED });
        clock.reach(at("2026-01-06T09:00:00Z")).await;
        assert!(clock.now() >= at("2026-01-06T09:00:00Z"));
    }

    #[test]
    fn an_unmoved_clock_is_that_of_the_system() {
        let clock = Clock::new(Start::default());
        assert!(!clock.is_moved());
        clock.set_speed(1.0).unwrap();
        assert!(!clock.is_moved());
        clock.forward(clock.now() + TimeDelta::days(1));
        assert!(clock.is_moved() && clock.now() - Utc::now() > TimeDelta::hours(23));
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert!(clock.set_speed(wrong).unwrap_err().contains("is not a speed"));
        }
    }
}
