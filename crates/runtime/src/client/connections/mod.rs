//! The connections of clients: shared by all that would make the same ones.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::{Handle, Id};

use super::pool;
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

/// All in which two sets of connections differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) connect_timeout: Duration,
    /// Plain http is for this machine alone; a proxy from the environment would carry it off.
    pub(super) loopback: bool,
}

/// HTTP/2: a connection is asked this often whether it lives, also while nothing is under way on it, so that a call finds a living one.
const PING_INTERVAL: Duration = Duration::from_secs(10);

/// One that does not respond within this time is closed. Both together are less than an attempt has by default.
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// HTTP/2: how much may arrive on a connection before it is read, the most that there can be. Each stream has 2 MB of its own, so that
/// downloads that nobody reads leave room for the calls beside them.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

impl Connections {
    pub(crate) fn shared(connect_timeout: Duration, loopback: bool) -> Result<Self, Error> {
        let settings = Settings { connect_timeout, loopback };
        pool::enter(settings);
        let shared = SharedConnections { settings, first: OnceLock::new() };
        // What is wrong with the system's TLS roots comes out when a client is built.
        shared.client()?;
        Ok(Self::Shared(shared))
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
        pool::leave(self.settings);
    }
}

impl Settings {
    pub(super) fn build(self) -> Result<reqwest::Client, Error> {
        let builder = plain(self.connect_timeout);
        build(if self.loopback { builder.no_proxy() } else { builder })
    }
}

/// An HTTP client that does nothing by itself: no redirects, no retries, no timeout but the connection's.
fn plain(connect_timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect_timeout)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder.build().map_err(|error| Error::configuration("the HTTP client cannot be set up").with_source(error.without_url()))
}

#[cfg(test)]
mod tests;
