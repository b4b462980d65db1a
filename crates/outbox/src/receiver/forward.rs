//! [`Forwarder`]: events, sent on to an address of one's own.

use std::fmt;
use std::time::Duration;

use reachout_webhooks::{SecretString, Signer, Utc};
use reqwest::{Client, Url, header::CONTENT_TYPE, redirect::Policy};
use tokio::time::sleep;

use crate::runner::outcome::backoff;
use crate::{Error, Outbox, VendorEvent};

/// How many events are read at a time, and how soon again where there are no more.
const PAGE: u32 = 100;
const POLL: Duration = Duration::from_millis(500);
/// How long an attempt may take, and how long it is until the next one at most.
const ATTEMPT: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(1);

/// Sends the events that are kept to an address of one's own: one after the other, in order, and each again until a 2xx responds to it.
///
/// How far it is is kept in the outbox, so that a restart loses nothing; an event may come again after one. The body is the vendor's own; the
/// headers `reachout-vendor` and `reachout-event` have the vendor and the event's id. With a [`secret`](Self::secret) each request is signed by
/// the Standard Webhooks scheme.
pub struct Forwarder {
    outbox: Outbox,
    url: Url,
    client: Client,
    signer: Option<Signer>,
}

/// An address that nothing is forwarded to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// It is no URL.
    #[error("{0} is not a URL; write one such as https://example.org/events")]
    Url(String),
    /// What people wrote would go over the network for everybody to read.
    #[error("events are forwarded by https, or by http to this machine; {0} is neither")]
    Plain(String),
    /// The secret cannot be used.
    #[error(transparent)]
    Secret(#[from] reachout_webhooks::KeyError),
    /// No client can be made.
    #[error("no client can be made: {0}")]
    Client(reqwest::Error),
}

impl Forwarder {
    /// To an address: `https`, or `http` on this machine.
    pub fn new(outbox: &Outbox, url: &str) -> Result<Self, ForwardError> {
        let url: Url = url.parse().map_err(|_| ForwardError::Url(url.to_owned()))?;
        let is_here = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(ForwardError::Plain(url.origin().ascii_serialization()));
        }
        // Not to another address than the one that was given.
        let client = Client::builder().redirect(Policy::none()).timeout(ATTEMPT).build().map_err(ForwardError::Client)?;
        Ok(Self { outbox: outbox.clone(), url, client, signer: None })
    }

    /// Signs what is sent, with `whsec_` and base64: `webhook-id`, `webhook-timestamp` and `webhook-signature`, as Svix's libraries verify them
    /// under their own names.
    pub fn secret(mut self, secret: impl Into<SecretString>) -> Result<Self, ForwardError> {
        self.signer = Some(Signer::svix(secret)?);
        Ok(self)
    }

    /// Forwards what is received from the first call on, for as long as it is polled: until then nothing waits for it, and afterwards
    /// [`Outbox::purge`] leaves what waits. It ends where the outbox's file is lost, or by [`end`](Self::end).
    pub async fn run(&self) -> Result<(), Error> {
        self.outbox.store.begin_forwarding().await?;
        let mut failures = 0_u32;
        loop {
            let pause = match self.page().await {
                Ok(None) => return Ok(()),
                Ok(Some(Ok(0))) => POLL,
                Ok(Some(Ok(_))) => {
                    failures = 0;
                    continue;
                }
                Ok(Some(Err(problem))) => {
                    tracing::warn!(problem, "an event was not forwarded; trying again");
                    // Whether that can be recorded changes nothing.
                    drop(self.outbox.store.not_forwarded(&problem).await);
                    failures = failures.saturating_add(1);
                    backoff(failures).min(LONGEST)
                }
                Err(error) if error.is_lasting() => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "events cannot be read; trying again");
                    LONGEST
                }
            };
            sleep(pause).await;
        }
    }

    /// Ends the forwarding of an outbox's events, from whatever process: what waits for it is not kept for it any longer.
    pub async fn end(outbox: &Outbox) -> Result<(), Error> {
        outbox.store.end_forwarding().await
    }

    /// Forwards the next events: how many, or why the first that was not taken was not; nothing where forwarding was ended.
    async fn page(&self) -> Result<Option<Result<usize, String>>, Error> {
        let Some(forwarding) = self.outbox.forwarding().await? else { return Ok(None) };
        let events = self.outbox.events(forwarding.place, PAGE).await?;
        for event in &events {
            if let Err(problem) = self.send(event).await {
                return Ok(Some(Err(format!("event {}: {problem}", event.id))));
            }
            self.outbox.store.forwarded(event.id).await?;
        }
        Ok(Some(Ok(events.len())))
    }

    async fn send(&self, event: &VendorEvent) -> Result<(), String> {
        // Purged, although it waited.
        let Some(body) = &event.body else { return Ok(()) };
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let request = request.header("reachout-vendor", event.vendor.id()).header("reachout-event", event.id);
        let request = match &self.signer {
            Some(signer) => {
                request.headers(signer.sign(&format!("event_{}", event.id), Utc::now(), body).map_err(|error| error.to_string())?)
            }
            None => request,
        };
        match request.body(body.clone()).send().await {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!("the address responds with {}", response.status())),
            // The address may have a secret in it.
            Err(error) => Err(error.without_url().to_string()),
        }
    }
}

impl fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarder").field("origin", &self.url.origin().ascii_serialization()).finish_non_exhaustive()
    }
}
