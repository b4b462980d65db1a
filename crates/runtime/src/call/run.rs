//! The attempts of one call, one after the other.
//!
//! Two things keep a call as cheap as one by hand. Its future fits into 1,024 bytes, which allocators hand out fastest: what most calls
//! have no need of is boxed where it begins. And what runs before the request is sent and after the response came is not inlined: below the
//! one poll that sends, reqwest and hyper take 20 KB of stack, and every kilobyte above it drives something out of the cache.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Span;
use tracing::field::Empty;

use super::attempt::{Attempt, Step, Timer, read};
use super::failure::{Failure, Failures, Limit, ReadEnd, Received};
use super::observe::{self, Observer};
use super::prepared::Prepared;
use super::redirect::Target;
use super::retry::{self, Decision};
use super::secrets::{Known, Secrets};
use crate::client::Core;
use crate::client::credential::{Credential, Credentials};
use crate::error::{Delivery, Error, ErrorKind, Worst, parse};
use crate::limit::{Denied, FOREVER, Permit, TooLong};
use crate::request::Request;
use crate::request::body::Body;
use crate::request::multipart::Attach;
use crate::response::redaction::Redactor;
use crate::response::stream::{ByteStream, Interruption};
use crate::response::{self, DecodeFailure, Response};
use crate::route::MethodClass;

/// A call under way.
pub(super) struct Run {
    call: Prepared,
    target: Target,
    secrets: Secrets,
    /// When it was first polled.
    started: Instant,
    /// Waited for the rate limit, as [`CallOptions::wait_for_rate_limit`](crate::CallOptions::wait_for_rate_limit) allows: it does not
    /// count against the deadline.
    held: Duration,
    /// Requests sent, for whatever reason.
    sent: u32,
    /// Failed attempts that the retry policy counts: neither redirects nor a renewed credential.
    failed: u32,
    /// The credential was renewed after a 401, which is done once.
    renewed: bool,
    /// The worst outcome of an earlier attempt.
    worst: Worst,
    /// The error of the attempt before; it tells more than "no time left for another".
    last: Option<Error>,
}

/// Status and headers of a successful response.
pub(super) struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

impl Head {
    pub(super) fn with<T>(self, value: T) -> Response<T> {
        Response::new(value, self.status, self.headers)
    }
}

impl Run {
    /// Begins a call, if its request can be sent.
    pub(super) fn new(request: Request) -> Result<Self, Error> {
        let (call, url) = Prepared::new(request)?;
        Ok(Self {
            call,
            target: Target::new(url),
            secrets: Secrets::default(),
            started: Instant::now(),
            held: Duration::ZERO,
            sent: 0,
            failed: 0,
            renewed: false,
            worst: Worst::default(),
            last: None,
        })
    }

    /// Makes attempts until a response arrived as a whole, or no further attempt is allowed.
    pub(super) async fn whole(&mut self) -> Result<(Head, Bytes), Error> {
        self.started = Instant::now();
        let span = self.span();
        let result = in_span(
            &span,
            pin!(async {
                let mut timer = pin!(None);
                loop {
                    let (response, limit) = self.accepted(&mut timer.as_mut()).await?;
                    let (response, end) = read(response, self.core().shared().max_body, &mut timer.as_mut()).await;
                    match self.arrived(response, end, limit) {
                        Ok(whole) => return Ok(whole),
                        Err(failure) => self.recover(failure).await?,
                    }
                }
            }),
        )
        .await;
        self.record(&span, result.as_ref().map(|(head, _)| head));
        result
    }

    /// Like [`whole`](Self::whole), but the body is read only so that the connection can be used again.
    pub(super) async fn discarded(&mut self) -> Result<Head, Error> {
        self.started = Instant::now();
        let span = self.span();
        let result = in_span(
            &span,
            pin!(async {
                let mut timer = pin!(None);
                let (response, _) = self.accepted(&mut timer.as_mut()).await?;
                let (Received { status, headers, .. }, _) = read(response, self.core().shared().max_body, &mut timer.as_mut()).await;
                self.responded(status, &headers, None);
                Ok(Head { status, headers })
            }),
        )
        .await;
        self.record(&span, result.as_ref());
        result
    }

    /// Makes attempts until a response begins, whose body is then read as it arrives.
    pub(super) async fn stream(&mut self) -> Result<(Head, ByteStream), Error> {
        self.started = Instant::now();
        self.call.accept = "*/*";
        let span = self.span();
        let result = in_span(
            &span,
            pin!(async {
                let mut timer = pin!(None);
                self.accepted(&mut timer.as_mut()).await
            }),
        )
        .await;
        let result = result.map(|(response, limit)| {
            let head = Head { status: response.status(), headers: response.headers().clone() };
            self.responded(head.status, &head.headers, None);
            let stream = ByteStream::new(response, limit.time, self.interruption(&head, limit));
            (head, stream)
        });
        self.record(&span, result.as_ref().map(|(head, _)| head));
        result
    }

    /// A successful response, if all of it arrived.
    #[inline(never)]
    fn arrived(&self, response: Received, end: Option<ReadEnd>, limit: Limit) -> Result<(Head, Bytes), Failure> {
        match end {
            None => {
                let Received { status, headers, body } = response;
                self.responded(status, &headers, Some(&body));
                Ok((Head { status, headers }, body))
            }
            Some(end) => Err(self.failures(limit).response_lost(response, end)),
        }
    }

    /// The value of a successful response.
    #[inline(never)]
    pub(super) fn decoded<T: DeserializeOwned>(&self, head: Head, body: Bytes) -> Result<Response<T>, Error> {
        match response::decode(&body) {
            Ok(value) => Ok(head.with(value)),
            Err(failure) => Err(self.undecodable(Received { status: head.status, headers: head.headers, body }, failure)),
        }
    }

    /// The error of a successful response that is not what the spec says.
    fn undecodable(&self, response: Received, failure: DecodeFailure) -> Error {
        let error = self.failures(self.limit(Instant::now())).undecodable(response, failure);
        self.close(error)
    }

    /// Makes the error of a stream that ends before its time.
    fn interruption(&self, head: &Head, limit: Limit) -> impl Fn(Interruption) -> Error + Send + 'static {
        let context = self.call.context(self.known());
        let (status, headers) = (head.status, head.headers.clone());
        let secrets = self.failures(limit).known.all();
        let reads = self.call.method_class() == MethodClass::Safe;
        let (sent, worst) = (self.sent, self.worst);
        move |interruption| {
            let error = match interruption {
                Interruption::Stalled(idle) => {
                    Error::new(ErrorKind::Timeout, Delivery::Accepted, format!("nothing more of the response arrived within {idle:?}"))
                }
                Interruption::Broken(cause) => {
                    Error::new(ErrorKind::Transport, Delivery::Accepted, "the connection broke within the response")
                        .with_source(cause.without_url())
                }
            };
            let error = error.with_context(&context).with_response(status, headers.clone(), Bytes::new()).with_retryable(reads);
            error.redacted(&Redactor::new(&secrets)).of_reading(reads).after_attempts(sent, worst)
        }
    }

    #[inline(never)]
    fn span(&self) -> Span {
        tracing::info_span!(
            "reachout.operation",
            vendor = self.core().vendor().id,
            operation = self.shown(self.call.operation()).as_deref(),
            method = self.call.method().as_str(),
            path = self.shown(&self.call.path).as_deref(),
            status = Empty,
            attempts = Empty,
            duration_ms = Empty,
            request_id = Empty,
        )
    }

    /// An operation or a path as a span may show it. That of a raw request is the caller's, who may have put a key into it: it is shown
    /// when the key is known.
    fn shown<'n>(&self, name: &'n str) -> Option<Cow<'n, str>> {
        match self.call.path {
            Cow::Borrowed(_) => Some(Cow::Borrowed(name)),
            Cow::Owned(_) if self.current().is_none() && self.is_authenticated() => None,
            Cow::Owned(_) => Some(self.known().redactor().line(name, usize::MAX).into()),
        }
    }

    /// Tells the span what the call came to.
    #[inline(never)]
    fn record(&self, span: &Span, result: Result<&Head, &Error>) {
        if span.is_disabled() {
            return;
        }
        let (status, request_id) = match result {
            // Redacted here, because somebody listens: otherwise a success takes no redaction.
            Ok(head) => (Some(head.status), parse::request_id(&head.headers).map(|id| self.known().without_secrets(id))),
            Err(error) => (error.status(), error.request_id().map(ToOwned::to_owned)),
        };
        if let Some(status) = status {
            span.record("status", status.as_u16());
        }
        if let Some(id) = request_id {
            span.record("request_id", &*id);
        }
        if matches!(self.core().tenant().credentials, Credentials::Provider(_)) && matches!(self.call.path, Cow::Owned(_)) {
            span.record("operation", self.shown(self.call.operation()).as_deref());
            span.record("path", self.shown(&self.call.path).as_deref());
        }
        span.record("attempts", self.sent);
        span.record("duration_ms", u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
    }

    /// Makes attempts until a success status arrives; `timer` runs until the attempt must be over.
    async fn accepted(&mut self, timer: &mut Timer<'_>) -> Result<(reqwest::Response, Limit), Error> {
        loop {
            let (step, limit) = self.attempt(timer).await?;
            match step {
                Step::Accepted(response) => return Ok((response, limit)),
                Step::Redirect(target) => {
                    // The vendor has responded to this one, however the next ends.
                    self.worst = self.worst.and_delivery(Delivery::Rejected);
                    self.target = target;
                }
                Step::Failed(failure) => self.recover(failure).await?,
            }
        }
    }

    /// One attempt, and the time it had. An error ends the call.
    async fn attempt(&mut self, timer: &mut Timer<'_>) -> Result<(Step, Limit), Error> {
        let permit = self.permit().await?;
        self.credential().await?;
        let form = match self.call.body() {
            // What another host is sent has no body.
            Body::Multipart(form) if self.target.trusted => Some(form.open().await.map_err(|error| self.close(error))?),
            _ => None,
        };
        let attempt = self.begin(form, permit, timer)?;
        let outcome = attempt.await;
        self.sent += 1;
        Ok(outcome)
    }

    /// The attempt, if there is time for it and the observer lets it go.
    fn begin(
        &mut self,
        form: Option<Attach>,
        permit: Option<Permit>,
        timer: &mut Timer<'_>,
    ) -> Result<impl Future<Output = (Step, Limit)>, Error> {
        let assembled = self.call.assemble(&self.target, self.current(), form);
        let request = assembled.map_err(|error| self.close(error))?;
        if let Some(observer) = self.observer()
            && !observe::sending(observer, self.sent + 1, &request, self.known())
        {
            return Err(self.close(Error::new(ErrorKind::Transport, Delivery::NotSent, "the request was held back")));
        }
        let now = Instant::now();
        let limit = self.limit(now);
        if limit.time.is_zero() {
            return Err(self.out_of_time(Error::new(ErrorKind::Timeout, Delivery::NotSent, "the call's deadline passed")));
        }
        let attempt = Attempt { failures: self.failures(limit), target: &self.target };
        Ok(attempt.make(request, permit, now + limit.time, timer))
    }

    /// Waits for what must pass before another attempt, or ends the call.
    #[cold]
    fn recover(&mut self, failure: Failure) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.recovered(failure))
    }

    async fn recovered(&mut self, failure: Failure) -> Result<(), Error> {
        let Failure { outcome, error, vendor_wait } = failure;
        if error.status() == Some(StatusCode::UNAUTHORIZED) && self.renew().await? {
            if let Some(observer) = self.observer() {
                observer.failed(&error, Some(Duration::ZERO));
            }
            self.remember(error);
            return Ok(());
        }
        self.failed += 1;
        let limited = error.kind() == ErrorKind::RateLimited;
        let decision = outcome.map_or(Decision::GiveUp, |outcome| {
            retry::decide(
                self.core().retry(),
                &retry::Attempt {
                    method: self.call.method_class(),
                    outcome,
                    number: self.failed,
                    repeatable_body: self.call.body().is_repeatable(),
                    vendor_wait,
                    elapsed: self.elapsed(Instant::now()),
                    deadline: if limited { self.core().deadline().saturating_add(self.may_be_held()) } else { self.core().deadline() },
                },
            )
        });
        let after = match decision {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp => None,
        };
        if let Some(observer) = self.observer() {
            observer.failed(&error, after);
        }
        if limited
            && let Some(pacer) = self.core().tenant().pacer.as_ref().filter(|_| self.target.trusted)
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
        if limited {
            self.held += after.min(self.may_be_held());
        }
        Ok(())
    }

    /// Whether a 401 led to a newer credential.
    async fn renew(&mut self) -> Result<bool, Error> {
        let Credentials::Provider(provider) = &self.core().tenant().credentials else { return Ok(false) };
        let Some(credential) = self.current().filter(|_| !self.renewed && self.call.body().is_repeatable()) else {
            return Ok(false);
        };
        let renewed = timeout_at(self.deadline(), provider.rejected(&credential.secret)).await;
        self.renewed = true;
        renewed.unwrap_or(Ok(false)).map_err(|error| {
            self.worst = self.worst.and_delivery(Delivery::Rejected);
            self.close(error.about_credential())
        })
    }

    async fn permit(&mut self) -> Result<Option<Permit>, Error> {
        // The budget is the vendor's; another host has nothing to do with it.
        let Some(pacer) = self.core().tenant().pacer.as_ref().filter(|_| self.target.trusted) else { return Ok(None) };
        let asked = Instant::now();
        let may_be_held = self.may_be_held();
        match pacer.acquire(self.deadline() + may_be_held).await {
            Ok(permit) => {
                let waited = asked.elapsed();
                self.held += waited.min(may_be_held);
                if let Some(observer) = self.observer().filter(|_| !waited.is_zero()) {
                    observer.paced(waited);
                }
                Ok(Some(permit))
            }
            Err(Denied::TooLong(TooLong(wait))) => {
                let reason = match self.core().options().rate_limit_wait {
                    Some(_) => format!("the rate limit would hold the request back for longer than the {may_be_held:?} that it may wait"),
                    None => {
                        format!("the rate limit would hold the request back beyond the call's deadline of {:?}", self.core().deadline())
                    }
                };
                let error = Error::new(ErrorKind::RateLimited, Delivery::NotSent, reason).with_retry_after(Some(wait)).with_retryable(true);
                Err(self.out_of_time(error))
            }
            Err(Denied::Store(cause)) => {
                let error = Error::new(ErrorKind::RateLimited, Delivery::NotSent, "the store of the rate-limit budget failed");
                Err(self.out_of_time(error.with_retryable(true).with_source(cause)))
            }
        }
    }

    /// How much longer the call may wait for the rate limit beside its deadline.
    fn may_be_held(&self) -> Duration {
        self.core().options().rate_limit_wait.map_or(Duration::ZERO, |wait| wait.left(self.held))
    }

    /// What counts against the deadline.
    fn elapsed(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started).saturating_sub(self.held)
    }

    /// Asks the provider, if the credential comes from one.
    async fn credential(&mut self) -> Result<(), Error> {
        let Credentials::Provider(provider) = &self.core().tenant().credentials else { return Ok(()) };
        if !self.is_authenticated() {
            return Ok(());
        }
        let credential = timeout_at(self.deadline(), provider.credential()).await.unwrap_or_else(|_elapsed| {
            Err(Error::new(ErrorKind::Timeout, Delivery::NotSent, "no credential was at hand before the call's deadline"))
        });
        match credential {
            Ok(credential) => {
                self.secrets.begin(Credential::new(self.core().vendor().auth, credential));
                Ok(())
            }
            Err(error) => Err(self.close(error.about_credential())),
        }
    }

    fn is_authenticated(&self) -> bool {
        self.call.is_authenticated() && self.target.trusted
    }

    /// The credential of the attempt, if it has one.
    fn current(&self) -> Option<&Credential> {
        match &self.core().tenant().credentials {
            _ if !self.is_authenticated() => None,
            Credentials::Fixed(credential) => Some(credential),
            Credentials::Provider(_) => self.secrets.newest(),
        }
    }

    fn failures(&self, limit: Limit) -> Failures<'_> {
        Failures { known: self.known(), limit }
    }

    fn core(&self) -> &Core {
        self.call.core()
    }

    fn observer(&self) -> Option<&dyn Observer> {
        self.core().options().observer.as_deref()
    }

    fn responded(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        if let Some(observer) = self.observer() {
            observe::responded(observer, status, headers, body, self.known());
        }
    }

    fn known(&self) -> Known<'_> {
        Known { secrets: &self.secrets, call: &self.call }
    }

    fn limit(&self, now: Instant) -> Limit {
        let left = self.core().deadline().min(FOREVER).saturating_sub(self.elapsed(now));
        let timeout = self.core().timeout();
        Limit { time: timeout.min(left), deadline: (left < timeout).then(|| self.core().deadline()) }
    }

    fn deadline(&self) -> Instant {
        self.started + self.held + self.core().deadline().min(FOREVER)
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
        let context = self.call.context(self.known());
        error.with_context(&context).of_reading(self.call.method_class() == MethodClass::Safe).after_attempts(self.sent, self.worst)
    }
}

/// Polls `future` within `span`. It is pinned by the caller: `tracing`'s `Instrumented` is moved twice before it is, and calls are large.
fn in_span<F: Future>(span: &Span, mut future: Pin<&mut F>) -> impl Future<Output = F::Output> {
    poll_fn(move |cx| {
        let _inside = span.enter();
        future.as_mut().poll(cx)
    })
}
