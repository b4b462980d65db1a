//! [`Sandbox`]: the library's way in.

use std::io;
use std::sync::Arc;

use serde_json::Value;

use crate::discovery::Announcement;
use crate::engine::ReplyTo;
use crate::fault::FaultRule;
use crate::http::listen::Listener;
use crate::log::RecordedRequest;
use crate::request_stream::RequestStream;
use crate::server::Server;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::state::Saver;
use crate::vendor::Vendor;
use crate::webhook::{Delivery, Subscription, Webhook};

/// A running sandbox. It serves until it is dropped.
#[derive(Debug)]
#[must_use = "a sandbox ends when it is dropped"]
pub struct Sandbox {
    server: Arc<Server>,
    url: String,
    _listener: Listener,
    state: Option<Saver>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Err(error) = self.save() {
            tracing::error!(%error, "the state is not written");
        }
    }
}

impl Sandbox {
    pub(crate) fn new(server: Arc<Server>, url: String, listener: Listener, state: Option<Saver>) -> Self {
        Self { server, url, _listener: listener, state }
    }

    /// The address of the sandbox itself, such as `http://127.0.0.1:4010`: its page and, under `/_sandbox`, its controls.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL to give the vendor's client, such as `http://127.0.0.1:4010/leonar/api/v1`.
    pub fn base_url(&self, vendor: Vendor) -> String {
        format!("{}{}", self.url, self.server.simulator(vendor).api.mount)
    }

    /// A credential that the vendor accepts: [`Vendor::api_key`].
    pub fn api_key(&self, vendor: Vendor) -> &'static str {
        vendor.api_key()
    }

    /// The requests that the vendors received, the newest last.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.log().entries().map(|entry| entry.show()).collect()
    }

    /// The requests to come, as they come.
    pub fn watch(&self) -> RequestStream {
        RequestStream::new(self.server.changes.watch())
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.server.clear_log();
    }

    /// Lets something go wrong with requests to come. The error says what is wrong with the rule itself.
    pub fn add_fault(&self, rule: FaultRule) -> Result<(), InvalidControl> {
        self.server.add_fault(rule).map(drop).map_err(InvalidControl)
    }

    /// Forgets the faults that still wait for requests.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }

    /// Delivers the events of a vendor to an address of this machine, signed as the vendor signs them.
    pub fn add_webhook(&self, webhook: Webhook) -> Result<Subscription, InvalidControl> {
        self.server.webhooks.subscribe(self.server.simulator(webhook.vendor).api, webhook).map_err(InvalidControl)
    }

    /// How the last deliveries went, the newest last.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.server.webhooks.deliveries()
    }

    /// Sends what a delivery sent once more, under the same event id.
    pub fn resend(&self, delivery: u64) -> Result<(), InvalidControl> {
        let known = self.server.webhooks.resend(delivery);
        if known { Ok(()) } else { Err(InvalidControl(format!("delivery {delivery} is not known, or not any more"))) }
    }

    /// Lets a contact or a lead write. The message as the conversation keeps it.
    pub fn reply(&self, reply: &ReplyTo) -> Result<Value, InvalidControl> {
        self.server.reply(reply).map_err(|refusal| InvalidControl(refusal.sentence(reply.vendor)))
    }

    /// Lets programs of this user find the sandbox, by [`Running::find`](crate::Running::find), until the announcement is dropped, whatever
    /// other sandboxes run. Nothing where the system has no place for it.
    pub fn announce(&self) -> io::Result<Option<Announcement>> {
        Announcement::write(&self.url)
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.server.settings()
    }

    /// Other settings, from the next request on.
    pub fn set_settings(&self, settings: Settings) {
        self.server.set_settings(settings);
    }

    /// Writes the file of [`Builder::state_file`](crate::Builder::state_file) now. It is written a second after each change, and when the sandbox is dropped, too.
    pub fn save(&self) -> Result<(), StartError> {
        self.state.as_ref().map_or(Ok(()), |saver| saver.save(&self.server))
    }

    /// Forgets all that happened: only the documented objects and those of the seed file are left. The settings stay.
    pub fn reset(&self) {
        self.server.reset();
    }
}

/// A control that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidControl(pub(crate) String);
