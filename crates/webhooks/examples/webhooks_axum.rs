//! Receives the webhooks of SendPilot and of HighLevel.
//!
//! ```sh
//! SENDPILOT_WEBHOOK_SECRETS=new,old cargo run -p reachout-webhooks --example webhooks_axum
//! ```
//!
//! The body is taken as raw bytes and verified before anything looks into it: a body that an extractor had parsed
//! could not be verified any more.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reachout_webhooks::{KeyError, MemoryReplayGuard, ReplayGuard as _, Verified, Verifier};
use serde::Deserialize;

/// What the receivers share.
#[derive(Debug)]
pub struct Receiver {
    sendpilot: Verifier,
    highlevel: Verifier,
    seen: MemoryReplayGuard,
}

/// The part of SendPilot's events that this example looks at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendPilotEvent<'a> {
    event_type: &'a str,
    workspace_id: Option<&'a str>,
}

/// The part of HighLevel's events that this example looks at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HighLevelEvent<'a> {
    r#type: &'a str,
    location_id: Option<&'a str>,
}

impl Receiver {
    /// `secrets` are SendPilot's, the old one too for as long as it is being rotated out.
    pub fn new(secrets: &[&str], highlevel: Verifier) -> Result<Self, KeyError> {
        let remembered = NonZeroUsize::new(100_000).unwrap_or(NonZeroUsize::MIN);
        Ok(Self { sendpilot: Verifier::sendpilot(secrets.iter().copied())?, highlevel, seen: MemoryReplayGuard::new(remembered) })
    }
}

/// The routes to register with the vendors.
pub fn router(receiver: Receiver) -> Router {
    Router::new().route("/webhooks/sendpilot", post(sendpilot)).route("/webhooks/highlevel", post(highlevel)).with_state(Arc::new(receiver))
}

async fn sendpilot(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let webhook = match receiver.sendpilot.verify(&headers, &body) {
        Ok(webhook) => webhook,
        Err(error) => return refuse(&error),
    };
    once(&receiver, &webhook, || {
        let event: SendPilotEvent<'_> = webhook.json()?;
        println!("sendpilot: {} in {}", event.event_type, event.workspace_id.unwrap_or("no workspace"));
        Ok(())
    })
    .await
}

async fn highlevel(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let webhook = match receiver.highlevel.verify(&headers, &body) {
        Ok(webhook) => webhook,
        Err(error) => return refuse(&error),
    };
    // HighLevel signs no time, so only the body's own says that this is not an old message sent again. This receiver
    // never responds 429, after which HighLevel would deliver a message ten minutes late.
    if let Err(error) = webhook.check_timestamp() {
        return refuse(&error);
    }
    once(&receiver, &webhook, || {
        let event: HighLevelEvent<'_> = webhook.json()?;
        println!("highlevel: {} in {}", event.r#type, event.location_id.unwrap_or("no location"));
        Ok(())
    })
    .await
}

/// Handles a message unless it was handled before. What fails is forgotten, so that the vendor's next attempt counts.
async fn once(
    receiver: &Receiver,
    webhook: &Verified<'_>,
    handle: impl FnOnce() -> Result<(), reachout_webhooks::DecodeError>,
) -> StatusCode {
    let Some(id) = webhook.message_id() else {
        eprintln!("refused: the message has no id");
        return StatusCode::BAD_REQUEST;
    };
    let Ok(first) = receiver.seen.first_seen(&id, webhook.received_at()).await;
    if !first {
        return StatusCode::OK;
    }
    if let Err(error) = handle() {
        let Ok(()) = receiver.seen.forget(&id).await;
        eprintln!("{id}: {error}");
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    StatusCode::OK
}

fn refuse(error: &reachout_webhooks::SignatureError) -> StatusCode {
    eprintln!("refused: {error}");
    StatusCode::UNAUTHORIZED
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = std::env::var("SENDPILOT_WEBHOOK_SECRETS").map_err(|_| "set SENDPILOT_WEBHOOK_SECRETS, separated by commas")?;
    let receiver = Receiver::new(&secrets.split(',').collect::<Vec<_>>(), Verifier::highlevel())?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(receiver)).await?;
    Ok(())
}
