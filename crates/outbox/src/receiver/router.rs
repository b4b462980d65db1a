//! The receiver as routes of axum.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use reachout_messenger::Vendor;

use super::{ReceiveError, Received, Receiver};

/// Vendors' events are some kilobytes; the text of an email may be long.
const LARGEST: usize = 2 * 1024 * 1024;
/// A body that takes longer is given up.
const SLOWEST: Duration = Duration::from_secs(30);
/// When a vendor is to deliver an event again that could not be kept.
const AGAIN: &str = "60";

impl Receiver {
    /// `POST /webhooks/{vendor}`, such as `/webhooks/hoop-ai`. The response is 200 once the event is committed, also for a duplicate; 401 where
    /// the signature does not hold, 404 where the vendor's webhooks are not received, 413 for a body of more than 2 MiB, 408 for one that
    /// takes longer than 30 seconds. Where the outbox fails it is 503, and 429 for HighLevel and its editions, which deliver again after that alone.
    pub fn router(self) -> Router {
        Router::new().route("/webhooks/{vendor}", post(receive)).with_state(Arc::new(self))
    }
}

async fn receive(State(receiver): State<Arc<Receiver>>, Path(vendor): Path<String>, headers: HeaderMap, body: Body) -> Response {
    let Ok(vendor) = vendor.parse::<Vendor>() else { return StatusCode::NOT_FOUND.into_response() };
    let body = match tokio::time::timeout(SLOWEST, to_bytes(body, LARGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match receiver.receive(vendor, &headers, &body).await {
        Ok(Received { event, is_duplicate, problem, .. }) => {
            if let Some(problem) = problem {
                tracing::warn!(%vendor, event, problem, "a webhook was kept that is not understood");
            }
            format!("event {event}{}", if is_duplicate { ", as before" } else { "" }).into_response()
        }
        Err(ReceiveError::NoVerifier(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error @ ReceiveError::Signature(_)) => {
            tracing::warn!(%vendor, %error, "a webhook was refused");
            (StatusCode::UNAUTHORIZED, error.to_string()).into_response()
        }
        Err(ReceiveError::Outbox(error)) => {
            tracing::error!(%vendor, %error, "a webhook could not be kept; the vendor is to deliver it again");
            let status =
                if vendor.platform() == Vendor::HighLevel { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, [(RETRY_AFTER, AGAIN)]).into_response()
        }
    }
}
