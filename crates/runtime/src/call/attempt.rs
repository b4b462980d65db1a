//! One attempt: one request, and its response.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_core::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, Sleep, sleep_until};
use url::Url;

use super::failure::{Failure, Failures, Limit, ReadEnd, Received};
use super::gate::Gate;
use super::redirect::Target;
use super::transport::{SendError, SendErrorClass};
use crate::error::{BODY_LIMIT, Delivery, Reach};
use crate::limit::{Permit, RateLimitStatus};
use crate::request::url::origin_of;
use crate::route::MethodClass;

/// What an attempt came to.
pub(super) enum Step {
    /// A success status; the body is still to be read.
    Accepted(Response),
    Redirect(Target),
    Failed(Failure),
}

/// One attempt.
pub(super) struct Attempt<'a> {
    pub(super) failures: Failures<'a>,
    pub(super) target: &'a Target,
}

/// When an attempt must be over. One timer for all that is waited for, because starting one takes a lock of the runtime.
pub(super) type Timer<'t> = Pin<&'t mut Option<Sleep>>;

/// The timer rang first.
pub(super) struct Late;

/// Starts the timer of an attempt.
pub(super) fn start(timer: &mut Timer<'_>, until: Instant) {
    timer.set(Some(sleep_until(until)));
}

/// What `future` comes to, unless the timer rings first. It is pinned by the caller: an `async fn` would hold it twice.
pub(super) fn in_time<F: Future>(timer: &mut Timer<'_>, mut future: Pin<&mut F>) -> impl Future<Output = Result<F::Output, Late>> {
    poll_fn(move |cx| match (future.as_mut().poll(cx), timer.as_mut().as_pin_mut()) {
        (Poll::Ready(output), _) => Poll::Ready(Ok(output)),
        (Poll::Pending, Some(sleep)) => sleep.poll(cx).map(|()| Err(Late)),
        (Poll::Pending, None) => Poll::Pending,
    })
}

impl Attempt<'_> {
    /// What comes of it, and the time it had. The future does not hold the request, which is large.
    pub(super) fn make(
        self,
        mut request: reqwest::Request,
        mut permit: Option<Permit>,
        until: Instant,
        timer: &mut Timer<'_>,
    ) -> impl Future<Output = (Step, Limit)> {
        let core = self.failures.core();
        let gate = Gate::install(&mut request, core.options().watch.as_ref());
        let sending = gate.opens().then(|| core.shared().sender.send(request));
        async move {
            let limit = self.failures.limit;
            let Some(sending) = sending else { return (Step::Failed(self.failures.stopped()), limit) };
            start(timer, until);
            if let Some(permit) = &mut permit {
                permit.sent();
            }
            let sent = in_time(timer, pin!(sending)).await;
            let step = match self.response(sent, permit, &gate) {
                Ok(response) if response.status().is_success() => Step::Accepted(response),
                Ok(response) => self.refused(response, timer).await,
                Err(failure) => Step::Failed(failure),
            };
            gate.settle(match &step {
                Step::Accepted(_) => Delivery::Accepted,
                Step::Redirect(_) => Delivery::Rejected,
                Step::Failed(failure) => failure.error.delivery(),
            });
            (step, limit)
        }
    }

    /// The response of the host that was asked, if there is one.
    #[inline(never)]
    fn response(
        &self,
        sent: Result<Result<Response, SendError>, Late>,
        mut permit: Option<Permit>,
        gate: &Gate,
    ) -> Result<Response, Failure> {
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let reach = reach(error.class, gate);
                // What the vendor refused it may have counted.
                give_back(&mut permit, reach.is_some_and(|reach| reach < Reach::Refused));
                return Err(match gate.body_failure() {
                    Some(cause) => self.failures.body_failed(cause, error),
                    None => self.failures.without_response(error, &origin_of(&self.target.url), reach),
                });
            }
            Err(Late) => {
                let unsent = gate.shut();
                give_back(&mut permit, unsent);
                return Err(self.failures.timed_out(unsent));
            }
        };
        if let Some(permit) = permit {
            let names = &self.failures.core().vendor().rate_limit_headers;
            permit.received(RateLimitStatus::read(names, response.headers()));
        }
        let in_query = self.failures.core().vendor().auth.is_in_query();
        let as_asked = |url: &Url| url == &self.target.url || in_query && without_query(url) == without_query(&self.target.url);
        if !as_asked(response.url()) {
            return Err(self.failures.redirected_below(Received::new(response, Bytes::new())));
        }
        Ok(response)
    }

    /// A response other than a success. In a box, so that calls that succeed have no room for it.
    #[cold]
    fn refused<'a>(&'a self, response: Response, timer: &'a mut Timer<'_>) -> BoxFuture<'a, Step> {
        Box::pin(self.read_refused(response, timer))
    }

    async fn read_refused(&self, response: Response, timer: &mut Timer<'_>) -> Step {
        let status = response.status();
        let redirect = status.is_redirection().then(|| self.redirect(status, response.headers()));
        if let Some(Ok(target)) = redirect {
            return Step::Redirect(target);
        }
        // However the reading ends, status and headers tell enough.
        let (response, _) = read(response, BODY_LIMIT, timer).await;
        Step::Failed(match redirect {
            Some(Err(reason)) => self.failures.redirect(response, reason),
            _ => self.failures.status(response),
        })
    }

    /// Where the response redirects to, or why that is not followed.
    fn redirect(&self, status: StatusCode, headers: &HeaderMap) -> Result<Target, String> {
        // By the method alone: a POST that only reads would be redirected without its body.
        let method = MethodClass::of(self.failures.known.call.method());
        let target = self.target.next(method, status, headers)?;
        if !target.trusted && self.failures.known.redactor().finds_in(target.url.as_str()) {
            return Err(format!("the vendor redirects ({status}) to another host with the credential in the address"));
        }
        Ok(target)
    }
}

/// How far the request came, if it counts as not sent.
fn reach(class: SendErrorClass, gate: &Gate) -> Option<Reach> {
    let unbegun = gate.shut().then_some(Reach::Head);
    match class {
        // A connection was open, whatever the causes below say: they may be those of another connection.
        SendErrorClass::Connect | SendErrorClass::Invalid if gate.is_begun() => None,
        SendErrorClass::Connect | SendErrorClass::Invalid => Some(Reach::Nothing),
        SendErrorClass::Refused => unbegun.or(Some(Reach::Refused)),
        SendErrorClass::GoneAway if gate.has_body() => unbegun.or(Some(Reach::Refused)),
        SendErrorClass::GoneAway | SendErrorClass::Broken => unbegun,
    }
}

/// A URL up to its query, which has a part of the credential at some vendors.
fn without_query(url: &Url) -> &str {
    &url[..url::Position::AfterPath]
}

fn give_back(permit: &mut Option<Permit>, unsent: bool) {
    if let Some(permit) = permit.as_mut().filter(|_| unsent) {
        permit.unsent();
    }
}

/// The response with its body, and why that is not complete. What has arrived is kept in every case.
pub(super) fn read(mut response: Response, limit: usize, timer: &mut Timer<'_>) -> impl Future<Output = (Received, Option<ReadEnd>)> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    // A body in one piece, as most are, is not copied.
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    async move {
        let end = loop {
            let mut piece = match in_time(timer, pin!(response.chunk())).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break None,
                Ok(Err(error)) => break Some(ReadEnd::Broken(error)),
                Err(Late) => break Some(ReadEnd::TimedOut),
            };
            let room = limit - first.len() - body.len();
            let too_large = piece.len() > room;
            piece.truncate(room);
            if first.is_empty() && body.is_empty() {
                first = piece;
            } else {
                if !first.is_empty() {
                    body.reserve(announced.min(limit).min(BODY_LIMIT).max(first.len() + piece.len()));
                    body.extend_from_slice(&std::mem::take(&mut first));
                }
                body.extend_from_slice(&piece);
            }
            if too_large {
                break Some(ReadEnd::TooLarge);
            }
        };
        (Received::new(response, if body.is_empty() { first } else { body.freeze() }), end)
    }
}
