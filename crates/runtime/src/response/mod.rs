//! Successful responses.

mod json_path;
pub(crate) mod pagination;
pub(crate) mod redaction;
pub(crate) mod stream;

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::parse;
use crate::types::object::field_path;

/// What the vendor returned, with status and headers.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self { value, status, headers }
    }

    /// The decoded body alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status, always a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The vendor's id of the request, if a header has it.
    pub fn request_id(&self) -> Option<&str> {
        parse::request_id(&self.headers)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Why a body is not a `T`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodeFailure {
    /// Where in the JSON, if not at its root.
    pub(crate) path: Option<String>,
    pub(crate) reason: String,
}

/// Decodes JSON; no body at all is read as `null`, so that an optional response may be absent.
pub(crate) fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T, DecodeFailure> {
    let text = json_text(body);
    if text.trim_ascii().is_empty() {
        return serde_json::from_slice(b"null").map_err(|_| DecodeFailure { path: None, reason: "the body is empty".to_owned() });
    }
    read(text).map_err(|error| {
        // Once more, keeping the path: only failures pay for it.
        let fields = field_path::record(|| read::<T>(text));
        DecodeFailure { path: json_path::path(text, &fields, json_path::offset(text, &error)), reason: error.to_string() }
    })
}

/// A body without a byte order mark, which JSON has not and some servers send.
pub(crate) fn json_text(body: &[u8]) -> &[u8] {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

#[inline(never)]
fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(text)
}

#[cfg(test)]
mod tests;
