//! The connections of clients: shared by all that would make the same ones.

mod pool;
mod settings;

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use self::settings::{Settings, build, plain};
use crate::error::Error;

/// Where a client's connections come from.
pub(crate) enum Connections {
    /// A client that was configured elsewhere, or whose proxies are its own.
    Own(reqwest::Client),
    Shared(SharedConnections),
}

/// Connections that other clients of this process use as well.
pub(crate) struct SharedConnections {
    settings: Settings,
    /// Those of the runtime that asked first, which is most often the only one.
    first: OnceLock<(Id, reqwest::Client)>,
}

impl Connections {
    pub(crate) fn shared(connect_timeout: Duration, loopback: bool) -> Result<Self, Error> {
        let connections = Self::unopened(connect_timeout, loopback);
        // What is wrong with the system's TLS roots comes out when a client is built.
        connections.client()?;
        Ok(connections)
    }

    /// The same, for a client that may never need them: the system's TLS roots, which take milliseconds, are read when it does.
    pub(crate) fn unopened(connect_timeout: Duration, loopback: bool) -> Self {
        let settings = Settings { connect_timeout, loopback };
        pool::retain(settings);
        Self::Shared(SharedConnections { settings, first: OnceLock::new() })
    }

    /// Connections by these proxies.
    pub(crate) fn proxied(connect_timeout: Duration, proxies: Vec<reqwest::Proxy>) -> Result<Self, Error> {
        build(proxies.into_iter().fold(plain(connect_timeout), reqwest::ClientBuilder::proxy)).map(Self::Own)
    }

    /// What sends on the current runtime.
    pub(crate) fn client(&self) -> Result<Cow<'_, reqwest::Client>, Error> {
        match self {
            Self::Own(client) => Ok(Cow::Borrowed(client)),
            Self::Shared(shared) => shared.client(),
        }
    }
}

impl SharedConnections {
    fn client(&self) -> Result<Cow<'_, reqwest::Client>, Error> {
        let runtime = Handle::try_current().ok();
        let Some(id) = runtime.as_ref().map(Handle::id) else { return pool::client(self.settings, None).map(Cow::Owned) };
        if let Some((first, client)) = self.first.get()
            && *first == id
        {
            return Ok(Cow::Borrowed(client));
        }
        let client = pool::client(self.settings, runtime.as_ref())?;
        let (first, kept) = self.first.get_or_init(|| (id, client.clone()));
        Ok(if *first == id { Cow::Borrowed(kept) } else { Cow::Owned(client) })
    }
}

impl Drop for SharedConnections {
    fn drop(&mut self) {
        // Before the pool looks what it still needs.
        self.first.take();
        pool::release(self.settings);
    }
}

#[cfg(test)]
mod tests;
