use std::error::Error;

use axum::Router;
use reachout_outbox::{Outbox, Receiver, Vendor, Verifier};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn Error>> {
    let outbox = Outbox::open("sqlite:outbox.db").await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    let secret = std::env::var("SENDPILOT_WEBHOOK_SECRET")?;
    let served = axum::serve(listener, router(&outbox, &secret)?);
    // What is done about a reply besides: how far this got is kept under the reader's name.
    let replies = outbox.follow("crm", async |entry| {
        if entry.kind == "replied" {
            println!("somebody replied to message {:?}", entry.message);
        }
        Ok(())
    });
    tokio::select! {
        ended = served.into_future() => Ok(ended?),
        ended = replies => Ok(ended?),
    }
}

/// `POST /webhooks/sendpilot`.
pub fn router(outbox: &Outbox, secret: &str) -> Result<Router, Box<dyn Error>> {
    Ok(Receiver::new(outbox).verifier(Vendor::SendPilot, Verifier::sendpilot([secret])?).router())
}
