//! `reachout outbox listen`: the vendors' webhooks.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use reachout_messenger::Vendor;
use reachout_outbox::{Forwarder, HIGHLEVEL_WEBHOOK_KEY, Outbox, Receiver, Verifier};
use serde_json::json;
use tokio::net::TcpListener;

use super::{Database, failed};
use crate::cli::{
    call::signal,
    failure::Failure,
    output::{Output, note},
    profile::variable_value,
};

/// Where secrets are.
const SENDPILOT: &str = "SENDPILOT_WEBHOOK_SECRET";
const HOOP_AI: &str = "HOOP_AI_WEBHOOK_SECRET";
const FORWARD: &str = "REACHOUT_FORWARD_SECRET";

/// Receive the vendors' webhooks, so that replies, bounces and opt-outs stop follow-ups, until Ctrl-C
///
/// Register `https://YOUR-HOST/webhooks/VENDOR` with each vendor, behind a proxy that ends TLS. What is genuine is kept once, with all that follows
/// from it, before the vendor gets a 200; the same event again changes nothing. `reachout outbox events` shows what came.
///
/// Secrets are in the environment, separated by commas while one is replaced: `SENDPILOT_WEBHOOK_SECRET`, and `HOOP_AI_WEBHOOK_SECRET` for Hoop AI's
/// own signature. What HighLevel signs, also for its editions, is verified with
/// the keys that it publishes, or those in `HIGHLEVEL_WEBHOOK_KEY`. `reachout sandbox env` sets all three to those of the sandbox.
#[derive(Args)]
#[command(after_long_help = "Examples:
  SENDPILOT_WEBHOOK_SECRET=… reachout outbox listen --listen 0.0.0.0:8080
  reachout outbox listen --forward https://example.org/events")]
pub struct Listen {
    /// Address to listen at
    #[arg(long = "listen", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Send each event that is kept from now on to this address as well, in order and again until a 2xx responds; signed with the `whsec_` secret in
    /// `REACHOUT_FORWARD_SECRET`, if it is set. `none` ends it for events that wait, too
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
}

impl Listen {
    pub async fn run(self, database: &Database, output: &mut Output) -> Result<(), Failure> {
        let outbox = database.open().await?;
        let receiver = Self::receiver(&outbox)?;
        let forwarder = self.forwarder(&outbox).await?;
        let listening = || format!("--listen cannot listen on {}", self.address);
        let listener = TcpListener::bind(self.address).await.with_context(listening).map_err(Failure::Usage)?;
        let address = listener.local_addr().map_err(Failure::unsent)?;
        // Caught before anything is said, so that whoever reads it may end this at once.
        let signal = signal().map_err(Failure::unsent)?;
        let row = |vendor: Vendor| json!({ "vendor": vendor, "url": format!("http://{address}/webhooks/{}", vendor.id()) });
        let rows: Vec<_> = receiver.vendors().into_iter().map(row).collect();
        output.rows(&["vendor", "url"], &rows)?;
        let forward = async {
            match &forwarder {
                Some(forwarder) => forwarder.run().await.map_err(failed),
                None => std::future::pending().await,
            }
        };
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let serve = axum::serve(listener, receiver.router()).with_graceful_shutdown(async { drop(end.await) });
        let serve = tokio::spawn(serve.into_future());
        let result = tokio::select! {
            () = signal => Ok(()),
            result = forward => result,
        };
        note("finishing what is being received");
        drop(ended);
        // What was accepted is committed, or the vendor delivers it again.
        drop(tokio::time::timeout(std::time::Duration::from_secs(10), serve).await);
        result
    }

    fn receiver(outbox: &Outbox) -> Result<Receiver, Failure> {
        let wrong = |name: &str| {
            let name = name.to_owned();
            move |error| Failure::usage(format!("{name}: {error}"))
        };
        let mut receiver = Receiver::new(outbox);
        if let Some(secrets) = variable_value(SENDPILOT)? {
            receiver = receiver.verifier(Vendor::SendPilot, Verifier::sendpilot(list(&secrets)).map_err(wrong(SENDPILOT))?);
        }
        if let Some(secrets) = variable_value(HOOP_AI)? {
            receiver = receiver.verifier(Vendor::HoopAi, Verifier::hoop(list(&secrets)).map_err(wrong(HOOP_AI))?);
        }
        let platform = Verifier::highlevel_from_env().map_err(wrong(HIGHLEVEL_WEBHOOK_KEY))?;
        let vendors = [Vendor::HighLevel, Vendor::HoopAi, Vendor::Leadway];
        Ok(vendors.into_iter().fold(receiver, |receiver, vendor| receiver.verifier(vendor, platform.clone())))
    }

    async fn forwarder(&self, outbox: &Outbox) -> Result<Option<Forwarder>, Failure> {
        let url = match self.forward.as_deref() {
            None => return Ok(None),
            Some("none") => {
                Forwarder::end(outbox).await.map_err(failed)?;
                return Ok(None);
            }
            Some(url) => url,
        };
        let forwarder = Forwarder::new(outbox, url).map_err(|error| Failure::usage(format!("--forward: {error}")))?;
        let Some(secret) = variable_value(FORWARD)? else { return Ok(Some(forwarder)) };
        forwarder.secret(secret).map(Some).map_err(|error| Failure::usage(format!("{FORWARD}: {error}")))
    }
}

/// Secrets that are separated by commas.
fn list(secrets: &str) -> Vec<String> {
    secrets.split(',').map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty()).collect()
}
