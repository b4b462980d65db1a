//! One attempt: one request, and its response.

use std::pin::pin;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::body::{Received, read};
use super::clock::Limit;
use super::failure::{Failure, Failures};
use super::gate::Gate;
use super::redirect::Target;
use super::timer::{Elapsed, Timer, in_time, start};
use crate::client::transport::{SendError, SendErrorClass};
use crate::error::{BODY_LIMIT, Delivery, Reach};
use crate::limit::{Permit, RateLimitStatus};
use crate::request::url::origin_of;
use crate::route::MethodClass;

/// How an attempt ended.
pub(super) enum AttemptResult {
    /// A success status; the body is still to be read.
    Accepted(Response),
    Redirect(Target, StatusCode),
    Failed(Failure),
}

/// One attempt.
pub(super) struct Attempt<'a> {
    pub(super) failures: Failures<'a>,
    pub(super) target: &'a Target,
}

impl Attempt<'_> {
    /// Its result, and the time it had. The future does not hold the request, which is large.
    pub(super) fn make(
        self,
        mut request: reqwest::Request,
        mut permit: Option<Permit>,
        until: Instant,
        timer: &mut Timer<'_>,
    ) -> impl Future<Output = (AttemptResult, Limit)> {
        let core = self.failures.core();
        let gate = Gate::install(&mut request, core.options().watch.as_ref());
        let sending = gate.opens().then(|| core.shared().sender.send(request, self.failures.secrets.call.body()));
        async move {
            let limit = self.failures.limit;
            let Some(sending) = sending else { return (AttemptResult::Failed(self.failures.stopped()), limit) };
            start(timer, until);
            if let Some(permit) = &mut permit {
                permit.mark_sent();
            }
            let sent = in_time(timer, pin!(sending)).await;
            let result = match self.response(sent, permit, &gate) {
                Ok(response) if response.status().is_success() => AttemptResult::Accepted(response),
                Ok(response) => self.refused(response, timer).await,
                Err(failure) => AttemptResult::Failed(failure),
            };
            gate.settle(match &result {
                AttemptResult::Accepted(_) => Delivery::Accepted,
                AttemptResult::Redirect(..) => Delivery::Rejected,
                AttemptResult::Failed(failure) => failure.error.delivery(),
            });
            (result, limit)
        }
    }

    /// The response of the target's host, if there is one.
    #[inline(never)]
    fn response(
        &self,
        sent: Result<Result<Response, SendError>, Elapsed>,
        mut permit: Option<Permit>,
        gate: &Gate,
    ) -> Result<Response, Failure> {
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let reach = reach(error.class, gate);
                // What the vendor refused it may have counted.
                release_unsent(&mut permit, reach.is_some_and(|reach| reach < Reach::Refused));
                return Err(match gate.body_failure() {
                    Some(cause) => self.failures.body_failed(cause, error),
                    None => self.failures.without_response(error, &origin_of(&self.target.url), reach),
                });
            }
            Err(Elapsed) => {
                let unsent = gate.shut();
                release_unsent(&mut permit, unsent);
                return Err(self.failures.timed_out(unsent));
            }
        };
        if let Some(permit) = permit {
            let names = &self.failures.core().vendor().rate_limit_headers;
            permit.complete(RateLimitStatus::read(names, response.headers()));
        }
        let in_query = self.failures.core().vendor().auth.is_in_query();
        let is_target = |url: &Url| url == &self.target.url || in_query && without_query(url) == without_query(&self.target.url);
        if !is_target(response.url()) {
            return Err(self.failures.redirected_below(Received::new(response, Bytes::new())));
        }
        Ok(response)
    }

    /// A response other than a success. In a box, so that it adds nothing to the future of a call that succeeds.
    #[cold]
    fn refused<'a>(&'a self, response: Response, timer: &'a mut Timer<'_>) -> BoxFuture<'a, AttemptResult> {
        Box::pin(self.read_refused(response, timer))
    }

    async fn read_refused(&self, response: Response, timer: &mut Timer<'_>) -> AttemptResult {
        let status = response.status();
        let redirect = status.is_redirection().then(|| self.redirect(status, response.headers()));
        if let Some(Ok(target)) = redirect {
            return AttemptResult::Redirect(target, status);
        }
        // However the reading ends, status and headers are enough.
        let (response, _) = read(response, BODY_LIMIT, timer).await;
        AttemptResult::Failed(match redirect {
            Some(Err(reason)) => self.failures.redirect(response, reason),
            _ => self.failures.status(response),
        })
    }

    /// Where the response redirects to, or why that is not followed.
    fn redirect(&self, status: StatusCode, headers: &HeaderMap) -> Result<Target, String> {
        // By the method alone: a POST that only reads would be redirected without its body.
        let method = MethodClass::of(self.failures.secrets.call.method());
        let target = self.target.next(method, status, headers)?;
        if !target.trusted && self.failures.secrets.redactor().finds_in(target.url.as_str()) {
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

fn release_unsent(permit: &mut Option<Permit>, unsent: bool) {
    if let Some(permit) = permit.as_mut().filter(|_| unsent) {
        permit.mark_unsent();
    }
}
