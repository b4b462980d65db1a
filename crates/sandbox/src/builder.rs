//! [`Builder`]: a sandbox with other settings.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, Utc};
use reachout_dashboard::Access;
use url::{Origin, Url};

use crate::clock::{Clock, Start, check_speed};
use crate::engine::Simulator;
use crate::http::listen::listen;
use crate::people::People;
use crate::router::router;
use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::settings::{Settings, Versions};
use crate::start_error::StartError;
use crate::state;

impl Sandbox {
    /// Starts at a free port of the loopback interface, with the default settings.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A sandbox with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// The settings of a sandbox that is to be started: [`Sandbox::builder`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    host: Option<IpAddr>,
    port: u16,
    settings: Settings,
    access: Access,
    seed: Option<PathBuf>,
    state: Option<PathBuf>,
    clock: Start,
    people: PeopleFrom,
}

/// Where the people come from.
#[derive(Clone, Debug, Default)]
enum PeopleFrom {
    #[default]
    Nowhere,
    Script(People),
    File(PathBuf),
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

    /// At most this many objects of a kind are kept, 2,000 by default; the oldest go first. A seed or a state of more is refused.
    pub fn capacity(mut self, objects: usize) -> Self {
        self.settings.capacity = objects;
        self
    }

    /// The time in the sandbox at its start, instead of the system's: every time that it writes is by its own clock, and what takes days there
    /// happens when the clock is moved. The windows of rate limits and the pauses between attempts of webhooks stay those of the system.
    pub fn clock(mut self, time: DateTime<Utc>) -> Self {
        self.clock.time = Some(time);
        self
    }

    /// How many seconds pass in the sandbox while one passes outside: 1 by default, 0 for a time that stands still until it is moved, at most
    /// 1,000,000.
    pub fn clock_speed(mut self, speed: f64) -> Self {
        self.clock.speed = speed;
        self
    }

    /// Lets these people react to the messages that are sent, by the sandbox's clock.
    pub fn people(mut self, people: People) -> Self {
        self.people = PeopleFrom::Script(people);
        self
    }

    /// Lets the people of this JSON file react to the messages that are sent: [`People`].
    pub fn people_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.people = PeopleFrom::File(path.into());
        self
    }

    /// Starts to serve.
    pub async fn start(mut self) -> Result<Sandbox, StartError> {
        let (host, port, state) = (self.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), self.port, self.state.clone());
        let access = self.access()?;
        let server = self.server()?;
        let state = state.map(|path| state::save_changes(&server, path)).transpose()?;
        let listener = listen(host, port, router(Arc::clone(&server), access)).await;
        let listener = listener.map_err(|source| StartError::Port { host, port, source })?;
        let url = format!("http://{}", reachable(listener.address));
        Ok(Sandbox::new(server, url, listener, state))
    }

    /// The sandbox as a router, to be served by a server of one's own. A fault that resets the connection breaks off the body there, and
    /// a state file is read and not written.
    pub fn router(mut self) -> Result<Router, StartError> {
        let access = self.access()?;
        Ok(router(self.server()?, access))
    }

    fn access(&mut self) -> Result<Access, StartError> {
        let mut access = std::mem::take(&mut self.access);
        access.any_address = self.host.is_some_and(|host| !host.to_canonical().is_loopback());
        for origin in &mut access.origins {
            *origin = page_origin(origin).ok_or_else(|| StartError::Origin(origin.clone()))?;
        }
        Ok(access)
    }

    fn server(self) -> Result<Arc<Server>, StartError> {
        check_speed(self.clock.speed).map_err(StartError::Speed)?;
        let clock = Clock::new(self.clock);
        let mut simulators = Simulator::all(&self.settings, &clock).map_err(StartError::Document)?;
        if let Some(path) = &self.seed {
            state::seed(&mut simulators, path)?;
        }
        let server = Arc::new(Server::new(self.settings, simulators, clock));
        match self.people {
            PeopleFrom::Nowhere => {}
            PeopleFrom::Script(people) => server.set_people(people).map_err(StartError::People)?,
            PeopleFrom::File(path) => state::people(&server, &path)?,
        }
        server.drive();
        if let Some(path) = &self.state {
            state::restore(&server, path)?;
        }
        Ok(server)
    }
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
