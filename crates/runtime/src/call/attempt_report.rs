//! What an operator sees of an attempt: a span of kind `client`, and the duration that OpenTelemetry's conventions name.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tracing::Span;
use tracing::field::Empty;

use super::redirect::Target;
use super::report::{record, shown};
use super::secrets::Secrets;
use crate::error::Error;

/// Records one attempt. In a box, and only where somebody records it: calls are to be small.
pub(super) struct AttemptReport {
    span: Span,
    #[cfg(feature = "metrics")]
    begun: tokio::time::Instant,
}

impl AttemptReport {
    /// A request is about to be sent; `sent` is the number of those of its call before it.
    #[inline(never)]
    pub(super) fn begin(secrets: Secrets<'_>, target: &Target, sent: u32) -> Option<Box<Self>> {
        let call = secrets.call;
        let span = tracing::info_span!(
            "reachout.attempt",
            otel.kind = "client",
            otel.name = &*call.template().map_or_else(|| call.method().to_string(), |path| format!("{} {path}", call.method())),
            otel.status_code = Empty,
            error.type = Empty,
            reachout.vendor = call.core().vendor().id,
            reachout.operation = shown(call.operation(), secrets).as_deref(),
            reachout.delivery = Empty,
            reachout.request_id = Empty,
            http.request.method = call.method().as_str(),
            http.request.resend_count = (sent > 0).then_some(sent),
            http.response.status_code = Empty,
            server.address = target.url.host_str(),
            server.port = target.url.port_or_known_default(),
            url.template = call.template(),
        );
        let is_recorded = cfg!(feature = "metrics") || !span.is_disabled();
        is_recorded.then(|| {
            Box::new(Self {
                span,
                #[cfg(feature = "metrics")]
                begun: tokio::time::Instant::now(),
            })
        })
    }

    /// The attempt is over, and its span with it.
    #[inline(never)]
    pub(super) fn end(self, result: Result<(StatusCode, &HeaderMap), &Error>, secrets: Secrets<'_>, target: &Target) {
        #[cfg(feature = "metrics")]
        crate::metrics::attempt(secrets.call, target, result.map(|(status, _)| status), self.begun.elapsed());
        #[cfg(not(feature = "metrics"))]
        let _ = target;
        if !self.span.is_disabled() {
            record(&self.span, result, secrets);
        }
    }
}
