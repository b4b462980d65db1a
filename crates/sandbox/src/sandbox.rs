//! [`Sandbox`]: the library's way in.

use std::io;
use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use crate::listen::{Listening, listen};
use crate::server::Server;
use crate::{Delivery, FaultRule, RecordedRequest, ReplyTo, Settings, Subscription, Vendor, Versions, Webhook};

/// A running sandbox. It serves until it is dropped.
#[derive(Debug)]
#[must_use = "a sandbox ends when it is dropped"]
pub struct Sandbox {
    server: Arc<Server>,
    url: String,
    _listening: Listening,
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened at.
    #[error("the sandbox cannot listen at port {port} of 127.0.0.1")]
    Port {
        /// The port that was asked for; 0 is any free one.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A vendor's document holds something that cannot be played.
    #[error("the sandbox cannot simulate this document: {0}")]
    Document(String),
}

impl Sandbox {
    /// Starts at a free port of the loopback interface, with the default settings.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A sandbox with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address of the sandbox itself, such as `http://127.0.0.1:4010`: its page and, under `/_sandbox`, its controls.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL to give the vendor's client, such as `http://127.0.0.1:4010/leonar/api/v1`.
    pub fn base_url(&self, vendor: Vendor) -> String {
        format!("{}{}", self.url, self.server.stage(vendor).api.mount)
    }

    /// A credential that the vendor accepts: [`Vendor::api_key`].
    pub fn api_key(&self, vendor: Vendor) -> &'static str {
        vendor.api_key()
    }

    /// The requests that the vendors received, the newest last.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.log().entries().cloned().collect()
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.server.log().clear();
    }

    /// Lets something go wrong with requests to come. The error says what is wrong with the rule itself.
    pub fn add_fault(&self, rule: FaultRule) -> Result<(), InvalidControl> {
        rule.check().map_err(InvalidControl)?;
        self.server.faults().push_back(rule);
        Ok(())
    }

    /// Forgets the faults that still wait for requests.
    pub fn clear_faults(&self) {
        self.server.faults().clear();
    }

    /// Delivers the events of a vendor to an address of this machine, signed as the vendor signs them.
    pub fn add_webhook(&self, webhook: Webhook) -> Result<Subscription, InvalidControl> {
        self.server.hub.subscribe(self.server.stage(webhook.vendor).api, webhook).map_err(InvalidControl)
    }

    /// How the last deliveries went, the newest last.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.server.hub.deliveries()
    }

    /// Lets a contact or a lead reply. The message as the conversation keeps it.
    pub fn reply(&self, reply: &ReplyTo) -> Result<Value, InvalidControl> {
        self.server.reply(reply).map_err(|refusal| InvalidControl(refusal.sentence(reply.vendor)))
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.server.settings()
    }

    /// Other settings, from the next request on.
    pub fn set_settings(&self, settings: Settings) {
        self.server.set_settings(settings);
    }

    /// Forgets all that happened: only the documented objects are left. The settings stay.
    pub fn reset(&self) {
        self.server.reset();
    }
}

/// A control that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidControl(pub(crate) String);

/// A sandbox to be.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    port: u16,
    settings: Settings,
    hosts: Vec<String>,
}

impl Builder {
    /// Listens at this port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Lets the sandbox be called by this host name too, such as `host.docker.internal`; by default only by those of the loopback interface.
    /// Whoever can make the name resolve elsewhere can put a page there that reads and changes everything.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Which values of HighLevel's `Version` header are accepted; by default the one that the operation documents.
    pub fn versions(mut self, versions: Versions) -> Self {
        self.settings.versions = versions;
        self
    }

    /// Whether the documented rate limits are enforced; by default they are not.
    pub fn rate_limits(mut self, enforced: bool) -> Self {
        self.settings.rate_limits = enforced;
        self
    }

    /// Whether an id that the sandbox never gave out stands for a new object with documented data; by default it leads to 404.
    pub fn adopt_unknown_ids(mut self, adopted: bool) -> Self {
        self.settings.adopt_unknown_ids = adopted;
        self
    }

    /// All settings at once.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Starts at a port of the loopback interface.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let server = Arc::new(Server::new(self.settings, self.hosts).map_err(StartError::Document)?);
        let listening = listen(self.port, Arc::clone(&server).router()).await;
        let listening = listening.map_err(|source| StartError::Port { port: self.port, source })?;
        Ok(Sandbox { server, url: format!("http://{}", listening.address), _listening: listening })
    }

    /// The sandbox as a router, to be served by a server of one's own. A fault that resets the connection breaks off the body there.
    pub fn router(self) -> Result<Router, StartError> {
        Ok(Arc::new(Server::new(self.settings, self.hosts).map_err(StartError::Document)?).router())
    }
}
