//! The span of a call.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::Pin;

use tracing::Span;
use tracing::field::Empty;

use super::body::Head;
use super::clock::Clock;
use super::history::History;
use super::secrets::Secrets;
use crate::client::credential::Credentials;
use crate::error::{Error, parse};

/// Records what a call is and how it ended.
pub(super) struct Report(Span);

impl Report {
    #[inline(never)]
    pub(super) fn begin(secrets: Secrets<'_>) -> Self {
        let call = secrets.call;
        Self(tracing::info_span!(
            "reachout.operation",
            vendor = call.core().vendor().id,
            operation = shown(call.operation(), secrets).as_deref(),
            method = call.method().as_str(),
            path = shown(&call.path, secrets).as_deref(),
            status = Empty,
            attempts = Empty,
            duration_ms = Empty,
            request_id = Empty,
        ))
    }

    /// Polls `future` within the span. It is pinned by the caller: `tracing`'s `Instrumented` is moved twice before it is, and calls are
    /// large.
    pub(super) fn within<F: Future>(&self, mut future: Pin<&mut F>) -> impl Future<Output = F::Output> {
        poll_fn(move |cx| {
            let _inside = self.0.enter();
            future.as_mut().poll(cx)
        })
    }

    #[inline(never)]
    pub(super) fn end(&self, result: Result<&Head, &Error>, secrets: Secrets<'_>, history: &History, clock: &Clock) {
        let Self(span) = self;
        if span.is_disabled() {
            return;
        }
        let (status, request_id) = match result {
            // Redacted here, because the span is recorded: otherwise a success takes no redaction.
            Ok(head) => (Some(head.status), parse::request_id(&head.headers).map(|id| secrets.redacted_id(id))),
            Err(error) => (error.status(), error.request_id().map(ToOwned::to_owned)),
        };
        if let Some(status) = status {
            span.record("status", status.as_u16());
        }
        if let Some(id) = request_id {
            span.record("request_id", &*id);
        }
        let call = secrets.call;
        if matches!(call.core().tenant().credentials, Credentials::Provider(_)) && matches!(call.path, Cow::Owned(_)) {
            span.record("operation", shown(call.operation(), secrets).as_deref());
            span.record("path", shown(&call.path, secrets).as_deref());
        }
        span.record("attempts", history.sent());
        span.record("duration_ms", u64::try_from(clock.total().as_millis()).unwrap_or(u64::MAX));
    }
}

/// An operation or a path as a span may show it. That of a raw request is the caller's, who may have put a key into it: it is shown when the
/// key is known.
fn shown<'n>(name: &'n str, secrets: Secrets<'_>) -> Option<Cow<'n, str>> {
    match secrets.call.path {
        Cow::Borrowed(_) => Some(Cow::Borrowed(name)),
        Cow::Owned(_) if !secrets.has_credential() => None,
        Cow::Owned(_) => Some(secrets.redactor().line(name, usize::MAX).into()),
    }
}
