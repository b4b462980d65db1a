use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reachout_outbox::{Outbox, Signal};
use reachout_webhooks::{DecodeError, MemoryReplayGuard, ReplayGuard as _, Verifier};
use sendpilot::WebhookEvent;

/// What a webhook needs.
pub struct Receiver {
    pub outbox: Outbox,
    pub verifier: Verifier,
    pub seen: MemoryReplayGuard,
}

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver {
        outbox: Outbox::open("sqlite:outbox.db").await?,
        verifier: Verifier::sendpilot([std::env::var("SENDPILOT_WEBHOOK_SECRET")?])?,
        seen: MemoryReplayGuard::new(NonZeroUsize::MIN.saturating_add(100_000)),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router(receiver)).await?;
    Ok(())
}

pub fn router(receiver: Receiver) -> Router {
    Router::new().route("/webhooks/sendpilot", post(receive)).with_state(Arc::new(receiver))
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let Ok(verified) = receiver.verifier.verify(&headers, &body) else { return (StatusCode::UNAUTHORIZED, "refused".to_owned()) };
    let Some(id) = verified.message_id() else { return (StatusCode::BAD_REQUEST, "no id".to_owned()) };
    let Ok(first) = receiver.seen.first_seen(&id, verified.received_at()).await;
    if !first {
        return (StatusCode::OK, "seen before".to_owned());
    }
    match record(&receiver.outbox, verified.json()).await {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => {
            // The vendor delivers it again, and then it counts as new.
            let Ok(()) = receiver.seen.forget(&id).await;
            (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
    }
}

async fn record(outbox: &Outbox, event: Result<WebhookEvent, DecodeError>) -> Result<String, Box<dyn Error + Send + Sync>> {
    let Some(signal) = Signal::from_sendpilot(&event?) else { return Ok("nothing to do".to_owned()) };
    let handled = outbox.receive(&signal).await?;
    Ok(format!("stopped follow-ups of {} message", handled.messages.len()))
}
