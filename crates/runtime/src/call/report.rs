//! What an operator sees of a call: a span, and the metrics of the feature `metrics`. `docs/telemetry.md` names them all.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::Pin;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tracing::Span;
use tracing::field::Empty;

use super::body::Head;
use super::clock::Clock;
use super::history::History;
use super::secrets::Secrets;
use crate::client::credential::Credentials;
use crate::error::{Delivery, Error, parse};

/// Records what a call is and how it ended.
pub(super) struct Report(Option<Box<Span>>);

impl Report {
    #[inline(never)]
    pub(super) fn begin(secrets: Secrets<'_>) -> Self {
        let call = secrets.call;
        let vendor = call.core().vendor().id;
        let span = tracing::info_span!(
            "reachout.operation",
            otel.kind = "internal",
            otel.name = &*format!("{vendor} {}", call.operation_name()),
            otel.status_code = Empty,
            error.type = Empty,
            reachout.vendor = vendor,
            reachout.operation = shown(call.operation(), secrets).as_deref(),
            reachout.delivery = Empty,
            reachout.attempts = Empty,
            reachout.rate_limit.wait_ms = Empty,
            reachout.request_id = Empty,
            http.request.method = call.method().as_str(),
            url.template = call.template(),
            url.path = raw_path(secrets).as_deref(),
            http.response.status_code = Empty,
        );
        // In a box, and only where somebody records it: calls are to be small.
        Self((!span.is_disabled()).then(|| Box::new(span)))
    }

    /// Polls `future` within the span. It is pinned by the caller: `tracing`'s `Instrumented` is moved twice before it is, and calls are
    /// large.
    pub(super) fn within<F: Future>(&self, mut future: Pin<&mut F>) -> impl Future<Output = F::Output> {
        poll_fn(move |cx| {
            let _inside = self.0.as_deref().map(Span::enter);
            future.as_mut().poll(cx)
        })
    }

    #[inline(never)]
    pub(super) fn end(&self, result: Result<&Head, &Error>, secrets: Secrets<'_>, history: &History, clock: &Clock) {
        #[cfg(feature = "metrics")]
        crate::metrics::operation(secrets.call, result.err(), clock.total());
        let Some(span) = &self.0 else { return };
        record(span, result.map(|head| (head.status, &head.headers)), secrets);
        if matches!(secrets.call.core().tenant().credentials, Credentials::Provider(_)) && secrets.call.route().is_none() {
            span.record("reachout.operation", shown(secrets.call.operation(), secrets).as_deref());
            span.record("url.path", raw_path(secrets).as_deref());
        }
        span.record("reachout.attempts", history.sent());
        span.record("reachout.rate_limit.wait_ms", u64::try_from(clock.waited().as_millis()).unwrap_or(u64::MAX));
    }
}

/// Status, request id, delivery and error of a call or an attempt.
pub(super) fn record(span: &Span, result: Result<(StatusCode, &HeaderMap), &Error>, secrets: Secrets<'_>) {
    let (status, request_id, delivery) = match result {
        // Redacted here, because the span is recorded: otherwise a success takes no redaction.
        Ok((status, headers)) => {
            let delivery = if status.is_success() { Delivery::Accepted } else { Delivery::Rejected };
            (Some(status), parse::request_id(headers).map(|id| secrets.redacted_id(id)), delivery)
        }
        Err(error) => (error.status(), error.request_id().map(ToOwned::to_owned), error.delivery()),
    };
    span.record("reachout.delivery", delivery.as_str());
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if let Some(id) = request_id {
        span.record("reachout.request_id", &*id);
    }
    if let Err(error) = result {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.error_type());
    }
}

/// The path of a raw request, as a span may show it.
fn raw_path(secrets: Secrets<'_>) -> Option<Cow<'_, str>> {
    if secrets.call.route().is_some() { None } else { shown(&secrets.call.path, secrets) }
}

/// An operation or a path as a span may show it. That of a raw request is the caller's, who may have put a key into it: it is shown when the
/// key is known.
pub(super) fn shown<'n>(name: &'n str, secrets: Secrets<'_>) -> Option<Cow<'n, str>> {
    match secrets.call.route() {
        Some(_) => Some(Cow::Borrowed(name)),
        None if !secrets.has_credential() => None,
        None => Some(secrets.redactor().line(name, usize::MAX).into()),
    }
}
