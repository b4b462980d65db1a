//! One error for every vendor, which says whether the request was delivered.

mod advice;
mod construct;
mod display;
mod names;
pub(crate) mod parse;
pub(crate) mod redacted;
mod serialize;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

pub use advice::Advice;
pub(crate) use construct::{BODY_LIMIT, Context, EarlierAttempts};
use names::names;

pub(crate) type Source = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong with a call, and whether its request was delivered.
///
/// Ask [`advice`](Self::advice) for what to do, [`delivery`](Self::delivery) before sending anything again, [`kind`](Self::kind) to
/// branch, and the `Display` form for one sentence to show; `{:?}` is the same sentence, so that an error which `main` returns can be read,
/// and `{:#?}` shows all fields. As JSON it has them too, but for headers and body. No credential is ever part of it: where a vendor echoes one,
/// it is replaced by `[redacted]` when the error is made.
///
/// ```
/// # use reachout_runtime::{Advice, Error};
/// fn may_send_again(error: &Error) -> bool {
///     matches!(error.advice(), Advice::RetryLater { .. })
/// }
/// ```
pub struct Error {
    // Boxed, so that a `Result` in the caller's hands stays small.
    inner: Box<Inner>,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) delivery: Delivery,
    pub(crate) reach: Reach,
    /// Our own words; the vendor's are in `messages`.
    pub(crate) reason: Cow<'static, str>,
    pub(crate) vendor: Option<&'static str>,
    pub(crate) operation: Option<Cow<'static, str>>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) messages: Vec<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) json_path: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) retryable: bool,
    /// The method only reads.
    pub(crate) reads: bool,
    pub(crate) source: Option<Source>,
}

/// The class of an [`Error`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: a missing credential, a plain `http` address, an unusable URL.
    Configuration,
    /// An argument cannot be sent: an empty path parameter, an invalid header value, an unreadable file.
    #[default]
    InvalidRequest,
    /// The client does not [permit](crate::CallOptions::allow) what the request does, or its [observer](crate::Observer) did not.
    NotPermitted,
    /// No credential could be had, for example because an OAuth refresh failed.
    Credential,
    /// No connection: name resolution, refusal, TLS, or the proxy.
    Connect,
    /// No complete response within the attempt's timeout or the call's deadline.
    Timeout,
    /// The connection broke before a complete response arrived.
    Transport,
    /// The vendor responded 429, or the client's own pacing would have held the request beyond its deadline.
    RateLimited,
    /// The client's [throttle](crate::Throttle) sends nothing: the vendor failed too often just now.
    Unavailable,
    /// The vendor responded 401.
    Unauthorized,
    /// The vendor responded 403.
    Forbidden,
    /// The vendor responded 404.
    NotFound,
    /// The vendor responded another 4xx: something in the request is wrong.
    Refused,
    /// The vendor responded 5xx.
    Server,
    /// The vendor responded with a redirect that must not be followed, or a response that is neither 2xx nor an error.
    Redirect,
    /// The vendor accepted the request, but its response does not have the documented form.
    Decode,
    /// The response is larger than the client's limit, 16 MiB unless set otherwise.
    TooLarge,
}

names!(ErrorKind {
    Configuration "configuration",
    InvalidRequest "invalid_request",
    NotPermitted "not_permitted",
    Credential "credential",
    Connect "connect",
    Timeout "timeout",
    Transport "transport",
    RateLimited "rate_limited",
    Unavailable "unavailable",
    Unauthorized "unauthorized",
    Forbidden "forbidden",
    NotFound "not_found",
    Refused "refused",
    Server "server",
    Redirect "redirect",
    Decode "decode",
    TooLarge "too_large",
});

/// Whether the request was delivered, taking all attempts together.
///
/// The order is from nothing done to all done: of several attempts, the greatest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The vendor cannot have acted, so sending again cannot do anything twice.
    ///
    /// Either nothing reached it, or no part of the body did: the head of the request (method, path, query and headers) may have arrived
    /// where a connection was open already. Or the vendor itself said that it did not process the request: it refused the HTTP/2 stream, or
    /// went away before it came to it (RFC 9113, sections 6.8 and 8.7). The error's sentence says which.
    #[default]
    NotSent,
    /// The vendor received the request and refused it (3xx and 4xx but 408; 408 and 5xx if the method only reads).
    Rejected,
    /// The vendor may or may not have acted: the response is missing, or it is a 408 or a 5xx to a method that writes.
    /// Look before sending again.
    Unknown,
    /// The vendor accepted the request (2xx); only its response is unusable. Do not send again.
    Accepted,
}

names!(Delivery { NotSent "not_sent", Rejected "rejected", Unknown "unknown", Accepted "accepted" });

/// How far a request came that was not sent. The order is from the strongest promise to the weakest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Nothing of it left, as far as the place of the failure shows.
    #[default]
    Nothing,
    /// No part of the body left; the head may have.
    Head,
    /// It left, and the vendor says that it did not process it.
    Refused,
}

/// The cause below all others.
pub(crate) fn root_cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    std::iter::successors(Some(error), |&cause| cause.source()).last().unwrap_or(error)
}

impl Error {
    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the request was delivered.
    pub fn delivery(&self) -> Delivery {
        self.inner.delivery
    }

    /// What OpenTelemetry calls `error.type`, to count by: the status where the vendor responded with an error or a redirect, such as `"503"`,
    /// and else the [name of the kind](ErrorKind::as_str), such as `"timeout"`.
    pub fn error_type(&self) -> &str {
        match (self.inner.kind, &self.inner.status) {
            (
                ErrorKind::RateLimited
                | ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::Refused
                | ErrorKind::Server
                | ErrorKind::Redirect,
                Some(status),
            ) => status.as_str(),
            (kind, _) => kind.as_str(),
        }
    }

    /// What happened, in this client's own words: a sentence without vendor, operation, message and delivery, for errors
    /// of your own.
    pub fn reason(&self) -> &str {
        &self.inner.reason
    }

    /// The HTTP status, if a response began to arrive.
    pub fn status(&self) -> Option<StatusCode> {
        self.inner.status
    }

    /// The headers of the vendor's response; empty if there was none.
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.headers
    }

    /// The vendor's error code, such as `validation_error`.
    pub fn code(&self) -> Option<&str> {
        self.inner.code.as_deref()
    }

    /// What the vendor said; several messages are joined by `"; "`.
    pub fn message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// What the vendor said, message by message.
    pub fn messages(&self) -> &[String] {
        &self.inner.messages
    }

    /// The vendor's id of the request, to be quoted to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// How long the vendor, or the client's own pacing, asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The first 64 KiB of the vendor's response, whatever its form; empty if there was none.
    pub fn body(&self) -> &[u8] {
        &self.inner.body
    }

    /// The vendor's response, decoded from JSON as `T`.
    pub fn body_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.inner.body).ok()
    }

    /// Where in the JSON response decoding stopped, such as `data.channels[2].kind`.
    pub fn json_path(&self) -> Option<&str> {
        self.inner.json_path.as_deref()
    }

    /// The vendor's name, such as `Leonar`.
    pub fn vendor(&self) -> Option<&str> {
        self.inner.vendor
    }

    /// The operation id, such as `send_message`; method and path for a request outside the documented ones.
    pub fn operation(&self) -> Option<&str> {
        self.inner.operation.as_deref()
    }

    /// How often the request was tried; 0 if it never came to that.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// What to do now: retry later, change something, verify, or stop.
    ///
    /// Follows from [`kind`](Self::kind), [`delivery`](Self::delivery), [`status`](Self::status) and whether a repeat is safe. An argument
    /// that cannot be sent and a network that is down are both `NotSent`; here they differ.
    pub fn advice(&self) -> Advice {
        advice::advise(&advice::Facts {
            kind: self.inner.kind,
            delivery: self.inner.delivery,
            status: self.inner.status.map(|status| status.as_u16()),
            retryable: self.inner.retryable,
            reads: self.inner.reads,
            wait: self.inner.retry_after,
        })
    }

    /// Whether repeating the call later is safe and may succeed. A hint: for anything that sends, ask
    /// [`delivery`](Self::delivery).
    pub fn is_retryable(&self) -> bool {
        self.inner.retryable
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() { display::debug(&self.inner, f) } else { display::sentence(&self.inner, f) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::sentence(&self.inner, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
