//! What the fuzz targets in `fuzz/` call: functions that read what a vendor sends.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::parse;
use crate::limit::headers;
use crate::response;
use crate::{ErrorShape, RateLimitHeaders};

/// The wait that a response asks for.
pub fn vendor_wait(names: &RateLimitHeaders, status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    headers::vendor_wait(names, status, headers, now)
}

/// Code, messages and request id of an error body.
pub fn error_body(shape: &ErrorShape, body: &[u8]) -> (Option<String>, Vec<String>, Option<String>) {
    let parsed = parse::parse(shape, body);
    (parsed.code, parsed.messages, parsed.request_id)
}

/// A success body; the error is path and reason.
pub fn response<T: DeserializeOwned>(body: &Bytes) -> Result<T, (Option<String>, String)> {
    response::decode(body).map_err(|failure| (failure.path, failure.reason))
}
