//! When a request is sent again, decided without any I/O.

mod throttle;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use reqwest::StatusCode;

use crate::route::MethodClass;

pub use self::throttle::Throttle;

/// How often, and after which pauses, a request is tried again.
///
/// The default is three attempts, with pauses that double from 500 ms to at most 20 s and of which a random part is
/// taken ("full jitter"). What the vendor asks for, in `Retry-After` or in its rate-limit headers, replaces the pause.
/// No policy can make a request be sent twice that might do its work twice, as far as a 429 means what it says:
/// see [`retry_post_after_429`](Self::retry_post_after_429).
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    cap: Duration,
    jitter: Jitter,
    post_after_429: bool,
}

/// Picks a pause between zero and the ceiling it is given. [`full_jitter`] is the default; a test gives its own.
pub type Jitter = fn(ceiling: Duration) -> Duration;

impl RetryPolicy {
    /// The default policy.
    pub fn new() -> Self {
        Self { attempts: 3, base: Duration::from_millis(500), cap: Duration::from_secs(20), jitter: full_jitter, post_after_429: true }
    }

    /// One attempt, no retry; after a 401 one more, if the credential provider has a newer credential.
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// How many attempts are made at most, the first included. 0 counts as 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The ceiling of the first pause; each further one doubles it.
    #[must_use]
    pub fn base_delay(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The highest ceiling of a pause.
    #[must_use]
    pub fn max_delay(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Where the randomness comes from.
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Whether a POST or PATCH is sent again after a 429. Default: yes.
    ///
    /// A 429 says that the vendor rejected the request because too many came before it (RFC 6585, section 4), not that
    /// nothing was done: that is an assumption. It fails for a vendor that counts a message against a quota after it sent it,
    /// or that hands on the 429 of a service it called midway. With `false`, such a call ends with the 429, and
    /// [`is_retryable`](crate::Error::is_retryable) is false.
    #[must_use]
    pub fn retry_post_after_429(mut self, retry: bool) -> Self {
        self.post_after_429 = retry;
        self
    }

    fn pause(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let ceiling = self.base.saturating_mul(1 << doublings).min(self.cap);
        (self.jitter)(ceiling).min(ceiling)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A pause evenly spread between zero and `ceiling`, so that clients that failed together do not come back together.
pub fn full_jitter(ceiling: Duration) -> Duration {
    // The keys of a `RandomState` come from the system, and each new one differs: enough for spreading load.
    let random = RandomState::new().build_hasher().finish();
    ceiling.mul_f64(unit_interval(random))
}

#[expect(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
fn unit_interval(random: u64) -> f64 {
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

/// How an attempt ended, as far as a retry is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The vendor cannot have acted: the connection never opened, the body was never begun, or the vendor refused the
    /// HTTP/2 stream unprocessed.
    NotSent,
    /// No response within the attempt's timeout.
    TimedOut,
    /// The connection broke before a response arrived.
    Interrupted,
    /// A success status arrived, but its body did not, or not in time.
    ResponseLost,
    /// A response with an error status.
    Status(StatusCode),
}

/// Everything the decision rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) method: MethodClass,
    pub(crate) outcome: Outcome,
    /// 1 for the first.
    pub(crate) number: u32,
    /// Whether the body can be produced again.
    pub(crate) repeatable_body: bool,
    /// What the vendor asks for in the response's headers.
    pub(crate) vendor_wait: Option<Duration>,
    pub(crate) elapsed: Duration,
    pub(crate) deadline: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Retry { after: Duration },
    GiveUp,
}

/// Decides what follows a failed attempt.
pub(crate) fn decide(policy: &RetryPolicy, attempt: &Attempt) -> Decision {
    if attempt.number >= policy.attempts || !attempt.repeatable_body || !may_repeat(policy, attempt.method, attempt.outcome) {
        return Decision::GiveUp;
    }
    let after = attempt.vendor_wait.unwrap_or_else(|| policy.pause(attempt.number));
    if attempt.elapsed.saturating_add(after) >= attempt.deadline { Decision::GiveUp } else { Decision::Retry { after } }
}

/// Whether a repeat is safe, and may end otherwise.
pub(crate) fn may_repeat(policy: &RetryPolicy, method: MethodClass, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => true,
        // A 429 was rejected unread, if it means what it says.
        Outcome::Status(StatusCode::TOO_MANY_REQUESTS) => method != MethodClass::Once || policy.post_after_429,
        Outcome::TimedOut | Outcome::Interrupted => method != MethodClass::Once,
        Outcome::Status(status) => method != MethodClass::Once && is_transient(status),
        // A second DELETE would lead to a 404 although the first did its work.
        Outcome::ResponseLost => method == MethodClass::Safe,
    }
}

/// The statuses that tend to pass by themselves; 429 is decided apart.
fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests;
