//! The connections of clients: shared by all that would make the same ones.
//!
//! A `reqwest::Client` is a pool of connections, a TLS configuration and the system's roots; the last two take milliseconds and 100 KB.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

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
    first: OnceLock<(Option<Id>, Arc<reqwest::Client>)>,
}

/// All in which two sets of connections differ.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Settings {
    connect_timeout: Duration,
    /// Plain http is for this machine alone; a proxy from the environment would carry it off.
    loopback: bool,
}

/// One set of connections. A connection is driven by a task of the runtime that opened it: while that runtime stands still, or is blocked,
/// nothing moves on it. So each runtime has its own; `None` was built outside of any, and belongs to the first that asks.
struct Entry {
    settings: Settings,
    runtime: Option<Id>,
    client: Arc<reqwest::Client>,
}

static POOL: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

impl Connections {
    pub(crate) fn shared(connect_timeout: Duration, loopback: bool) -> Result<Self, Error> {
        let shared = SharedConnections { settings: Settings { connect_timeout, loopback }, first: OnceLock::new() };
        // What is wrong with the system's TLS roots comes out when a client is built.
        let runtime = runtime();
        let client = shared.settings.lookup(runtime)?;
        if runtime.is_some() {
            let _ = shared.first.set((runtime, client));
        }
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
        let runtime = runtime();
        if let Some((first, client)) = self.first.get()
            && *first == runtime
        {
            return Ok(Cow::Borrowed(client));
        }
        let client = self.settings.lookup(runtime)?;
        let (first, kept) = self.first.get_or_init(|| (runtime, Arc::clone(&client)));
        Ok(if *first == runtime { Cow::Borrowed(kept) } else { Cow::Owned(reqwest::Client::clone(&client)) })
    }
}

impl Settings {
    fn lookup(self, runtime: Option<Id>) -> Result<Arc<reqwest::Client>, Error> {
        // A panic in between leaves whole entries.
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        let position = |pool: &[Entry], runtime| pool.iter().position(|entry| entry.settings == self && entry.runtime == runtime);
        if let Some(index) = position(&pool, runtime).or_else(|| position(&pool, None)) {
            pool[index].runtime = runtime;
            return Ok(Arc::clone(&pool[index].client));
        }
        // Runtimes come and go, above all in tests: what no client holds any more is not kept for one that may be gone.
        pool.retain(|entry| entry.runtime == runtime || entry.runtime.is_none() || Arc::strong_count(&entry.client) > 1);
        let builder = plain(self.connect_timeout);
        let client = Arc::new(build(if self.loopback { builder.no_proxy() } else { builder })?);
        pool.push(Entry { settings: self, runtime, client: Arc::clone(&client) });
        Ok(client)
    }
}

fn runtime() -> Option<Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

/// An HTTP client that does nothing by itself: no redirects, no retries, no timeout but the connection's.
fn plain(connect_timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect_timeout)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder.build().map_err(|error| Error::configuration("the HTTP client cannot be set up").with_source(error.without_url()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_runtime<T>(work: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _inside = runtime.enter();
        work()
    }

    fn entries(connect_timeout: Duration) -> usize {
        POOL.lock().unwrap().iter().filter(|entry| entry.settings.connect_timeout == connect_timeout).count()
    }

    /// The tests of this file have timeouts of their own, so that they do not see each other's connections.
    #[test]
    fn clients_share_connections_by_settings_and_runtime() {
        let own = Duration::from_millis(7001);
        let outside = Connections::shared(own, false).unwrap();
        assert_eq!(entries(own), 1);
        in_runtime(|| {
            let inside = Connections::shared(own, false).unwrap();
            assert_eq!(entries(own), 1, "built outside of any runtime, taken by the first");
            outside.client().unwrap();
            inside.client().unwrap();
            assert_eq!(entries(own), 1);
            let elsewhere = in_runtime(|| Connections::shared(own, false).unwrap());
            assert_eq!(entries(own), 2, "another runtime has connections of its own");
            drop(elsewhere);
            let _loopback = Connections::shared(own, true).unwrap();
            assert_eq!(entries(own), 2, "those on loopback never go through a proxy; the runtime that is gone left nothing");
        });
    }
}
