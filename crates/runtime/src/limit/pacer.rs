//! The callers that wait for a slot of a budget.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::FOREVER;
use super::budget::{Acquired, Budget, BudgetError, BudgetStore, Slot};
use super::headers::RateLimitStatus;
use super::queue::{Queue, Ticket};
use super::window::{Reason, Unavailable, Window};

/// The budget that all clones of a client share, and the callers that wait for it.
pub(crate) enum Pacer {
    /// It is kept here, without a detour: this is what nearly every call of nearly every client takes.
    Local(Mutex<Local>),
    Stored(Stored),
}

pub(crate) struct Local {
    pub(super) queue: Queue,
    pub(super) window: Window,
}

pub(crate) struct Stored {
    queue: Mutex<Queue>,
    store: Arc<dyn BudgetStore>,
    budget: Arc<Budget>,
}

/// Why a caller gets no permit.
#[derive(Debug)]
pub(crate) enum Denied {
    TooLong(TooLong),
    /// The budget's store failed.
    Store(BudgetError),
}

/// A request would have to wait beyond its deadline; at least this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

/// How long a slot is kept for each caller ahead that is not polled.
const GRACE: Duration = Duration::from_millis(100);

/// The same where a store is asked, which takes its time.
const GRACE_WITH_STORE: Duration = Duration::from_secs(1);

/// A store that has no slot and says "at once" is not asked in a tight loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

impl Pacer {
    /// A budget of this client.
    pub(super) fn local(window: Window) -> Self {
        Self::Local(Mutex::new(Local { queue: Queue::new(GRACE), window }))
    }

    /// A budget that is kept elsewhere.
    pub(super) fn stored(store: Arc<dyn BudgetStore>, budget: Budget) -> Self {
        Self::Stored(Stored { queue: Mutex::new(Queue::new(GRACE_WITH_STORE)), store, budget: Arc::new(budget) })
    }

    /// Waits for a slot. Dropping the future gives up the place in the queue and leaves nothing behind; one that is kept without being polled
    /// stops nobody else.
    #[inline(never)]
    pub(crate) fn acquire(self: &Arc<Self>, deadline: Instant) -> BoxFuture<'_, Result<Permit, Denied>> {
        Box::pin(self.slot(deadline))
    }

    async fn slot(self: &Arc<Self>, deadline: Instant) -> Result<Permit, Denied> {
        let mut waiter = Waiter::new(self, deadline);
        let slot = loop {
            let recheck_at = match &**self {
                Self::Local(local) => match waiter.try_take(&mut lock(local))? {
                    Turn::Taken => break Slot::new(0),
                    Turn::Later(recheck_at) => recheck_at,
                },
                Self::Stored(stored) => match waiter.request(stored).await? {
                    Acquired::Granted(slot) => break slot,
                    Acquired::Wait(wait) => Instant::now() + wait,
                },
            };
            waiter.wait(recheck_at).await;
        };
        drop(waiter);
        Ok(Permit { pacer: Some(Arc::clone(self)), slot, sent: false })
    }

    /// Gives no slot for `wait`.
    pub(crate) fn pause(&self, wait: Duration) {
        match self {
            Self::Local(local) => lock(local).window.pause_until(Instant::now() + wait.min(FOREVER)),
            Self::Stored(Stored { store, budget, .. }) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                update_store(async move { store.pause(&budget, wait).await });
            }
        }
    }

    fn release(&self, slot: Slot, sent: bool, status: RateLimitStatus) {
        let now = Instant::now();
        match self {
            Self::Local(local) => {
                let Local { queue, window } = &mut *lock(local);
                window.release(sent, now);
                window.observe(status, now);
                queue.expect(window.ready(now).map(drop).map_err(|full| full.until), now);
                queue.wake_next();
            }
            Self::Stored(Stored { queue, store, budget }) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                update_store(async move {
                    store.release(&budget, slot, sent).await?;
                    if status == RateLimitStatus::default() { Ok(()) } else { store.observe(&budget, status).await }
                });
                let mut queue = lock(queue);
                queue.expect(Ok(()), now);
                queue.wake_next();
            }
        }
    }
}

/// A caller that waits for a slot.
struct Waiter<'a> {
    pacer: &'a Pacer,
    deadline: Instant,
    arrived: Instant,
    /// Until when it waits, as it was logged.
    announced: Instant,
    /// Its place in the queue, once it has to wait.
    ticket: Option<Ticket>,
}

/// Whether it is a caller's turn.
enum Turn {
    /// It has a slot.
    Taken,
    /// It checks again at that time, or when it is woken.
    Later(Instant),
}

impl<'a> Waiter<'a> {
    fn new(pacer: &'a Pacer, deadline: Instant) -> Self {
        let arrived = Instant::now();
        Self { pacer, deadline, arrived, announced: arrived, ticket: None }
    }

    /// Takes a slot, if it is this caller's turn.
    fn try_take(&mut self, Local { queue, window }: &mut Local) -> Result<Turn, Denied> {
        let now = Instant::now();
        let ahead = queue.ahead(self.ticket.as_ref());
        let ready = window.ready(now);
        queue.expect(ready.map(drop).map_err(|full| full.until), now);
        let is_next = ready.is_ok_and(|slots| ahead < slots);
        if is_next || queue.may_overtake(ahead, now) {
            if !is_next {
                queue.skip_before(self.ticket.as_ref());
            }
            window.occupy(now);
            return Ok(Turn::Taken);
        }
        if self.ticket.is_none() {
            let (expected, reason) = window.earliest(ahead, now);
            self.announce(expected, reason, now)?;
            self.ticket = Some(queue.push());
        }
        match ready {
            Err(Unavailable { until, reason }) if ahead == 0 => {
                let until = until.unwrap_or(self.deadline);
                self.announce(until, reason, now)?;
                self.in_time(now)?;
                Ok(Turn::Later(until))
            }
            _ => self.in_time(now).map(|()| Turn::Later(queue.recheck_at(ahead, now))),
        }
    }

    /// Asks the store, when it is this caller's turn.
    async fn request(&mut self, Stored { queue, store, budget }: &Stored) -> Result<Acquired, Denied> {
        let asked = Instant::now();
        if let Some(recheck_at) = self.turn(&mut lock(queue), asked)? {
            return Ok(Acquired::Wait(recheck_at.saturating_duration_since(asked)));
        }
        let acquired = timeout_at(self.deadline, store.acquire(budget)).await.map_err(|_| too_long(self.deadline, asked))?;
        let wait = match acquired.map_err(Denied::Store)? {
            Acquired::Wait(wait) => wait.clamp(SHORTEST_WAIT, FOREVER),
            granted @ Acquired::Granted(_) => return Ok(granted),
        };
        let now = Instant::now();
        lock(queue).expect(Err(Some(now + wait)), now);
        self.announce(now + wait, Reason::Store, now)?;
        Ok(Acquired::Wait(wait))
    }

    /// `None` if it is this caller's turn to ask; otherwise when it checks again.
    fn turn(&mut self, queue: &mut Queue, now: Instant) -> Result<Option<Instant>, Denied> {
        let ahead = queue.ahead(self.ticket.as_ref());
        let ticket = self.ticket.get_or_insert_with(|| queue.push());
        let available = queue.available().unwrap_or(now);
        if available <= now && (ahead == 0 || queue.may_overtake(ahead, now)) {
            queue.skip_before(Some(ticket));
            // From here on others wait for this one's result.
            queue.expect(Err(Some(now)), now);
            return Ok(None);
        }
        self.in_time(now)?;
        if ahead > 0 {
            return Ok(Some(queue.recheck_at(ahead, now)));
        }
        self.announce(available, Reason::Store, now)?;
        Ok(Some(available))
    }

    /// Sleeps until then, or until it is woken: a change may bring the time forward.
    async fn wait(&self, until: Instant) {
        if let Some(ticket) = &self.ticket {
            let _ = timeout_at(until.min(self.deadline), ticket.woken.notified()).await;
        }
    }

    /// There is no slot before `until`: logs that once, or gives up.
    fn announce(&mut self, until: Instant, reason: Reason, now: Instant) -> Result<(), Denied> {
        if until > self.deadline {
            return Err(too_long(until, now));
        }
        if until > self.announced.max(now) {
            self.announced = until;
            let wait_ms = u64::try_from((until - now).as_millis()).unwrap_or(u64::MAX);
            tracing::info!(wait_ms, reason = reason.as_str(), "waiting for the rate limit");
        }
        Ok(())
    }

    fn in_time(&self, now: Instant) -> Result<(), Denied> {
        if now < self.deadline { Ok(()) } else { Err(too_long(self.deadline, self.arrived)) }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let Some(ticket) = &self.ticket else { return };
        match self.pacer {
            Pacer::Local(local) => lock(local).queue.remove(ticket),
            Pacer::Stored(Stored { queue, .. }) => lock(queue).remove(ticket),
        }
    }
}

fn too_long(until: Instant, from: Instant) -> Denied {
    Denied::TooLong(TooLong(until.saturating_duration_since(from)))
}

/// Updates a store, without a call waiting for it.
fn update_store(update: impl Future<Output = Result<(), BudgetError>> + Send + 'static) {
    // Outside a runtime, which is where a program ends, the store finds out by itself.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = update.await {
                tracing::warn!(%error, "the store of the rate-limit budget failed");
            }
        });
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to send one request.
#[must_use = "dropping a permit releases it"]
pub(crate) struct Permit {
    /// `None` once it is released.
    pacer: Option<Arc<Pacer>>,
    slot: Slot,
    sent: bool,
}

impl Permit {
    /// From here on the vendor may count the request.
    pub(crate) fn mark_sent(&mut self) {
        self.sent = true;
    }

    /// A response arrived, with what is left in its headers.
    pub(crate) fn complete(mut self, status: RateLimitStatus) {
        if let Some(pacer) = self.pacer.take() {
            pacer.release(self.slot, true, status);
        }
    }

    /// The vendor cannot have counted the request.
    pub(crate) fn mark_unsent(&mut self) {
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
