//! The attempts of one call, one after the other: a permit, a credential, the attempt, and what follows one that failed.
//!
//! Two things keep a call as cheap as one by hand. Its future fits into 1,024 bytes, which allocators hand out fastest: what most calls
//! have no need of is boxed where it begins. And what runs before the request is sent and after the response came is not inlined: below the
//! one poll that sends, reqwest and hyper take 20 KB of stack, and every kilobyte above it drives something out of the cache.

mod recover;

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::attempt::{Attempt, AttemptResult};
use super::attempt_report::AttemptReport;
use super::body::{Head, ReadError, Received, read};
use super::clock::{Clock, Limit};
use super::credentials::Provided;
use super::failure::{Failure, Failures, denied};
use super::history::History;
use super::observe;
use super::prepared::Prepared;
use super::redirect::Target;
use super::report::Report;
use super::secrets::Secrets;
use super::timer::Timer;
use crate::client::credential::{Credential, Credentials};
use crate::client::{Core, Observer};
use crate::error::{Delivery, Error, ErrorKind};
use crate::limit::Permit;
use crate::request::Request;
use crate::request::body::Body;
use crate::request::multipart::Attach;
use crate::response::stream::ByteStream;
use crate::response::{self, Response};
use crate::retry::Throttle;
use crate::route::MethodClass;

/// A call under way.
pub(super) struct Run {
    call: Prepared,
    target: Target,
    provided: Provided,
    clock: Clock,
    history: History,
    attempt: Option<Box<AttemptReport>>,
}

impl Run {
    /// Prepares a call, if its request can be sent.
    pub(super) fn new(request: Request) -> Result<Self, Error> {
        let (call, url) = Prepared::new(request)?;
        let target = Target::new(url);
        Ok(Self { call, target, provided: Provided::default(), clock: Clock::start(), history: History::default(), attempt: None })
    }

    /// Makes attempts until a response arrived as a whole, or no further attempt is allowed. The report of a success is ended by
    /// [`decoded`](Self::decoded).
    pub(super) async fn whole(&mut self) -> Result<(Head, Bytes, Report), Error> {
        let report = self.begin();
        let result = report
            .within(pin!(async {
                let mut timer = pin!(None);
                loop {
                    let (response, limit) = self.accepted(&mut timer.as_mut()).await?;
                    let (response, error) = read(response, self.core().shared().max_body, &mut timer.as_mut()).await;
                    match self.arrived(response, error, limit) {
                        Ok(whole) => return Ok(whole),
                        Err(failure) => self.recover(failure).await?,
                    }
                }
            }))
            .await;
        match result {
            Ok((head, body)) => Ok((head, body, report)),
            Err(error) => {
                self.end(&report, Err(&error));
                Err(error)
            }
        }
    }

    /// Like [`whole`](Self::whole), but the body is read only so that the connection can be used again.
    pub(super) async fn discarded(&mut self) -> Result<Head, Error> {
        let report = self.begin();
        let result = report
            .within(pin!(async {
                let mut timer = pin!(None);
                let (response, _) = self.accepted(&mut timer.as_mut()).await?;
                let (Received { status, headers, .. }, _) = read(response, self.core().shared().max_body, &mut timer.as_mut()).await;
                self.responded(status, &headers, None);
                self.end_attempt(Ok((status, &headers)));
                Ok(Head { status, headers })
            }))
            .await;
        self.end(&report, result.as_ref());
        result
    }

    /// Makes attempts until a response begins, whose body is then read as it arrives.
    pub(super) async fn stream(&mut self) -> Result<(Head, ByteStream), Error> {
        self.call.accept = "*/*";
        let report = self.begin();
        let result = report
            .within(pin!(async {
                let mut timer = pin!(None);
                self.accepted(&mut timer.as_mut()).await
            }))
            .await;
        let result = result.map(|(response, limit)| {
            let head = Head { status: response.status(), headers: response.headers().clone() };
            self.responded(head.status, &head.headers, None);
            self.end_attempt(Ok((head.status, &head.headers)));
            let interruption = self.failures(limit).interruption(&head, self.history.sent(), self.history.earlier());
            (head, ByteStream::new(response, limit.time, interruption))
        });
        self.end(&report, result.as_ref().map(|(head, _)| head));
        result
    }

    /// The value of a successful response.
    #[inline(never)]
    pub(super) fn decoded<T: DeserializeOwned>(&self, head: Head, body: Bytes, report: &Report) -> Result<Response<T>, Error> {
        match response::decode(&body) {
            Ok(value) => {
                self.end(report, Ok(&head));
                Ok(head.with(value))
            }
            Err(failure) => {
                let limit = self.clock.limit(self.core(), Instant::now());
                let error = self.close(self.failures(limit).undecodable(head.received(body), failure));
                self.end(report, Err(&error));
                Err(error)
            }
        }
    }

    /// The call is polled for the first time.
    fn begin(&mut self) -> Report {
        self.clock = Clock::start();
        Report::begin(self.secrets())
    }

    fn end(&self, report: &Report, result: Result<&Head, &Error>) {
        report.end(result, self.secrets(), &self.history, &self.clock);
    }

    /// Makes attempts until a success status arrives; `timer` runs until the attempt must be over.
    async fn accepted(&mut self, timer: &mut Timer<'_>) -> Result<(reqwest::Response, Limit), Error> {
        loop {
            self.admission()?;
            let permit = self.permit().await?;
            self.credential().await?;
            let (result, limit) = self.attempt(permit, timer).await?;
            match result {
                AttemptResult::Accepted(response) => return Ok((response, limit)),
                AttemptResult::Redirect(target, status) => {
                    self.end_attempt(Ok((status, &HeaderMap::new())));
                    self.history.responded();
                    self.target = target;
                }
                AttemptResult::Failed(failure) => self.recover(failure).await?,
            }
        }
    }

    /// Refuses the attempt while the vendor counts as down.
    fn admission(&mut self) -> Result<(), Error> {
        let Some(throttle) = self.throttle() else { return Ok(()) };
        throttle.admit().map_err(|wait| {
            let error =
                Error::new(ErrorKind::Unavailable, Delivery::NotSent, "the vendor failed too often just now, so nothing is sent to it");
            self.out_of_time(error.with_retryable(true).with_retry_after(Some(wait)))
        })
    }

    /// Of the vendor; another host has nothing to do with it.
    fn throttle(&self) -> Option<&Throttle> {
        self.core().tenant().throttle.as_ref().filter(|_| self.target.trusted)
    }

    /// Waits for the rate limit.
    async fn permit(&mut self) -> Result<Option<Permit>, Error> {
        // The budget is the vendor's; another host has nothing to do with it.
        let Some(pacer) = self.call.core().tenant().pacer.as_ref().filter(|_| self.target.trusted) else { return Ok(None) };
        let asked = Instant::now();
        let wait = self.clock.rate_limit_wait(self.core());
        match pacer.acquire(self.clock.deadline(self.core()) + wait).await {
            Ok(permit) => {
                let waited = asked.elapsed();
                #[cfg(feature = "metrics")]
                crate::metrics::rate_limit_wait(&self.call, waited);
                self.clock.add_rate_limit_wait(waited);
                if let Some(observer) = self.observer().filter(|_| !waited.is_zero()) {
                    observer.paced(waited);
                }
                Ok(Some(permit))
            }
            Err(reason) => {
                #[cfg(feature = "metrics")]
                crate::metrics::rate_limit_refused(&self.call);
                Err(self.out_of_time(denied(reason, self.call.core(), wait)))
            }
        }
    }

    /// Asks the provider, if the credential comes from one. A token of another kind than the operation takes ends the call.
    async fn credential(&mut self) -> Result<(), Error> {
        if !self.is_authenticated() {
            return Ok(());
        }
        let tenant = self.call.core().tenant();
        let mut own = tenant.token;
        if let Credentials::Provider(provider) = &tenant.credentials {
            let (auth, deadline) = (self.core().vendor().auth, self.clock.deadline(self.core()));
            self.provided.request(&**provider, auth, deadline).await.map_err(|error| self.close(error))?;
            own = provider.token().or(own);
        }
        let taken = self.call.route().and_then(|route| route.token);
        match (taken, own) {
            (Some(taken), Some(own)) if !taken.accepts(own) => {
                let message = format!("the operation takes {taken}, and the client has {own}");
                Err(self.close(Error::new(ErrorKind::Credential, Delivery::NotSent, message)))
            }
            _ => Ok(()),
        }
    }

    /// One attempt, and the time it had. An error ends the call.
    async fn attempt(&mut self, permit: Option<Permit>, timer: &mut Timer<'_>) -> Result<(AttemptResult, Limit), Error> {
        let form = match self.call.body() {
            // What another host is sent has no body.
            Body::Multipart(form) if self.target.trusted => Some(form.open().await.map_err(|error| self.close(error))?),
            _ => None,
        };
        let attempt = self.send(form, permit, timer)?;
        let result = attempt.await;
        self.history.count_request();
        Ok(result)
    }

    /// Sends the request, if there is time for it and the observer permits it.
    fn send(
        &mut self,
        form: Option<Attach>,
        permit: Option<Permit>,
        timer: &mut Timer<'_>,
    ) -> Result<impl Future<Output = (AttemptResult, Limit)>, Error> {
        let assembled = self.call.assemble(&self.target, self.current_credential(), form);
        let request = assembled.map_err(|error| self.close(error))?;
        if let Some(observer) = self.observer()
            && !observe::sending(observer, self.history.sent() + 1, &request, self.secrets())
        {
            return Err(self.close(Error::not_permitted("the observer did not permit the request")));
        }
        let now = Instant::now();
        let limit = self.clock.limit(self.core(), now);
        if limit.time.is_zero() {
            return Err(self.out_of_time(Error::new(ErrorKind::Timeout, Delivery::NotSent, "the call's deadline passed")));
        }
        self.attempt = AttemptReport::begin(self.secrets(), &self.target, self.history.sent());
        let attempt = Attempt { failures: self.failures(limit), target: &self.target };
        Ok(attempt.make(request, permit, now + limit.time, timer))
    }

    /// A successful response, if all of it arrived.
    #[inline(never)]
    fn arrived(&mut self, response: Received, error: Option<ReadError>, limit: Limit) -> Result<(Head, Bytes), Failure> {
        match error {
            None => {
                let Received { status, headers, body } = response;
                self.responded(status, &headers, Some(&body));
                self.end_attempt(Ok((status, &headers)));
                Ok((Head { status, headers }, body))
            }
            Some(error) => Err(self.failures(limit).response_lost(response, error)),
        }
    }

    fn is_authenticated(&self) -> bool {
        self.call.is_authenticated() && self.target.trusted
    }

    /// The credential of the attempt, if it has one.
    fn current_credential(&self) -> Option<&Credential> {
        match &self.core().tenant().credentials {
            _ if !self.is_authenticated() => None,
            Credentials::Fixed(credential) => Some(credential),
            Credentials::Provider(_) => self.provided.newest(),
        }
    }

    fn core(&self) -> &Core {
        self.call.core()
    }

    fn secrets(&self) -> Secrets<'_> {
        Secrets { call: &self.call, provided: &self.provided }
    }

    fn failures(&self, limit: Limit) -> Failures<'_> {
        Failures { secrets: self.secrets(), limit }
    }

    fn observer(&self) -> Option<&dyn Observer> {
        self.core().options().observer.as_deref()
    }

    fn end_attempt(&mut self, result: Result<(StatusCode, &HeaderMap), &Error>) {
        if let Some(throttle) = self.throttle() {
            let failures = [ErrorKind::Connect, ErrorKind::Timeout, ErrorKind::Transport, ErrorKind::Server];
            throttle.record(!result.is_err_and(|error| failures.contains(&error.kind())));
        }
        if let Some(attempt) = self.attempt.take() {
            attempt.end(result, self.secrets(), &self.target);
        }
    }

    fn responded(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        if let Some(observer) = self.observer() {
            observe::responded(observer, status, headers, body, self.secrets());
        }
    }

    fn failed(&self, error: &Error, wait: Option<Duration>) {
        if let Some(observer) = self.observer() {
            observer.failed(error, wait);
        }
    }

    /// Ends the call for lack of time: by the last attempt's error if there was one, which says more.
    fn out_of_time(&mut self, error: Error) -> Error {
        let error = self.history.last_or(error);
        self.close(error)
    }

    fn close(&self, error: Error) -> Error {
        let reads = self.call.method_class() == MethodClass::Safe;
        error.with_context(&self.secrets().context()).with_reads(reads).after_attempts(self.history.sent(), self.history.earlier())
    }
}
