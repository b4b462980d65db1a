//! [`Sandbox`]: the library's way in.

use std::io;
use std::sync::Arc;

use axum::Router;

use crate::listen::{Listening, listen};
use crate::server::Server;
use crate::{Settings, Vendor, Versions};

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
    #[error("the sandbox cannot play this document: {0}")]
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
        format!("{}{}", self.url, self.server.mount(vendor))
    }

    /// A credential that the vendor accepts: [`Vendor::api_key`].
    pub fn api_key(&self, vendor: Vendor) -> &'static str {
        vendor.api_key()
    }
}

/// A sandbox to be.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    port: u16,
    settings: Settings,
}

impl Builder {
    /// Listens at this port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Which values of HighLevel's `Version` header are accepted; by default the one that the operation documents.
    pub fn versions(mut self, versions: Versions) -> Self {
        self.settings.versions = versions;
        self
    }

    /// All settings at once.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Starts at a port of the loopback interface.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let server = Arc::new(Server::new(self.settings).map_err(StartError::Document)?);
        let listening = listen(self.port, Arc::clone(&server).router()).await;
        let listening = listening.map_err(|source| StartError::Port { port: self.port, source })?;
        Ok(Sandbox { server, url: format!("http://{}", listening.address), _listening: listening })
    }

    /// The sandbox as a router, to be served by a server of one's own. A fault that resets the connection breaks off the body there.
    pub fn router(self) -> Result<Router, StartError> {
        Ok(Arc::new(Server::new(self.settings).map_err(StartError::Document)?).router())
    }
}
