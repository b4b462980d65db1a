//! The one place that touches the network.

use std::error::Error as StdError;

use futures_core::future::BoxFuture;

use crate::error::Source;

/// Sends one request, once, and follows nothing.
pub(crate) trait Transport: Send + Sync {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'static, Result<reqwest::Response, SendError>>;
}

impl Transport for reqwest::Client {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'static, Result<reqwest::Response, SendError>> {
        let response = self.execute(request);
        Box::pin(async move { response.await.map_err(SendError::from) })
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct SendError {
    pub(crate) class: SendErrorClass,
    pub(crate) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendErrorClass {
    /// No connection: name resolution, refusal, TLS, proxy, or the connect timeout.
    Connect,
    /// The request could not be put together.
    Invalid,
    /// The connection broke.
    Broken,
}

impl SendError {
    /// The innermost cause, in its own words.
    pub(crate) fn root_cause(&self) -> String {
        let mut cause: &dyn StdError = self.source.as_ref();
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause.to_string()
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let class = if error.is_connect() {
            SendErrorClass::Connect
        } else if error.is_builder() {
            SendErrorClass::Invalid
        } else {
            SendErrorClass::Broken
        };
        // The URL carries the query, which is the caller's data.
        Self { class, source: Box::new(error.without_url()) }
    }
}
