//! The one place that touches the network.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use futures_util::future::Either;

use crate::client::connections::Connections;
use crate::error::{Source, root_cause};
use crate::request::body::Body;

/// Sends one request, once, and follows nothing.
pub(crate) struct Sender {
    pub(crate) connections: Connections,
    /// What sends instead, in tests.
    pub(crate) transport: Option<Arc<dyn Transport>>,
}

pub(crate) trait Transport: Send + Sync {
    /// `body` is that of the request, where it is not read while it is sent.
    fn send(&self, request: reqwest::Request, body: Bytes) -> BoxFuture<'static, Result<reqwest::Response, SendError>>;
}

impl Sender {
    /// Nothing leaves before the future is polled. It does not hold the request, which is large.
    pub(crate) fn send(
        &self,
        request: reqwest::Request,
        body: &Body,
    ) -> impl Future<Output = Result<reqwest::Response, SendError>> + use<> {
        if let Some(transport) = &self.transport {
            let body = match body {
                Body::Bytes { bytes, .. } if request.body().is_some() => bytes.clone(),
                _ => Bytes::new(),
            };
            return Either::Left(transport.send(request, body));
        }
        let sending = self.connections.client().map(|client| client.execute(request));
        Either::Right(async move {
            match sending {
                Ok(sending) => sending.await.map_err(SendError::from),
                Err(error) => Err(SendError { class: SendErrorClass::Invalid, source: error.into() }),
            }
        })
    }
}

/// Why there is no response.
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
    /// HTTP/2: the vendor reset the stream as refused, which says that it did not process the request (RFC 9113, section 8.7).
    Refused,
    /// HTTP/2: the vendor is going away. It does not process streams above the last one it names (RFC 9113, section 6.8), but of a request
    /// without a body it is not certain that its stream is one of them.
    GoneAway,
    /// The connection broke.
    Broken,
}

impl SendError {
    /// The innermost cause, in its own words.
    pub(crate) fn root_cause(&self) -> String {
        root_cause(self.source.as_ref()).to_string()
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let class = if error.is_connect() {
            SendErrorClass::Connect
        } else if error.is_builder() {
            SendErrorClass::Invalid
        } else {
            http2_class(&error).unwrap_or(SendErrorClass::Broken)
        };
        // The URL carries the query, which is the caller's data.
        Self { class, source: Box::new(error.without_url()) }
    }
}

/// What an HTTP/2 peer says of the request.
fn http2_class(error: &reqwest::Error) -> Option<SendErrorClass> {
    let mut cause = error.source()?;
    let error = loop {
        match cause.downcast_ref::<h2::Error>() {
            Some(error) => break error,
            // Below one of these is what the caller's own body failed with, which may come from another HTTP/2 connection.
            None if cause.is::<reqwest::Error>() || cause.is::<io::Error>() => return None,
            None => cause = cause.source()?,
        }
    };
    if !error.is_remote() {
        return None;
    }
    if error.is_go_away() {
        // h2 gives this error to streams above the last id only. To a request that meets it while it is being written, hyper gives it too,
        // whatever its stream's id is; the body of such a request is never begun, which the gate knows.
        return Some(SendErrorClass::GoneAway);
    }
    (error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM)).then_some(SendErrorClass::Refused)
}
