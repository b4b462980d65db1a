//! Telling the first delivery of a message from the others.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};

/// Remembers which messages were received.
///
/// ```
/// # use reachout_webhooks::{ReplayGuard, Verified};
/// # async fn handle(_: &Verified<'_>) -> Result<(), String> { Ok(()) }
/// async fn receive<G: ReplayGuard>(guard: &G, webhook: Verified<'_>) -> Result<(), String>
/// where
///     G::Error: ToString,
/// {
///     let Some(id) = webhook.message_id() else { return handle(&webhook).await };
///     if !guard.first_seen(&id, webhook.received_at()).await.map_err(|error| error.to_string())? {
///         return Ok(()); // seen before: respond 200, so that the vendor stops sending it
///     }
///     let handled = handle(&webhook).await;
///     if handled.is_err() {
///         guard.forget(&id).await.map_err(|error| error.to_string())?; // the vendor's next attempt is welcome
///     }
///     handled
/// }
/// ```
///
/// The trait is asynchronous and may fail because receivers that run more than once share their memory through a
/// database: `first_seen` is then one `INSERT … ON CONFLICT DO NOTHING` or one `SET key value NX EX seconds`.
/// Prefix the id with the vendor's name if several vendors share the memory.
pub trait ReplayGuard: Send + Sync {
    /// Why the memory could not be read or written.
    type Error;

    /// True for exactly one caller per `id`, however many call at once. `at` is the time of this delivery.
    fn first_seen(&self, id: &str, at: DateTime<Utc>) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Forgets an id, so that the vendor's next attempt is handled: for a delivery that could not be.
    fn forget(&self, id: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// A [`ReplayGuard`] in the memory of this process, of a fixed size.
///
/// It forgets an id after a day, or earlier if `capacity` newer ones came in. Only ids of verified webhooks should
/// get in, so that a stranger cannot push the genuine ones out. An id takes about 100 bytes, however long it is.
pub struct MemoryReplayGuard {
    capacity: NonZeroUsize,
    window: Duration,
    seen: Mutex<Seen>,
}

/// An id's SHA-256: ids are the sender's text and of any length.
type IdHash = [u8; 32];

#[derive(Default)]
struct Seen {
    ids: HashSet<IdHash>,
    /// The same ids in the order of arrival.
    order: VecDeque<(DateTime<Utc>, IdHash)>,
}

impl MemoryReplayGuard {
    /// Remembers up to `capacity` ids.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity, window: Duration::from_secs(24 * 60 * 60), seen: Mutex::default() }
    }

    /// How long an id is remembered: a day if not set. It should outlast the vendor's attempts, which take up to
    /// about 80 minutes at SendPilot and 70 at HighLevel.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        // Nothing in a critical section panics half-way, so a poisoned map is still a whole one.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReplayGuard for MemoryReplayGuard {
    type Error = Infallible;

    async fn first_seen(&self, id: &str, at: DateTime<Utc>) -> Result<bool, Infallible> {
        let id = hash(id);
        let mut seen = self.lock();
        seen.drop_older(at, self.window);
        if seen.ids.contains(&id) {
            return Ok(false);
        }
        while seen.order.len() >= self.capacity.get() {
            seen.drop_oldest();
        }
        seen.ids.insert(id);
        seen.order.push_back((at, id));
        Ok(true)
    }

    async fn forget(&self, id: &str) -> Result<(), Infallible> {
        let id = hash(id);
        let mut seen = self.lock();
        if seen.ids.remove(&id) {
            seen.order.retain(|(_, other)| *other != id);
        }
        Ok(())
    }
}

impl Seen {
    fn drop_older(&mut self, now: DateTime<Utc>, window: Duration) {
        while self.order.front().is_some_and(|(at, _)| (now - at).to_std().is_ok_and(|age| age > window)) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, id)) = self.order.pop_front() {
            self.ids.remove(&id);
        }
    }
}

fn hash(id: &str) -> IdHash {
    let mut hash = IdHash::default();
    // SHA-256 has 32 bytes, so every one is filled.
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, id.as_bytes()).as_ref()) {
        *to = *from;
    }
    hash
}

impl fmt::Debug for MemoryReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayGuard")
            .field("capacity", &self.capacity)
            .field("window", &self.window)
            .field("ids", &self.lock().ids.len())
            .finish_non_exhaustive()
    }
}
