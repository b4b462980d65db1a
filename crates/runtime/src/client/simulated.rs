//! A vendor that is a function, for tests without a socket.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http_body::Body as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, ResponseBuilderExt as _, StatusCode};
use serde::Serialize;
use serde_json::Value;
use tokio::time::sleep;
use url::Url;

use crate::client::transport::{SendError, SendErrorClass, Transport};

/// A request as it reached the function that [`ClientBuilder::transport`](crate::ClientBuilder::transport) was given.
#[derive(Clone)]
#[non_exhaustive]
pub struct Arrived {
    /// Its method.
    pub method: Method,
    /// Where it goes, with the query.
    pub url: Url,
    /// Its headers, the credential among them.
    pub headers: HeaderMap,
    /// Its body; empty where there is none, and where it is read while it is sent, as forms with files are.
    pub body: Bytes,
}

impl Arrived {
    /// The body as JSON; `null` where it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for Arrived {
    /// Without headers and query, which have credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrived").field("method", &self.method).field("path", &self.url.path()).finish_non_exhaustive()
    }
}

/// What follows a request. What the client makes of it is the same as over a network: [`Error::delivery`](crate::Error::delivery) included.
#[derive(Clone, Debug)]
#[must_use = "a reply does nothing until it is returned"]
pub struct Reply {
    outcome: Outcome,
    latency: Duration,
}

#[derive(Clone, Debug)]
enum Outcome {
    Response { status: StatusCode, headers: HeaderMap, body: Bytes },
    NoConnection,
    Unread,
    Broken,
    Silence,
}

impl Reply {
    /// A response with `value` as JSON.
    ///
    /// # Panics
    /// If `value` is no JSON, such as a map whose keys are not text.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("the value of a reply is JSON");
        Self::bytes(status, body).header("content-type", "application/json")
    }

    /// A response with this body.
    pub fn bytes(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::of(Outcome::Response { status, headers: HeaderMap::new(), body: body.into() })
    }

    /// No connection opens: the request was [not sent](crate::Delivery::NotSent).
    pub fn no_connection() -> Self {
        Self::of(Outcome::NoConnection)
    }

    /// The connection breaks before any of the body is taken: a request with a body was [not sent](crate::Delivery::NotSent).
    pub fn unread() -> Self {
        Self::of(Outcome::Unread)
    }

    /// The connection breaks when the request has arrived: whether the vendor acted is [unknown](crate::Delivery::Unknown).
    pub fn broken() -> Self {
        Self::of(Outcome::Broken)
    }

    /// The request arrives, and no response ever comes: the attempt times out, and its delivery is [unknown](crate::Delivery::Unknown).
    pub fn silence() -> Self {
        Self::of(Outcome::Silence)
    }

    /// With a header, such as `retry-after`.
    ///
    /// # Panics
    /// If HTTP does not allow the name or the value.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Outcome::Response { headers, .. } = &mut self.outcome {
            let name: HeaderName = name.parse().expect("the name of a reply's header is one");
            headers.append(name, HeaderValue::from_str(value).expect("the value of a reply's header is one"));
        }
        self
    }

    /// Comes this much later. With tokio's paused clock nobody waits for it.
    pub fn after(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    fn of(outcome: Outcome) -> Self {
        Self { outcome, latency: Duration::ZERO }
    }
}

/// The function, as what sends.
pub(crate) struct Simulated<F>(pub(crate) F);

impl<F: Fn(Arrived) -> Reply + Send + Sync> Transport for Simulated<F> {
    fn send(&self, mut request: reqwest::Request, body: Bytes) -> BoxFuture<'static, Result<reqwest::Response, SendError>> {
        let (method, url, headers) = (request.method().clone(), request.url().clone(), request.headers().clone());
        let Reply { outcome, latency } = (self.0)(Arrived { method, url, headers, body });
        Box::pin(async move {
            let failure = |class, reason: &'static str| Err(SendError { class, source: reason.into() });
            sleep(latency).await;
            match outcome {
                Outcome::NoConnection => return failure(SendErrorClass::Connect, "the transport opens no connection"),
                Outcome::Unread => return failure(SendErrorClass::Broken, "the transport closed the connection"),
                Outcome::Response { .. } | Outcome::Broken | Outcome::Silence => {}
            }
            if let Some(body) = request.body_mut() {
                while let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
                    frame.map_err(|error| SendError { class: SendErrorClass::Broken, source: error.into() })?;
                }
            }
            match outcome {
                Outcome::Response { status, headers, body } => {
                    let url = request.url().clone();
                    let response = http::Response::builder().status(status).url(url).body(body);
                    let mut response = response.expect("a status that is one and a URL make a response");
                    *response.headers_mut() = headers;
                    Ok(response.into())
                }
                Outcome::Silence => pending().await,
                _ => failure(SendErrorClass::Broken, "the transport closed the connection"),
            }
        })
    }
}
