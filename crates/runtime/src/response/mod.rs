//! Successful responses.

mod json_path;
pub(crate) mod pagination;
pub(crate) mod redaction;
pub(crate) mod stream;

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::error::parse;
use crate::types::object::{field_path, with_integers};

/// A successful response as a whole: what `call.response().await` returns, where `call.await` returns the body alone.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The HTTP status, always a 2xx.
    pub status: StatusCode,
    /// The headers, as the vendor sent them.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: T,
}

impl<T> Response<T> {
    /// The vendor's id of the request, if a header has it.
    pub fn request_id(&self) -> Option<&str> {
        parse::request_id(&self.headers)
    }
}

/// Headers may have what no log should show, so they are left out.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("body", &self.body).finish_non_exhaustive()
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
    read(text).or_else(|error| read_integers(text).ok_or(error)).map_err(|error| {
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

/// The body, where it is no object and JSON's `3.0` is an integer of it. Objects read such integers by themselves.
#[cold]
fn read_integers<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    T::deserialize(with_integers(&read(text).ok()?)?).ok()
}

#[inline(never)]
fn read<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(text)
}

#[cfg(test)]
mod tests;
