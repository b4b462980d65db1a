//! What clients of one credential share of their failures: a budget for retries, and a breaker for a vendor that is down.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A shared budget for retries, and a circuit breaker. Off unless [`ClientBuilder::throttle`](crate::ClientBuilder::throttle) is given one.
///
/// Retries help against failures that are rare; against a vendor that is down they are load, and each call waits for all of them. So a retry costs
/// from a budget that successes fill again; and after a number of failures in a row no request is sent for a while, then one alone, and all
/// others once that one succeeds. What is refused is an [`Unavailable`](crate::ErrorKind::Unavailable) error, and was not sent.
///
/// A failure is one of the network, or a 5xx; a response of any other status says that the vendor is there. Clones are one throttle: give it to
/// every client of a credential. What [`with_credential`](crate::Core::with_credential) makes for another credential has one of its own.
///
/// ```
/// # use std::time::Duration;
/// # use reachout_runtime::{ClientBuilder, Core, Throttle};
/// fn throttled(builder: ClientBuilder<Core>) -> ClientBuilder<Core> {
///     builder.throttle(&Throttle::new().failures(5).open_for(Duration::from_secs(60)))
/// }
/// ```
#[derive(Clone)]
pub struct Throttle {
    rule: Rule,
    state: Arc<Mutex<State>>,
}

/// How a throttle decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    retries: u32,
    failures: u32,
    open_for: Duration,
}

/// What a throttle knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// Retries that are left, in tenths.
    left: u32,
    /// How many attempts failed since the last success.
    failed: u32,
    /// When a request may be sent next, once the breaker is open.
    closed_until: Option<Instant>,
}

/// A retry costs as much as ten successes restore.
const RETRY: u32 = 10;

impl Throttle {
    /// 50 retries at once, and one more for each ten successes; 10 failures in a row open the breaker for 30 s.
    pub fn new() -> Self {
        let rule = Rule { retries: 50, failures: 10, open_for: Duration::from_secs(30) };
        Self { rule, state: Arc::new(Mutex::new(rule.begin())) }
    }

    /// The maximum number of retries that are made before a success.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self::of(Rule { retries, ..self.rule })
    }

    /// How many failures in a row open the breaker. 0 counts as 1.
    #[must_use]
    pub fn failures(self, failures: u32) -> Self {
        Self::of(Rule { failures: failures.max(1), ..self.rule })
    }

    /// For how long nothing is sent then.
    #[must_use]
    pub fn open_for(self, time: Duration) -> Self {
        Self::of(Rule { open_for: time.min(crate::limit::FOREVER), ..self.rule })
    }

    fn of(rule: Rule) -> Self {
        Self { rule, state: Arc::new(Mutex::new(rule.begin())) }
    }

    /// The same rule, and nothing known yet: for another credential.
    pub(crate) fn renewed(&self) -> Self {
        Self::of(self.rule)
    }

    /// Whether a request may be sent now; if not, for how long none is.
    pub(crate) fn admit(&self) -> Result<(), Duration> {
        self.change(|rule, state| rule.admit(state, Instant::now()))
    }

    /// Whether a retry is within the budget, which it is then taken from.
    pub(crate) fn take_retry(&self) -> bool {
        self.change(|_, state| state.take_retry())
    }

    /// How an attempt ended.
    pub(crate) fn record(&self, succeeded: bool) {
        self.change(|rule, state| rule.record(state, succeeded, Instant::now()));
    }

    fn change<T>(&self, change: impl FnOnce(Rule, &mut State) -> T) -> T {
        // Every change is of whole values, so a panic elsewhere leaves nothing half-done.
        let mut state: MutexGuard<'_, State> = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(self.rule, &mut state)
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle").field("rule", &self.rule).finish_non_exhaustive()
    }
}

/// The decisions, without any I/O.
impl State {
    /// Takes a retry from the budget, if one is left.
    pub(crate) const fn take_retry(&mut self) -> bool {
        let left = self.left.checked_sub(RETRY);
        if let Some(left) = left {
            self.left = left;
        }
        left.is_some()
    }
}

impl Rule {
    pub(crate) fn begin(self) -> State {
        State { left: self.retries.saturating_mul(RETRY), failed: 0, closed_until: None }
    }

    /// A request that is admitted while the breaker is open is the only one until the next period is over, however it ends.
    pub(crate) fn admit(self, state: &mut State, now: Instant) -> Result<(), Duration> {
        match state.closed_until {
            Some(until) if now < until => Err(until - now),
            Some(_) => {
                state.closed_until = Some(now + self.open_for);
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn record(self, state: &mut State, succeeded: bool, now: Instant) {
        if succeeded {
            let left = state.left.saturating_add(1).min(self.retries.saturating_mul(RETRY));
            *state = State { left, failed: 0, closed_until: None };
            return;
        }
        state.failed = state.failed.saturating_add(1);
        if state.failed >= self.failures {
            state.closed_until = Some(now + self.open_for);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Duration = Duration::from_secs(30);

    /// A letter a second: `s` an attempt that succeeds, `f` one that fails, `r` a retry, `.` nothing. What is refused is a capital in the result, and
    /// does not happen.
    fn run(rule: Rule, script: &str) -> String {
        let (mut state, begun) = (rule.begin(), Instant::now());
        let step = |(second, letter): (u64, char)| {
            let now = begun + Duration::from_secs(second);
            let refused = match letter {
                's' | 'f' => match rule.admit(&mut state, now) {
                    Ok(()) => {
                        rule.record(&mut state, letter == 's', now);
                        false
                    }
                    Err(wait) => {
                        assert!(!wait.is_zero() && wait <= OPEN, "{wait:?}");
                        true
                    }
                },
                'r' => !state.take_retry(),
                _ => false,
            };
            if refused { letter.to_ascii_uppercase() } else { letter }
        };
        (0..).zip(script.chars()).map(step).collect()
    }

    #[tokio::test]
    async fn what_is_refused_and_when() {
        let rule = Rule { retries: 2, failures: 3, open_for: OPEN };
        let idle = ".".repeat(30);
        let rows = [
            // Retries: two at once, another after ten successes, and never more than two.
            ("rrr", "rrR".to_owned()),
            ("rrsssssssssrsr", "rrsssssssssRsr".to_owned()),
            ("ssssssssssssssssssssrrr", "ssssssssssssssssssssrrR".to_owned()),
            // Failures: only in a row.
            ("ffsffsf", "ffsffsf".to_owned()),
            ("fffss", "fffSS".to_owned()),
        ];
        for (script, expected) in rows {
            assert_eq!(run(rule, script), expected);
        }
        // After a while one request alone; its success lets all others through, its failure none.
        assert_eq!(run(rule, &format!("fffS{idle}ssf").to_lowercase()), format!("fffS{idle}ssf"));
        assert_eq!(run(rule, &format!("fffs{idle}fss").to_lowercase()), format!("fffS{idle}fSS"));
    }

    /// A call that is given up has no result: the next one is tried when the period is over once more.
    #[tokio::test]
    async fn a_probe_that_never_ends_does_not_hold_the_breaker_open() {
        let rule = Rule { retries: 2, failures: 1, open_for: OPEN };
        let (mut state, begun) = (rule.begin(), Instant::now());
        rule.record(&mut state, false, begun);
        assert_eq!(rule.admit(&mut state, begun), Err(OPEN));
        assert_eq!(rule.admit(&mut state, begun + OPEN), Ok(()), "the probe, whose call is dropped");
        assert_eq!(rule.admit(&mut state, begun + OPEN), Err(OPEN));
        assert_eq!(rule.admit(&mut state, begun + 2 * OPEN), Ok(()));
    }
}
