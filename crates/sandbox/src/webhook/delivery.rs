//! [`Delivery`]: an event on its way to a subscriber, and each attempt to deliver it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};

use super::sign;
use super::subscription::Subscription;
use crate::clock::{Clock, rfc3339};

/// How the delivery of one event went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Counts the deliveries of this run from 1: what [`Sandbox::resend`](crate::Sandbox::resend) takes.
    pub id: u64,
    /// When it ended by the sandbox's clock, in RFC 3339.
    pub ended_at: String,
    /// The id of the subscription.
    pub subscription: String,
    /// The name of the event.
    pub event: String,
    /// The id of the event, the same in every attempt.
    pub event_id: String,
    /// Every attempt, the first one first.
    pub attempts: Vec<Attempt>,
    /// The body that was sent.
    pub body: serde_json::Value,
}

impl Delivery {
    /// Whether the receiver took it: the last attempt ended with a status of 2xx.
    pub fn is_accepted(&self) -> bool {
        self.attempts.last().and_then(|attempt| attempt.status).is_some_and(|status| (200..300).contains(&status))
    }
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When it began by the sandbox's clock, in RFC 3339.
    pub started_at: String,
    /// How long the receiver took, in milliseconds.
    pub milliseconds: u64,
    /// The headers that were sent, the signature among them.
    pub headers: BTreeMap<String, String>,
    /// The status of the response; nothing where there was none.
    pub status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
}

/// How often an event is tried, and how long the pause after the first attempt is; each further one is twice as long.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// An event on its way to a subscriber.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub subscription: Arc<Subscription>,
    pub event: &'static str,
    pub event_id: String,
    pub body: Bytes,
}

/// Sends webhooks.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: legacy::Client<HttpConnector, Full<Bytes>>,
    clock: Clock,
}

impl Client {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { http: legacy::Client::builder(TokioExecutor::new()).build_http(), clock }
    }

    /// Delivers an event: again, with the same id, until the receiver responds 2xx or the attempts are used up.
    pub(crate) async fn deliver(&self, post: &Post) -> Delivery {
        let mut delivery = Delivery {
            id: 0,
            ended_at: String::new(),
            subscription: post.subscription.id.clone(),
            event: post.event.to_owned(),
            event_id: post.event_id.clone(),
            attempts: Vec::new(),
            body: serde_json::from_slice(&post.body).unwrap_or_default(),
        };
        for attempt in 1.. {
            delivery.attempts.push(self.attempt(post).await);
            if delivery.is_accepted() || attempt == ATTEMPTS {
                break;
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 1)).await;
        }
        delivery.ended_at = rfc3339(self.clock.now());
        delivery
    }

    async fn attempt(&self, post: &Post) -> Attempt {
        let (time, begin) = (self.clock.now(), Instant::now());
        let (headers, result) = match request(post, time) {
            Ok(request) => (request.headers().clone(), self.send(request).await),
            Err(error) => (HeaderMap::new(), Err(error)),
        };
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Attempt {
            started_at: rfc3339(time),
            milliseconds: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            status: result.as_ref().ok().map(StatusCode::as_u16),
            error: result.err(),
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<StatusCode, String> {
        match tokio::time::timeout(TIMEOUT, self.http.request(request)).await {
            Ok(Ok(response)) => Ok(response.status()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no response within {} seconds", TIMEOUT.as_secs())),
        }
    }
}

/// The request of one attempt, signed for itself: a signature may carry the time.
fn request(post: &Post, time: DateTime<Utc>) -> Result<Request<Full<Bytes>>, String> {
    let webhook = &post.subscription.webhook;
    let secret = webhook.secret.as_deref().unwrap_or_default();
    let headers = sign::headers(webhook.vendor, secret, &post.event_id, (time, &post.body)).map_err(|error| error.to_string())?;
    let mut request = Request::post(webhook.url.as_str()).body(Full::new(post.body.clone())).map_err(|error| error.to_string())?;
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.headers_mut().extend(headers);
    Ok(request)
}
