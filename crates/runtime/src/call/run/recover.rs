//! What follows an attempt that failed: a newer credential, a wait and another attempt, or the end of the call.

use std::time::Duration;

use futures_core::future::BoxFuture;
use reqwest::StatusCode;
use tokio::time::{Instant, sleep};

use super::super::failure::Failure;
use super::Run;
use crate::client::credential::Credentials;
use crate::error::{Error, ErrorKind};
use crate::retry::{self, Decision, Outcome, Throttle};

impl Run {
    /// Waits for what must pass before another attempt, or ends the call.
    #[cold]
    pub(super) fn recover(&mut self, failure: Failure) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.recovered(failure))
    }

    async fn recovered(&mut self, Failure { outcome, error, vendor_wait }: Failure) -> Result<(), Error> {
        self.end_attempt(Err(&error));
        if error.status() == Some(StatusCode::UNAUTHORIZED) && self.renew().await? {
            self.failed(&error, Some(Duration::ZERO));
            self.history.record(error);
            return Ok(());
        }
        self.history.count_failure();
        let is_rate_limited = error.kind() == ErrorKind::RateLimited;
        let after = outcome.and_then(|outcome| self.retry_after(outcome, vendor_wait, is_rate_limited));
        self.failed(&error, after);
        if is_rate_limited
            && let Some(pacer) = self.core().tenant().pacer.as_ref().filter(|_| self.target.trusted)
            && let Some(wait) = vendor_wait.or(after)
        {
            pacer.pause(wait);
        }
        let Some(after) = after else { return Err(self.close(error)) };
        #[cfg(feature = "metrics")]
        crate::metrics::retry(&self.call, &error);
        tracing::info!(
            attempt = self.history.sent(),
            status = error.status().map(|status| status.as_u16()),
            kind = ?error.kind(),
            wait_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
            "retrying"
        );
        self.history.record(error);
        sleep(after).await;
        if is_rate_limited {
            self.clock.add_rate_limit_wait(after);
        }
        Ok(())
    }

    /// After which wait another attempt follows, if one does.
    fn retry_after(&self, outcome: Outcome, vendor_wait: Option<Duration>, is_rate_limited: bool) -> Option<Duration> {
        let core = self.core();
        let beside = if is_rate_limited { self.clock.rate_limit_wait(core) } else { Duration::ZERO };
        let attempt = retry::Attempt {
            method: self.call.method_class(),
            outcome,
            number: self.history.failed(),
            repeatable_body: self.call.body().is_repeatable(),
            vendor_wait,
            elapsed: self.clock.elapsed(core, Instant::now()),
            deadline: core.deadline().saturating_add(beside),
        };
        match retry::decide(core.retry(), &attempt) {
            Decision::Retry { after } => self.throttle().is_none_or(Throttle::take_retry).then_some(after),
            Decision::GiveUp => None,
        }
    }

    /// Whether a 401 led to a newer credential.
    async fn renew(&mut self) -> Result<bool, Error> {
        let Credentials::Provider(provider) = &self.call.core().tenant().credentials else { return Ok(false) };
        if !self.is_authenticated() || !self.call.body().is_repeatable() {
            return Ok(false);
        }
        let deadline = self.clock.deadline(self.core());
        self.provided.renew(&**provider, deadline).await.map_err(|error| {
            self.history.responded();
            self.close(error)
        })
    }
}
