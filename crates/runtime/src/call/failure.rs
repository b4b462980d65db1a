//! Turns what went wrong with an attempt into an error and the facts for the retry decision.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;

use super::body::{Head, ReadError, Received};
use super::clock::Limit;
use super::secrets::Secrets;
use crate::client::Core;
use crate::client::transport::{SendError, SendErrorClass};
use crate::error::{BODY_LIMIT, Delivery, EarlierAttempts, Error, ErrorKind, Reach, parse};
use crate::limit::headers::vendor_wait;
use crate::limit::{Denied, TooLong};
use crate::response::DecodeFailure;
use crate::response::redaction::Redactor;
use crate::response::stream::Interruption;
use crate::retry::{self, Outcome};
use crate::route::MethodClass;
use crate::vendor::ErrorShape;

/// A failed attempt.
pub(super) struct Failure {
    /// `None`: no retry can help.
    pub(super) outcome: Option<Outcome>,
    pub(super) error: Error,
    /// What the vendor asks for.
    pub(super) vendor_wait: Option<Duration>,
}

/// Makes the failures of one attempt.
#[derive(Clone, Copy)]
pub(super) struct Failures<'a> {
    pub(super) secrets: Secrets<'a>,
    pub(super) limit: Limit,
}

impl<'a> Failures<'a> {
    pub(super) fn core(&self) -> &'a Core {
        self.secrets.call.core()
    }

    pub(super) fn method(&self) -> MethodClass {
        self.secrets.call.method_class()
    }

    fn shape(&self) -> &'a ErrorShape {
        &self.core().vendor().error
    }

    /// No response; `reach`: how far the request came, if it counts as not sent.
    pub(super) fn without_response(&self, error: SendError, origin: &str, reach: Option<Reach>) -> Failure {
        let cause = error.root_cause();
        let unsent = Some(if reach.is_some() { Outcome::NotSent } else { Outcome::Interrupted });
        let (kind, reason, outcome) = match error.class {
            SendErrorClass::Connect if reach.is_some() => {
                (ErrorKind::Connect, format!("cannot connect to {origin}: {cause}"), Some(Outcome::NotSent))
            }
            SendErrorClass::Invalid => (ErrorKind::InvalidRequest, format!("the request cannot be put together: {cause}"), None),
            SendErrorClass::Refused => (ErrorKind::Transport, format!("the vendor refused the HTTP/2 stream: {cause}"), unsent),
            SendErrorClass::GoneAway => (ErrorKind::Transport, format!("the vendor is closing the HTTP/2 connection: {cause}"), unsent),
            SendErrorClass::Broken if reach.is_some() => {
                (ErrorKind::Transport, format!("the connection broke before any of the body was sent: {cause}"), unsent)
            }
            SendErrorClass::Connect | SendErrorClass::Broken => {
                (ErrorKind::Transport, format!("the connection broke before a response arrived: {cause}"), unsent)
            }
        };
        let error = Error::new(kind, delivery(reach), reason).with_reach(reach.unwrap_or_default()).with_source(error.source);
        self.failure(outcome, error)
    }

    /// The caller's own body came to an end before its time. What it failed with may come from a connection elsewhere.
    pub(super) fn body_failed(&self, cause: &str, error: SendError) -> Failure {
        let reason = format!("the request's body could not be read to its end: {cause}");
        let error = Error::new(ErrorKind::Transport, Delivery::Unknown, reason).with_source(error.source);
        self.failure(Some(Outcome::Interrupted), error)
    }

    /// No response in time; `unbegun`: no part of the body was sent.
    pub(super) fn timed_out(&self, unbegun: bool) -> Failure {
        let reason = self.limit.missed("no response");
        if unbegun {
            self.failure(Some(Outcome::NotSent), Error::new(ErrorKind::Timeout, Delivery::NotSent, reason).with_reach(Reach::Head))
        } else {
            self.failure(Some(Outcome::TimedOut), Error::new(ErrorKind::Timeout, Delivery::Unknown, reason))
        }
    }

    /// The caller's [`DeliveryWatch`](crate::DeliveryWatch) lets nothing more leave.
    pub(super) fn stopped(&self) -> Failure {
        self.failure(None, Error::new(ErrorKind::Transport, Delivery::NotSent, "the call was stopped before its request was sent"))
    }

    /// A response with an error status.
    pub(super) fn status(&self, response: Received) -> Failure {
        let status = response.status;
        let kind = match status.as_u16() {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Refused,
            _ => ErrorKind::Server,
        };
        // A server that failed may have failed after its work, and a 408 may be a gateway's that waited for the server in vain.
        let acted = (kind == ErrorKind::Server || status == StatusCode::REQUEST_TIMEOUT) && self.method() != MethodClass::Safe;
        let delivery = if acted { Delivery::Unknown } else { Delivery::Rejected };
        let wait = vendor_wait(&self.core().vendor().rate_limit_headers, status, &response.headers, SystemTime::now());
        let error = Error::new(kind, delivery, format!("the vendor responded {status}")).with_retry_after(wait);
        let mut failure = self.failure(Some(Outcome::Status(status)), with_response_of(self.shape(), error, response));
        failure.vendor_wait = wait;
        failure
    }

    /// A redirect that is not followed.
    pub(super) fn redirect(&self, response: Received, reason: String) -> Failure {
        // 303 sends the client on to the result of what was done (RFC 9110, section 15.4.4).
        let acted = response.status == StatusCode::SEE_OTHER && self.method() != MethodClass::Safe;
        let delivery = if acted { Delivery::Unknown } else { Delivery::Rejected };
        let error = Error::new(ErrorKind::Redirect, delivery, reason);
        self.failure(None, with_response_of(self.shape(), error, response))
    }

    /// The caller's own HTTP client went elsewhere by itself.
    pub(super) fn redirected_below(&self, response: Received) -> Failure {
        let reason = "the supplied HTTP client followed a redirect by itself; build it with `redirect::Policy::none()`";
        let error = Error::new(ErrorKind::Redirect, Delivery::Unknown, reason);
        self.failure(None, with_response_of(self.shape(), error, response))
    }

    /// A success whose body did not arrive as a whole.
    pub(super) fn response_lost(&self, response: Received, end: ReadError) -> Failure {
        let (outcome, error) = match end {
            ReadError::TooLarge => (None, Error::too_large(self.core().shared().max_body)),
            ReadError::TimedOut => {
                let reason = self.limit.missed("the response was not complete");
                (Some(Outcome::ResponseLost), Error::new(ErrorKind::Timeout, Delivery::Accepted, reason))
            }
            ReadError::Broken(cause) => {
                let cause = SendError::from(cause);
                let reason = format!("the connection broke within the response: {}", cause.root_cause());
                let error = Error::new(ErrorKind::Transport, Delivery::Accepted, reason).with_source(cause.source);
                (Some(Outcome::ResponseLost), error)
            }
        };
        self.failure(outcome, with_response_of(self.shape(), error, response))
    }

    /// A success whose body is not what the spec says.
    pub(super) fn undecodable(&self, response: Received, failure: DecodeFailure) -> Error {
        // Path and reason quote from the body.
        let reason = format!("the response ({}) does not have the documented form: {}", response.status, failure.reason);
        let mut error = with_response_of(self.shape(), Error::new(ErrorKind::Decode, Delivery::Accepted, reason), response);
        error.inner_mut().json_path = failure.path;
        error.redacted(&self.secrets.redactor())
    }

    /// Makes the error of a stream that ends before its time; `earlier` attempts were made before, `sent` with this one.
    pub(super) fn interruption(&self, head: &Head, sent: u32, earlier: EarlierAttempts) -> impl Fn(Interruption) -> Error + Send + 'static {
        let (status, headers) = (head.status, head.headers.clone());
        let (context, secrets) = (self.secrets.context(), self.secrets.all());
        let reads = self.method() == MethodClass::Safe;
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
            error.redacted(&Redactor::new(&secrets)).with_reads(reads).after_attempts(sent, earlier)
        }
    }

    fn failure(&self, outcome: Option<Outcome>, error: Error) -> Failure {
        let retryable = outcome.is_some_and(|outcome| retry::may_repeat(self.core().retry(), self.method(), outcome));
        let error = error.with_retryable(retryable).redacted(&self.secrets.redactor());
        Failure { outcome, error, vendor_wait: None }
    }
}

/// No permit was to be had; `wait`: how long the call could have waited beside its deadline.
pub(super) fn denied(denied: Denied, core: &Core, wait: Duration) -> Error {
    let error = |reason| Error::new(ErrorKind::RateLimited, Delivery::NotSent, reason).with_retryable(true);
    match denied {
        Denied::TooLong(TooLong(needed)) => {
            let reason = match core.options().rate_limit_wait {
                Some(_) => format!("the rate limit would delay the request for longer than the {wait:?} that it may wait"),
                None => format!("the rate limit would delay the request beyond the call's deadline of {:?}", core.deadline()),
            };
            error(reason).with_retry_after(Some(needed))
        }
        Denied::Store(cause) => error("the store of the rate-limit budget failed".to_owned()).with_source(cause),
    }
}

fn delivery(reach: Option<Reach>) -> Delivery {
    if reach.is_some() { Delivery::NotSent } else { Delivery::Unknown }
}

/// Keeps the response in the error. It is read as it came, and redacted afterwards: what is hidden by escapes is plain then.
fn with_response_of(shape: &ErrorShape, mut error: Error, response: Received) -> Error {
    let Received { status, headers, body } = response;
    // Copied, so that a long response is not kept alive by its beginning.
    let body = Bytes::copy_from_slice(&body[..body.len().min(BODY_LIMIT)]);
    let parsed = if status.is_success() { parse::Parsed::default() } else { parse::parse(shape, &body) };
    let inner = error.inner_mut();
    inner.request_id = parsed.request_id.or_else(|| parse::request_id(&headers).map(ToOwned::to_owned));
    inner.code = parsed.code;
    inner.messages = parsed.messages;
    error.with_response(status, headers, body)
}
