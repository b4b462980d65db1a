//! The time that a call has, and each of its attempts.

use std::time::Duration;

use tokio::time::Instant;

use crate::client::Core;
use crate::limit::FOREVER;

/// Measures a call against its deadline.
pub(super) struct Clock {
    /// When the call was first polled.
    started: Instant,
    /// How long the call waited for the rate limit.
    waited: Duration,
}

/// How long an attempt may take, and why.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) time: Duration,
    /// The call's deadline comes before the attempt's timeout.
    pub(super) deadline: Option<Duration>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), waited: Duration::ZERO }
    }

    /// Since the call was first polled, all waits included.
    #[cfg(feature = "metrics")]
    pub(super) fn total(&self) -> Duration {
        self.started.elapsed()
    }

    /// Of the time since the call was first polled, what counts against its deadline.
    pub(super) fn elapsed(&self, core: &Core, now: Instant) -> Duration {
        now.saturating_duration_since(self.started).saturating_sub(self.allowed_wait(core))
    }

    pub(super) fn deadline(&self, core: &Core) -> Instant {
        self.started + self.allowed_wait(core) + core.deadline().min(FOREVER)
    }

    /// How much longer the call may wait for the rate limit beside its deadline.
    pub(super) fn rate_limit_wait(&self, core: &Core) -> Duration {
        core.options().rate_limit_wait.map_or(Duration::ZERO, |wait| wait.left(self.waited))
    }

    /// Of the waits for the rate limit, what [`CallOptions::wait_for_rate_limit`](crate::CallOptions::wait_for_rate_limit) allows: it does not
    /// count against the deadline.
    fn allowed_wait(&self, core: &Core) -> Duration {
        core.options().rate_limit_wait.map_or(Duration::ZERO, |wait| wait.left(Duration::ZERO).min(self.waited))
    }

    /// The call waited for the rate limit.
    pub(super) fn add_rate_limit_wait(&mut self, waited: Duration) {
        self.waited += waited;
    }

    /// How long the call waited for the rate limit.
    pub(super) fn waited(&self) -> Duration {
        self.waited
    }

    /// The time of an attempt that begins now.
    pub(super) fn limit(&self, core: &Core, now: Instant) -> Limit {
        let left = core.deadline().min(FOREVER).saturating_sub(self.elapsed(core, now));
        let timeout = core.timeout();
        Limit { time: timeout.min(left), deadline: (left < timeout).then(|| core.deadline()) }
    }
}

impl Limit {
    /// That `event` did not happen in time.
    pub(super) fn missed(self, event: &str) -> String {
        match self.deadline {
            None => format!("{event} within {:?}", self.time),
            Some(deadline) => format!("{event} before the call's deadline of {deadline:?}"),
        }
    }
}
