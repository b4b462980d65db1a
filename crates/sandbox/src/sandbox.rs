//! [`Sandbox`]: the library's way in.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use serde_json::Value;
use tokio::task::JoinHandle;
use url::{Origin, Url};

use crate::guard::Access;
use crate::listen::{Listening, listen};
use crate::server::{Server, lock};
use crate::state::{self, StateFile};
use crate::{Announcement, Delivery, FaultRule, RecordedRequest, ReplyTo, Requests, Settings, Subscription, Vendor, Versions, Webhook};

/// A running sandbox. It serves until it is dropped.
#[derive(Debug)]
#[must_use = "a sandbox ends when it is dropped"]
pub struct Sandbox {
    server: Arc<Server>,
    url: String,
    _listening: Listening,
    state: Option<Kept>,
}

/// The state file, and the task that writes it.
#[derive(Debug)]
struct Kept {
    file: Arc<Mutex<StateFile>>,
    task: JoinHandle<()>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(kept) = &self.state {
            kept.task.abort();
        }
        if let Err(error) = self.save() {
            tracing::error!(%error, "the state is not written");
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened at.
    #[error("the sandbox cannot listen at port {port} of {host}")]
    Port {
        /// The address that was asked for.
        host: IpAddr,
        /// The port that was asked for; 0 is any free one.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A seed or state file cannot be read, does not fit, or cannot be written.
    #[error("{path}: {problem}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it: the field first, where it is one.
        problem: String,
    },
    /// What is to be allowed is not the origin of a page.
    #[error("{0:?} is not the origin of a page; one looks like http://localhost:3000")]
    Origin(String),
    /// A vendor's document holds something that cannot be simulated.
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
        self.server.log().entries().map(|entry| entry.show()).collect()
    }

    /// The requests to come, as they come.
    pub fn watch(&self) -> Requests {
        Requests::new(self.server.news.watch())
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
        self.server.hub.subscribe(self.server.stage(webhook.vendor).api, webhook).map_err(InvalidControl)
    }

    /// How the last deliveries went, the newest last.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.server.hub.deliveries()
    }

    /// Sends what a delivery sent once more, under the same event id.
    pub fn resend(&self, delivery: u64) -> Result<(), InvalidControl> {
        let known = self.server.hub.resend(delivery);
        if known { Ok(()) } else { Err(InvalidControl(format!("delivery {delivery} is not known, or not any more"))) }
    }

    /// Lets a contact or a lead write. The message as the conversation keeps it.
    pub fn reply(&self, reply: &ReplyTo) -> Result<Value, InvalidControl> {
        self.server.reply(reply).map_err(|refusal| InvalidControl(refusal.sentence(reply.vendor)))
    }

    /// Lets programs of this user find the sandbox, by [`Running::find`](crate::Running::find), until the announcement is dropped. Nothing
    /// where the system has no place for it.
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

    /// Writes the file of [`Builder::state_file`] now. It is written a second after each change, and when the sandbox is dropped, too.
    pub fn save(&self) -> Result<(), StartError> {
        self.state.as_ref().map_or(Ok(()), |kept| lock(&kept.file).write(&self.server))
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

/// A sandbox to be.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    host: Option<IpAddr>,
    port: u16,
    settings: Settings,
    access: Access,
    seed: Option<PathBuf>,
    state: Option<PathBuf>,
}

impl Builder {
    /// Listens at this port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens at this address instead of 127.0.0.1. At any that is not of the loopback interface, other machines may use the sandbox.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = Some(host);
        self
    }

    /// Lets the pages of this origin, such as `http://localhost:3000`, use the sandbox: its vendors and its controls.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.access.origins.push(origin.into());
        self
    }

    /// Starts from the objects of this JSON file beside the documented ones: `{"leonar": {"contacts": [{"first_name": "Ada"}]}}`.
    ///
    /// An object may have the fields that the vendor's document shows or takes, an id among them. Nothing is taken over unless all of it is
    /// right.
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.seed = Some(path.into());
        self
    }

    /// Keeps objects, faults and webhooks in this file, from one run to the next. It replaces what the seed file says, once it is there.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state = Some(path.into());
        self
    }

    /// Lets the sandbox be called by this host name too, such as `host.docker.internal`; by default only by those of the loopback interface.
    /// Whoever can make the name resolve elsewhere can put a page there that reads and changes everything.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.access.hosts.push(name.into());
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

    /// Starts to serve.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let (host, port, state) = (self.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), self.port, self.state.clone());
        let server = self.server()?;
        let state = state.map(|path| keep(&server, path)).transpose()?;
        let listening = listen(host, port, Arc::clone(&server).router()).await;
        let listening = listening.map_err(|source| StartError::Port { host, port, source })?;
        Ok(Sandbox { server, url: format!("http://{}", reachable(listening.address)), _listening: listening, state })
    }

    /// The sandbox as a router, to be served by a server of one's own. A fault that resets the connection breaks off the body there, and
    /// a state file is read and not written.
    pub fn router(self) -> Result<Router, StartError> {
        Ok(self.server()?.router())
    }

    fn server(mut self) -> Result<Arc<Server>, StartError> {
        self.access.any_address = self.host.is_some_and(|host| !host.to_canonical().is_loopback());
        for origin in &mut self.access.origins {
            *origin = page_origin(origin).ok_or_else(|| StartError::Origin(origin.clone()))?;
        }
        let server = Server::new(self.settings, self.access, self.seed.as_deref())?;
        if let Some(path) = &self.state {
            state::restore(&server, path)?;
        }
        Ok(Arc::new(server))
    }
}

/// Writes the file once, so that it is known to be possible, and then whenever something changed.
fn keep(server: &Arc<Server>, path: PathBuf) -> Result<Kept, StartError> {
    let mut file = StateFile::new(path);
    file.write(server)?;
    let file = Arc::new(Mutex::new(file));
    let task = tokio::spawn(state::keep(Arc::downgrade(server), Arc::clone(&file)));
    Ok(Kept { file, task })
}

/// An address that this machine can call: all of them together have none.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

/// An origin as a browser writes it: scheme, host and port, without a path.
fn page_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.origin() {
        origin @ Origin::Tuple(..) if bare && matches!(url.scheme(), "http" | "https") => Some(origin.ascii_serialization()),
        _ => None,
    }
}
