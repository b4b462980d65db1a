//! [`Subscription`]: who receives which events.

use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{payload, sign};
use crate::api::Api;

/// An address that events are delivered to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Webhook {
    /// The vendor whose events are delivered.
    pub vendor: Vendor,
    /// Where they go: an `http` address of this machine.
    pub url: String,
    /// What SendPilot's and Hoop AI's HMAC signatures are made with; [`WEBHOOK_SECRET`](crate::WEBHOOK_SECRET) without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The names of the events; all of them without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
}

impl Webhook {
    /// All events of a vendor, signed with [`WEBHOOK_SECRET`](crate::WEBHOOK_SECRET).
    pub fn new(vendor: Vendor, url: impl Into<String>) -> Self {
        Self { vendor, url: url.into(), secret: None, events: Vec::new() }
    }

    /// What is wrong with it, with the field.
    pub(crate) fn check(&self, api: &Api) -> Result<(), String> {
        let known = payload::events(api);
        if known.is_empty() {
            return Err(format!("vendor: {} documents no webhooks", api.vendor));
        }
        if let Some(unknown) = self.events.iter().find(|event| !known.contains(&event.as_str())) {
            return Err(format!("events: {unknown:?} is none of {}", known.join(", ")));
        }
        let url = Url::parse(&self.url).map_err(|error| format!("url: {error}"))?;
        if url.scheme() != "http" || !is_local(&url) {
            return Err("url: the sandbox delivers to http addresses of this machine only".to_owned());
        }
        self.secret.as_deref().map_or(Ok(()), |secret| sign::check(api.vendor, secret))
    }

    /// Signed with this secret.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }
}

/// A registered webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Its id in the sandbox.
    pub id: String,
    /// What was registered, with the secret that signatures are made with.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The public key of HighLevel's `X-GHL-Signature`: [`HIGHLEVEL_WEBHOOK_KEY`](crate::HIGHLEVEL_WEBHOOK_KEY).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
