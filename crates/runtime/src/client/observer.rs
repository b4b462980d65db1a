//! What a caller may see of its calls: each request as it leaves, and what came back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::error::Error;
use crate::route::Effect;

/// Sees what calls exchange with the vendor, attempt by attempt: for a program's `--verbose` and `--dry-run`.
///
/// Give it to [`CallOptions::observer`](crate::CallOptions::observer). In everything it is shown, credentials are replaced by `[redacted]`.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A request is about to be sent. With `false` it is not sent, and the call fails as such.
    fn sending(&self, request: &Outgoing<'_>) -> bool {
        let _ = request;
        true
    }

    /// A response with a success status; `body` where it is read as a whole.
    fn responded(&self, status: StatusCode, headers: &HeaderMap, body: Option<&Bytes>) {
        let _ = (status, headers, body);
    }

    /// An attempt failed; the next one follows after `wait`, if there is one.
    fn failed(&self, error: &Error, wait: Option<Duration>) {
        let _ = (error, wait);
    }

    /// The next request waited for its slot under the rate limit.
    fn paced(&self, wait: Duration) {
        let _ = wait;
    }
}

/// A request that is about to be sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outgoing<'a> {
    /// Which request of the call it is, from 1.
    pub attempt: u32,
    /// Which operation: its id, such as `send_message`, or method and path of a raw request.
    pub operation: &'a str,
    /// The greatest effect that it may have.
    pub effect: Effect,
    /// Its method.
    pub method: &'a Method,
    /// Where it goes, with the query.
    pub url: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body; `None` where there is none, or where it is read while it is sent.
    pub body: Option<&'a Bytes>,
}
