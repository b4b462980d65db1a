//! Shows the observer what leaves and what comes back, without secrets.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::secrets::Secrets;
use crate::client::{Observer, Outgoing};
use crate::request::body::Body;

/// Shows a request; whether it may be sent.
pub(super) fn sending(observer: &dyn Observer, attempt: u32, request: &reqwest::Request, secrets: Secrets<'_>) -> bool {
    let redactor = secrets.redactor();
    let url = redactor.body(Bytes::copy_from_slice(request.url().as_str().as_bytes()));
    let body = match secrets.call.body() {
        Body::Bytes { bytes, .. } if request.body().is_some() => Some(redactor.body(bytes.clone())),
        _ => None,
    };
    observer.sending(&Outgoing {
        attempt,
        operation: &redactor.line(secrets.call.operation(), usize::MAX),
        effect: secrets.call.effect(),
        method: request.method(),
        url: &String::from_utf8_lossy(&url),
        headers: &redactor.headers(request.headers().clone()),
        body: body.as_ref(),
    })
}

/// Shows a response with a success status.
pub(super) fn responded(observer: &dyn Observer, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>, secrets: Secrets<'_>) {
    let redactor = secrets.redactor();
    let body = body.map(|body| redactor.body(body.clone()));
    observer.responded(status, &redactor.headers(headers.clone()), body.as_ref());
}
