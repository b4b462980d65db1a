//! The callers that wait for a slot of a budget, one behind the other.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::FOREVER;
use super::budget::{Acquired, Budget, BudgetError, BudgetStore, Slot};
use super::headers::RateLimitStatus;
use super::window::{Full, Reason, Window};

/// The budget that all clones of a client share, and its queue.
pub(crate) struct Pacer {
    /// Held by the caller who is next. Tokio's mutex is fair, and leaving its queue costs nothing.
    turn: tokio::sync::Mutex<()>,
    /// How many callers want a permit, the one with the turn included.
    pub(super) queued: AtomicUsize,
    place: Kept,
    /// Tells the caller with the turn that a slot changed.
    changed: Notify,
}

/// Where the budget is kept.
enum Kept {
    /// Here, without a detour: this is what nearly every call of nearly every client takes.
    Here(Mutex<Window>),
    Elsewhere(Arc<dyn BudgetStore>, Arc<Budget>),
}

/// Why a caller gets no permit.
#[derive(Debug)]
pub(crate) enum Denied {
    TooLong(TooLong),
    /// The budget's store failed.
    Store(BudgetError),
}

/// A request would have to wait beyond its deadline: so long, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

/// What a budget gave to a caller whose turn it is.
enum Taken {
    Slot(Slot),
    Nothing(Full),
}

/// A store that says "at once" to the caller it just turned away is not asked in a tight loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

impl Pacer {
    /// A budget of this client.
    pub(super) fn of(window: Window) -> Self {
        Self::new(Kept::Here(Mutex::new(window)))
    }

    /// A budget that is kept elsewhere.
    pub(super) fn stored(store: Arc<dyn BudgetStore>, budget: Budget) -> Self {
        Self::new(Kept::Elsewhere(store, Arc::new(budget)))
    }

    fn new(place: Kept) -> Self {
        Self { turn: tokio::sync::Mutex::const_new(()), queued: AtomicUsize::new(0), place, changed: Notify::new() }
    }

    /// Waits for a slot. Dropping the future gives up the place in the queue and leaves nothing behind.
    #[inline(never)]
    pub(crate) fn acquire(self: &Arc<Self>, deadline: Instant) -> BoxFuture<'_, Result<Permit, Denied>> {
        Box::pin(self.slot(deadline))
    }

    async fn slot(self: &Arc<Self>, deadline: Instant) -> Result<Permit, Denied> {
        let place = Place::take(self);
        let arrived = Instant::now();
        let mut announced = arrived;
        if let Some((expected, reason)) = self.expected(place.ahead, arrived) {
            if expected > deadline {
                return Err(too_long(expected, arrived));
            }
            announce(&mut announced, expected, arrived, reason);
        }
        let _turn = timeout_at(deadline, self.turn.lock()).await.map_err(|_| too_long(deadline, arrived))?;
        loop {
            let full = match self.take(deadline).await? {
                Taken::Slot(slot) => return Ok(Permit { pacer: Some(Arc::clone(self)), slot, sent: false }),
                Taken::Nothing(full) => full,
            };
            match full.until {
                Some(until) if until > deadline => return Err(too_long(until, Instant::now())),
                // A change may bring the time forward, so it ends the sleep as well.
                Some(until) => {
                    announce(&mut announced, until, Instant::now(), full.reason);
                    drop(timeout_at(until, self.changed.notified()).await);
                }
                None => timeout_at(deadline, self.changed.notified()).await.map_err(|_| too_long(deadline, arrived))?,
            }
        }
    }

    /// Lets nobody pass for `wait`.
    pub(crate) fn pause(&self, wait: Duration) {
        match &self.place {
            Kept::Here(window) => lock(window).pause_until(Instant::now() + wait.min(FOREVER)),
            Kept::Elsewhere(store, budget) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                beside(async move { store.pause(&budget, wait).await });
            }
        }
    }

    async fn take(&self, deadline: Instant) -> Result<Taken, Denied> {
        let asked = Instant::now();
        match &self.place {
            Kept::Here(window) => Ok(match lock(window).take(asked) {
                Ok(()) => Taken::Slot(Slot::new(0)),
                Err(full) => Taken::Nothing(full),
            }),
            Kept::Elsewhere(store, budget) => {
                let acquired = timeout_at(deadline, store.acquire(budget)).await.map_err(|_| too_long(deadline, asked))?;
                Ok(match acquired.map_err(Denied::Store)? {
                    Acquired::Granted(slot) => Taken::Slot(slot),
                    Acquired::Wait(wait) => {
                        let until = Instant::now() + wait.clamp(SHORTEST_WAIT, FOREVER);
                        Taken::Nothing(Full { until: Some(until), reason: Reason::Store })
                    }
                })
            }
        }
    }

    /// When a caller with so many others ahead can have a slot, as far as it is known without asking.
    fn expected(&self, ahead: usize, now: Instant) -> Option<(Instant, Reason)> {
        match &self.place {
            Kept::Here(window) => Some(lock(window).expected(ahead, now)),
            Kept::Elsewhere(..) => None,
        }
    }

    fn release(&self, slot: Slot, sent: bool, status: RateLimitStatus) {
        match &self.place {
            Kept::Here(window) => {
                let now = Instant::now();
                let mut window = lock(window);
                window.release(sent, now);
                window.observe(status, now);
            }
            Kept::Elsewhere(store, budget) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                beside(async move {
                    store.release(&budget, slot, sent).await?;
                    if status == RateLimitStatus::default() { Ok(()) } else { store.observe(&budget, status).await }
                });
            }
        }
        self.changed.notify_one();
    }

    /// The budget's state, if it is kept here.
    #[cfg(test)]
    pub(super) fn window(&self) -> MutexGuard<'_, Window> {
        match &self.place {
            Kept::Here(window) => lock(window),
            Kept::Elsewhere(..) => panic!("the budget is kept elsewhere"),
        }
    }
}

fn too_long(until: Instant, from: Instant) -> Denied {
    Denied::TooLong(TooLong(until.saturating_duration_since(from)))
}

/// Says that the caller waits until `until`, if that was not said before.
fn announce(announced: &mut Instant, until: Instant, now: Instant, reason: Reason) {
    if until > (*announced).max(now) {
        *announced = until;
        let wait_ms = u64::try_from((until - now).as_millis()).unwrap_or(u64::MAX);
        tracing::info!(wait_ms, reason = reason.as_str(), "waiting for the rate limit");
    }
}

/// What a store is told, without a call waiting for it.
fn beside(told: impl Future<Output = Result<(), BudgetError>> + Send + 'static) {
    // Outside a runtime, which is where a program ends, the store finds out by itself.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = told.await {
                tracing::warn!(%error, "the store of the rate-limit budget failed");
            }
        });
    }
}

fn lock(window: &Mutex<Window>) -> MutexGuard<'_, Window> {
    // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
    window.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to send one request.
#[must_use = "dropping a permit gives it back"]
pub(crate) struct Permit {
    /// `None` once it is given back.
    pacer: Option<Arc<Pacer>>,
    slot: Slot,
    sent: bool,
}

impl Permit {
    /// From here on the vendor may count the request.
    pub(crate) fn sent(&mut self) {
        self.sent = true;
    }

    /// A response arrived, and its headers tell what is left.
    pub(crate) fn received(mut self, status: RateLimitStatus) {
        if let Some(pacer) = self.pacer.take() {
            pacer.release(self.slot, true, status);
        }
    }

    /// The vendor cannot have counted the request.
    pub(crate) fn unsent(&mut self) {
        self.sent = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.take() {
            pacer.release(self.slot, self.sent, RateLimitStatus::default());
        }
    }
}

/// A place in the queue.
struct Place<'a> {
    pacer: &'a Pacer,
    ahead: usize,
}

impl<'a> Place<'a> {
    fn take(pacer: &'a Pacer) -> Self {
        Self { pacer, ahead: pacer.queued.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.pacer.queued.fetch_sub(1, Ordering::Relaxed);
    }
}
