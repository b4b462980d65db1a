//! Sends webhooks.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{Delivery, Subscription, sign};

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
    pub wait: Duration,
}

/// Sends webhooks.
#[derive(Clone, Debug)]
pub(crate) struct Client(legacy::Client<HttpConnector, Full<Bytes>>);

impl Default for Client {
    fn default() -> Self {
        Self(legacy::Client::builder(TokioExecutor::new()).build_http())
    }
}

impl Client {
    /// Delivers an event: again, with the same id, until the receiver responds 2xx or the attempts are used up.
    pub(crate) async fn deliver(&self, post: &Post) -> Delivery {
        tokio::time::sleep(post.wait).await;
        let mut delivery = Delivery {
            id: 0,
            ended_at: String::new(),
            subscription: post.subscription.id.clone(),
            event: post.event.to_owned(),
            event_id: post.event_id.clone(),
            attempts: 0,
            status: None,
            error: None,
            body: serde_json::from_slice(&post.body).unwrap_or_default(),
        };
        loop {
            delivery.attempts += 1;
            (delivery.status, delivery.error) = match self.send(post).await {
                Ok(status) => (Some(status.as_u16()), None),
                Err(error) => (None, Some(error)),
            };
            let done = delivery.status.is_some_and(|status| (200..300).contains(&status));
            if done || delivery.attempts == ATTEMPTS {
                delivery.ended_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                return delivery;
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(delivery.attempts - 1)).await;
        }
    }

    async fn send(&self, post: &Post) -> Result<StatusCode, String> {
        let webhook = &post.subscription.webhook;
        let secret = webhook.secret.as_deref().unwrap_or_default();
        // Each attempt is signed for itself: a signature may carry the time.
        let headers = sign::headers(webhook.vendor, secret, &post.event_id, &post.body).map_err(|error| error.to_string())?;
        let mut request = Request::post(webhook.url.as_str()).body(Full::new(post.body.clone())).map_err(|error| error.to_string())?;
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().extend(headers);
        match tokio::time::timeout(TIMEOUT, self.0.request(request)).await {
            Ok(Ok(response)) => Ok(response.status()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no response within {} seconds", TIMEOUT.as_secs())),
        }
    }
}
