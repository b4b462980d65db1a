//! The attempts of one call, one after the other.

use std::borrow::Cow;

use reqwest::StatusCode;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;
use tracing::field::Empty;

use super::assemble::assemble;
use super::attempt::{Attempt, Step};
use super::failure::{Failure, Failures, Limit, Received};
use super::secrets::{Known, Secrets};
use super::{Mode, Prepared, Success};
use crate::call::redirect::Target;
use crate::call::retry::{self, Decision};
use crate::client::Core;
use crate::error::{Delivery, Error, ErrorKind, Worst, parse};
use crate::pacing::{FOREVER, Permit, TooLong};
use crate::response::DecodeFailure;
use crate::route::MethodClass;

/// A call under way.
pub(super) struct Run<'a> {
    core: &'a Core,
    call: Prepared,
    mode: Mode,
    method: MethodClass,
    target: Target,
    secrets: Secrets,
    started: Instant,
    /// Requests sent, for whatever reason.
    sent: u32,
    /// Failed attempts that the retry policy counts: neither redirects nor a renewed credential.
    failed: u32,
    /// The credential was renewed after a 401, which is done once.
    renewed: bool,
    /// The worst that became of an earlier attempt.
    worst: Worst,
    /// The error of the attempt before; it tells more than "no time left for another".
    last: Option<Error>,
}

impl<'a> Run<'a> {
    pub(super) fn new(core: &'a Core, call: Prepared, mode: Mode) -> Self {
        Self {
            core,
            mode,
            method: MethodClass::of(&call.method),
            target: Target::new(call.url.clone()),
            secrets: Secrets::default(),
            started: Instant::now(),
            sent: 0,
            failed: 0,
            renewed: false,
            worst: Worst::default(),
            last: None,
            call,
        }
    }

    /// Makes attempts until one succeeds or no further one is allowed, within a span.
    pub(super) async fn response(&mut self) -> Result<Success, Error> {
        let span = tracing::info_span!(
            "reachout.operation",
            vendor = self.core.vendor().id,
            operation = &*self.call.context.operation,
            method = self.call.method.as_str(),
            path = &*self.call.path,
            status = Empty,
            attempts = Empty,
            duration_ms = Empty,
            request_id = Empty,
        );
        let result = self.attempts().instrument(span.clone()).await;
        if span.is_disabled() {
            return result;
        }
        let (status, request_id) = match &result {
            // Redacted here, because somebody listens: otherwise a success takes no redaction.
            Ok(answer) => (Some(answer.status), parse::request_id(&answer.headers).map(|id| self.known().without_secrets(id))),
            Err(error) => (error.status(), error.request_id().map(ToOwned::to_owned)),
        };
        if let Some(status) = status {
            span.record("status", status.as_u16());
        }
        if let Some(id) = request_id {
            span.record("request_id", &*id);
        }
        span.record("attempts", self.sent);
        span.record("duration_ms", u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        result
    }

    /// The error of a successful answer that is not what the spec says.
    pub(super) fn undecodable(self, answer: Received, failure: DecodeFailure) -> Error {
        let error = self.failures(self.limit()).undecodable(answer, failure);
        self.close(error)
    }

    async fn attempts(&mut self) -> Result<Success, Error> {
        loop {
            match self.attempt().await? {
                Ok(Step::Success(success)) => return Ok(success),
                Ok(Step::Redirect(target)) => self.target = target,
                Err(failure) => self.recover(failure).await?,
            }
        }
    }

    /// One attempt. The outer error ends the call; the inner one is up to the retry policy.
    async fn attempt(&mut self) -> Result<Result<Step, Failure>, Error> {
        let permit = self.permit().await?;
        self.credential().await?;
        let request = match assemble(self.core, &self.call, &self.target, self.mode, self.secrets.current()).await {
            Ok(request) => request,
            Err(error) => return Err(self.close(error)),
        };
        let limit = self.limit();
        if limit.time.is_zero() {
            return Err(self.out_of_time(Error::new(ErrorKind::Timeout, Delivery::NotSent, "the call's deadline passed")));
        }
        let attempt = Attempt {
            transport: self.core.shared.transport.as_ref(),
            failures: self.failures(limit),
            context: &self.call.context,
            target: &self.target,
            mode: self.mode,
            watch: self.core.options.watch.as_ref(),
        };
        let step = attempt.make(request, permit).await;
        self.sent += 1;
        Ok(step)
    }

    /// Waits for what must pass before another attempt, or ends the call.
    async fn recover(&mut self, failure: Failure) -> Result<(), Error> {
        let Failure { outcome, error, vendor_wait } = failure;
        if error.status() == Some(StatusCode::UNAUTHORIZED) && self.renew().await? {
            self.remember(error);
            return Ok(());
        }
        self.failed += 1;
        let decision = outcome.map_or(Decision::GiveUp, |outcome| {
            retry::decide(
                self.core.retry(),
                &retry::Attempt {
                    method: self.method,
                    outcome,
                    number: self.failed,
                    repeatable_body: self.call.body.is_repeatable(),
                    vendor_wait,
                    elapsed: self.started.elapsed(),
                    deadline: self.core.deadline(),
                },
            )
        });
        let after = match decision {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp => None,
        };
        if error.kind() == ErrorKind::RateLimited
            && let Some(pacer) = self.core.shared.pacer.as_ref().filter(|_| self.target.trusted)
            && let Some(wait) = vendor_wait.or(after)
        {
            pacer.pause(wait);
        }
        let Some(after) = after else { return Err(self.close(error)) };
        tracing::info!(
            attempt = self.sent,
            status = error.status().map(|status| status.as_u16()),
            kind = ?error.kind(),
            wait_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
            "retrying"
        );
        self.remember(error);
        sleep(after).await;
        Ok(())
    }

    /// Whether a 401 led to a newer credential.
    async fn renew(&mut self) -> Result<bool, Error> {
        let Some(credential) = self.secrets.current().filter(|_| !self.renewed && self.call.body.is_repeatable()) else {
            return Ok(false);
        };
        self.renewed = true;
        let renewed = timeout_at(self.deadline(), self.core.shared.credentials.rejected(credential)).await;
        renewed.unwrap_or(Ok(false)).map_err(|error| {
            self.worst = self.worst.and_delivery(Delivery::Rejected);
            self.close(error.about_credential())
        })
    }

    async fn permit(&mut self) -> Result<Option<Permit>, Error> {
        // The budget is the vendor's; another host has nothing to do with it.
        let Some(pacer) = self.core.shared.pacer.as_ref().filter(|_| self.target.trusted) else { return Ok(None) };
        match pacer.acquire(self.deadline()).await {
            Ok(permit) => Ok(Some(permit)),
            Err(TooLong(wait)) => {
                let reason = format!("the rate limit would hold the request back beyond the call's deadline of {:?}", self.core.deadline());
                let error = Error::new(ErrorKind::RateLimited, Delivery::NotSent, reason).with_retry_after(Some(wait)).with_retryable(true);
                Err(self.out_of_time(error))
            }
        }
    }

    async fn credential(&mut self) -> Result<(), Error> {
        if !self.call.authenticated || !self.target.trusted {
            self.secrets.begin(None);
            return Ok(());
        }
        let credential = timeout_at(self.deadline(), self.core.shared.credentials.credential()).await.unwrap_or_else(|_elapsed| {
            Err(Error::new(ErrorKind::Timeout, Delivery::NotSent, "no credential was at hand before the call's deadline"))
        });
        match credential {
            Ok(credential) => {
                self.secrets.begin(Some(credential));
                Ok(())
            }
            Err(error) => Err(self.close(error.about_credential())),
        }
    }

    fn failures(&self, limit: Limit) -> Failures<'_> {
        Failures {
            shape: &self.core.shared.vendor.error,
            method: self.method,
            policy: self.core.retry(),
            known: self.known(),
            limit,
            max_body: self.core.shared.max_body,
        }
    }

    fn known(&self) -> Known<'_> {
        Known { secrets: &self.secrets, core: self.core, call: &self.call }
    }

    fn limit(&self) -> Limit {
        let left = self.core.deadline().min(FOREVER).saturating_sub(self.started.elapsed());
        let timeout = self.core.timeout();
        Limit { time: timeout.min(left), deadline: (left < timeout).then(|| self.core.deadline()) }
    }

    fn deadline(&self) -> Instant {
        self.started + self.core.deadline().min(FOREVER)
    }

    fn remember(&mut self, error: Error) {
        self.worst = self.worst.and(&error);
        self.last = Some(error);
    }

    /// Ends the call for lack of time: by the last attempt's error if there was one, which tells more.
    fn out_of_time(&mut self, error: Error) -> Error {
        let error = self.last.take().unwrap_or(error);
        self.close(error)
    }

    fn close(&self, error: Error) -> Error {
        let mut context = self.call.context.clone();
        // The path of a raw request is the caller's, who may have put a key into it.
        if let Cow::Owned(operation) = &context.operation {
            context.operation = self.known().redactor().line(operation, usize::MAX).into();
        }
        error.with_context(&context).after_attempts(self.sent, self.worst)
    }
}
