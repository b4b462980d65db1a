//! How the other modules of this crate make errors.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use secrecy::SecretString;

use super::{Delivery, Error, ErrorKind, Inner, Reach};
use crate::response::redaction::Redactor;

/// How much of a body an error keeps.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// Which call an error belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) vendor: &'static str,
    pub(crate) operation: Cow<'static, str>,
}

impl Error {
    /// An argument that cannot be sent. Nothing was sent.
    ///
    /// `reason` is one sentence without a full stop; it must not hold a credential.
    pub fn invalid_request(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, Delivery::NotSent, reason)
    }

    /// For operations whose success may say that nothing was done: the vendor accepted the exchange, and said in its response that it refuses.
    ///
    /// `reason` is one sentence without a full stop; it must not hold a credential.
    pub fn refused(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Refused, Delivery::Rejected, reason)
    }

    /// A setting that cannot be used. There was no request.
    ///
    /// `reason` is one sentence without a full stop; it must not hold a credential.
    pub fn configuration(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, Delivery::NotSent, reason)
    }

    /// For credential providers: no credential could be had. Nothing was sent.
    ///
    /// `reason` is one sentence without a full stop; it must not hold a credential.
    pub fn credential(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Credential, Delivery::NotSent, reason)
    }

    /// What the client's settings or its observer forbid. This attempt was not sent.
    pub(crate) fn not_permitted(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::NotPermitted, Delivery::NotSent, reason)
    }

    /// A successful response of more than `limit` bytes.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(ErrorKind::TooLarge, Delivery::Accepted, format!("the response is larger than {limit} bytes"))
    }

    pub(crate) fn new(kind: ErrorKind, delivery: Delivery, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { inner: Box::new(Inner { kind, delivery, reason: reason.into(), ..Inner::default() }) }
    }

    /// Adds the cause. It must not show a credential either.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Sets how long to wait, as [`retry_after`](Self::retry_after) says it.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.inner.retry_after = wait;
        self
    }

    /// For calls that exchange credentials: replaces each of `secrets` by `[redacted]` in what the vendor says, and keeps
    /// nothing of the body, nor of what a decoder quotes of it.
    #[must_use]
    pub fn without_secrets(mut self, secrets: &[&SecretString]) -> Self {
        let inner = &mut self.inner;
        inner.body = Bytes::new();
        if inner.kind == ErrorKind::Decode {
            inner.reason = "the response does not have the documented form".into();
            inner.source = None;
        }
        self.redacted(&Redactor::new(secrets.iter().copied()))
    }

    /// The response as it arrived.
    pub(crate) fn with_response(mut self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        self.inner.status = Some(status);
        self.inner.headers = headers;
        self.inner.body = body;
        self
    }

    pub(crate) fn with_context(mut self, context: &Context) -> Self {
        self.inner.vendor = Some(context.vendor);
        self.inner.operation = Some(context.operation.clone());
        self
    }

    /// Sets whether repeating the call is safe and may succeed, as [`is_retryable`](Self::is_retryable) says it.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.inner.retryable = retryable;
        self
    }

    /// Whether the method of the call only reads.
    pub(crate) fn with_reads(mut self, reads: bool) -> Self {
        self.inner.reads = reads;
        self
    }

    /// How far a request came that was not sent.
    pub(crate) fn with_reach(mut self, reach: Reach) -> Self {
        self.inner.reach = reach;
        self
    }

    /// The error of a whole call: `attempts` were made, `earlier` are all but the last.
    pub(crate) fn after_attempts(mut self, attempts: u32, earlier: EarlierAttempts) -> Self {
        let all = earlier.and(&self);
        self.inner.attempts = attempts;
        (self.inner.delivery, self.inner.reach) = (all.delivery, all.reach);
        self
    }

    /// An error from a credential provider. Its own delivery is that of a token request; the call's request was not
    /// sent.
    pub(crate) fn into_credential_error(mut self) -> Self {
        (self.inner.delivery, self.inner.reach) = (Delivery::NotSent, Reach::Nothing);
        self
    }

    /// What is wrong with an argument of a call is wrong with a setting when a client is built.
    pub(crate) fn into_configuration(mut self) -> Self {
        self.inner.kind = ErrorKind::Configuration;
        self
    }

    pub(crate) fn inner_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

/// The attempts of a call before the last: of each, the greatest counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EarlierAttempts {
    delivery: Delivery,
    reach: Reach,
}

impl EarlierAttempts {
    /// With one more attempt, which failed like this.
    pub(crate) fn and(self, error: &Error) -> Self {
        Self { delivery: self.delivery.max(error.inner.delivery), reach: self.reach.max(error.inner.reach) }
    }

    /// With one more attempt, of which only this is known.
    pub(crate) fn and_delivery(self, delivery: Delivery) -> Self {
        Self { delivery: self.delivery.max(delivery), ..self }
    }
}

impl From<crate::ConversionError> for Error {
    fn from(error: crate::ConversionError) -> Self {
        Self::invalid_request(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn without_secrets_nothing_of_them_or_of_the_body_is_left() {
        let secret = SecretString::from("MARKED-secret");
        for kind in [ErrorKind::Refused, ErrorKind::Decode] {
            let headers = HeaderMap::from_iter([(reqwest::header::WARNING, HeaderValue::from_static("MARKED-secret is wrong"))]);
            // A decoder quotes the body, which holds secrets that nobody knows yet.
            let reason = if kind == ErrorKind::Decode { "invalid type: string \"MARKED-new\"" } else { "the vendor refused" };
            let body = Bytes::from_static(b"{\"access_token\":\"MARKED-new\"}");
            let mut error = Error::new(kind, Delivery::Accepted, reason).with_response(StatusCode::OK, headers, body);
            error.inner.messages = vec!["MARKED-secret is wrong".to_owned()];
            error.inner.message = Some("MARKED-secret is wrong".to_owned());
            error.inner.code = Some("MARKED-secret".to_owned());
            if kind == ErrorKind::Decode {
                error = error.with_source(std::io::Error::other("MARKED-new"));
            }
            let error = error.without_secrets(&[&secret]);
            let everything = format!("{error} {error:#?} {:?} {:?}", error.headers(), error.body());
            assert!(!everything.contains("MARKED"), "{everything}");
            assert!(everything.contains("[redacted] is wrong"), "{everything}");
            assert_eq!(error.delivery(), Delivery::Accepted);
        }
    }
}
