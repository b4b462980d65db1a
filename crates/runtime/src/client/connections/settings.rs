//! What connections are made with.

use std::time::Duration;

use crate::error::Error;

/// All in which two sets of connections differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) connect_timeout: Duration,
    /// Plain http is for this machine alone; a proxy from the environment would carry it off.
    pub(super) loopback: bool,
}

/// HTTP/2: a connection is pinged this often, also while it is idle, so that a call finds a living one.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(10);

/// One that does not respond within this time is closed. Both together are less than an attempt has by default.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// HTTP/2: how much may arrive on a connection before it is read, the most that there can be. Each stream has 2 MB of its own, so that
/// downloads that nobody reads do not block the calls beside them.
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

impl Settings {
    pub(super) fn build(self) -> Result<reqwest::Client, Error> {
        let builder = plain(self.connect_timeout);
        build(if self.loopback { builder.no_proxy() } else { builder })
    }
}

/// An HTTP client that does nothing by itself: no redirects, no retries, no timeout but the connection's.
pub(super) fn plain(connect_timeout: Duration) -> reqwest::ClientBuilder {
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
    // An error says that the process has a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
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

pub(super) fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder.build().map_err(|error| Error::configuration("the HTTP client cannot be set up").with_source(error.without_url()))
}
