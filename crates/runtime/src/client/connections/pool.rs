//! The HTTP clients of this process.
//!
//! A `reqwest::Client` is a pool of connections, a TLS configuration and the system's roots; the last two take milliseconds and 100 KB. A
//! connection is driven by a task of the runtime that opened it: while that runtime stands still, or is blocked, nothing moves on it. So each
//! runtime has its own, for as long as it lives.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

use super::settings::Settings;
use crate::error::Error;

/// Sets that no client uses are kept for those that are built next, this many of them.
const UNUSED: usize = 4;

static POOL: Mutex<Pool> = Mutex::new(Pool { sets: Vec::new(), runtimes: Vec::new() });

struct Pool {
    /// The one that was left last is the last.
    sets: Vec<Set>,
    /// Whose end will be noticed.
    runtimes: Vec<Id>,
}

/// The HTTP clients with the same settings.
struct Set {
    settings: Settings,
    /// How many of our clients have these settings.
    users: usize,
    /// `None` was built outside of any runtime, and belongs to the first that asks.
    clients: Vec<(Option<Id>, reqwest::Client)>,
}

/// One of our clients has these settings from now on.
pub(super) fn retain(settings: Settings) {
    pool().set(settings).users += 1;
}

/// One of our clients does not have them any more.
pub(super) fn release(settings: Settings) {
    let unused = pool().release(settings);
    // Without the lock: connections are closed here.
    drop(unused);
}

/// The HTTP client that sends on this runtime.
pub(super) fn client(settings: Settings, runtime: Option<&Handle>) -> Result<reqwest::Client, Error> {
    let id = runtime.map(Handle::id);
    let (client, is_new) = {
        let mut pool = pool();
        let client = pool.set(settings).client(id)?;
        let is_new = id.is_some_and(|id| !pool.runtimes.contains(&id));
        pool.runtimes.extend(id.filter(|_| is_new));
        (client, is_new)
    };
    if let (true, Some(runtime), Some(id)) = (is_new, runtime, id) {
        // A runtime that ends drops its tasks; one that is ending drops this one at once, so the lock must be free.
        let end = RuntimeEnd(id);
        runtime.spawn(async move {
            let _end = end;
            std::future::pending::<()>().await;
        });
    }
    Ok(client)
}

/// Dropped with its runtime.
struct RuntimeEnd(Id);

impl Drop for RuntimeEnd {
    fn drop(&mut self) {
        let closed = pool().end(self.0);
        drop(closed);
    }
}

fn pool() -> MutexGuard<'static, Pool> {
    // A panic in between leaves whole entries.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn set(&mut self, settings: Settings) -> &mut Set {
        let index = self.sets.iter().position(|set| set.settings == settings).unwrap_or_else(|| {
            self.sets.push(Set { settings, users: 0, clients: Vec::new() });
            self.sets.len() - 1
        });
        &mut self.sets[index]
    }

    /// The set that is not worth keeping any more, if there is one.
    fn release(&mut self, settings: Settings) -> Option<Set> {
        let index = self.sets.iter().position(|set| set.settings == settings)?;
        self.sets[index].users -= 1;
        if self.sets[index].users > 0 {
            return None;
        }
        let set = self.sets.remove(index);
        self.sets.push(set);
        let unused = || self.sets.iter().enumerate().filter(|(_, set)| set.users == 0).map(|(index, _)| index);
        let oldest = unused().next().filter(|_| unused().count() > UNUSED)?;
        Some(self.sets.remove(oldest))
    }

    /// What a runtime had.
    fn end(&mut self, runtime: Id) -> Vec<(Option<Id>, reqwest::Client)> {
        self.runtimes.retain(|id| *id != runtime);
        let closed = self.sets.iter_mut().flat_map(|set| set.clients.extract_if(.., |(owner, _)| *owner == Some(runtime))).collect();
        self.sets.retain(|set| set.users > 0 || !set.clients.is_empty());
        closed
    }
}

impl Set {
    fn client(&mut self, runtime: Option<Id>) -> Result<reqwest::Client, Error> {
        let position = |owner| self.clients.iter().position(|(other, _)| *other == owner);
        if let Some(index) = position(runtime).or_else(|| position(None)) {
            self.clients[index].0 = runtime;
            return Ok(self.clients[index].1.clone());
        }
        let client = self.settings.build()?;
        self.clients.push((runtime, client.clone()));
        Ok(client)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::client::connections::Connections;

    fn in_runtime<T>(work: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _inside = runtime.enter();
        work()
    }

    /// How many HTTP clients there are with connect timeouts between these, in milliseconds. Each test has timeouts of its own, so that
    /// it does not see what others do.
    fn clients(timeouts: std::ops::Range<u64>) -> usize {
        let pool = pool();
        let sets = pool.sets.iter().filter(|set| timeouts.contains(&u64::try_from(set.settings.connect_timeout.as_millis()).unwrap()));
        sets.map(|set| set.clients.len()).sum()
    }

    #[test]
    fn clients_share_connections_by_settings_and_runtime() {
        let own = Duration::from_millis(7001);
        let count = || clients(7001..7002);
        let outside = Connections::shared(own, false).unwrap();
        assert_eq!(count(), 1);
        in_runtime(|| {
            let inside = Connections::shared(own, false).unwrap();
            assert_eq!(count(), 1, "built outside of any runtime, taken by the first");
            outside.client().unwrap();
            inside.client().unwrap();
            assert_eq!(count(), 1);
            in_runtime(|| {
                inside.client().unwrap();
                assert_eq!(count(), 2, "another runtime has connections of its own");
            });
            assert_eq!(count(), 1, "the runtime that ended left nothing");
            let _loopback = Connections::shared(own, true).unwrap();
            assert_eq!(count(), 2, "those on loopback never go through a proxy");
        });
        assert_eq!(count(), 0);
    }

    #[test]
    fn what_no_client_uses_goes() {
        let _runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let all: Vec<_> = (8000..8012).map(|timeout| Connections::shared(Duration::from_millis(timeout), false).unwrap()).collect();
        assert_eq!(clients(8000..8012), 12, "each in use");
        drop(all);
        assert!(clients(8000..8012) <= 4, "{} are left", clients(8000..8012));
        for timeout in 8000..8012 {
            drop(Connections::shared(Duration::from_millis(timeout), false).unwrap());
        }
        assert!(clients(8000..8012) <= 4, "{} are left", clients(8000..8012));
    }
}
