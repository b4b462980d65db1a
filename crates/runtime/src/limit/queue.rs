//! The callers that wait for a slot of a budget.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::FOREVER;
use super::budget::{Acquired, Budget, BudgetError, BudgetStore, Slot};
use super::headers::RateLimitStatus;
use super::line::{Line, Ticket};
use super::window::{Full, Reason, Window};

/// The budget that all clones of a client share, and those who wait for it.
pub(crate) enum Pacer {
    /// It is kept here, without a detour: this is what nearly every call of nearly every client takes.
    Here(Mutex<Here>),
    Elsewhere(Elsewhere),
}

pub(crate) struct Here {
    pub(super) line: Line,
    pub(super) window: Window,
}

pub(crate) struct Elsewhere {
    line: Mutex<Line>,
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

/// A request would have to wait beyond its deadline: so long, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

/// How long a slot waits for each caller who is ahead and does not come.
const PATIENCE: Duration = Duration::from_millis(100);

/// The same where a store is asked, which takes its time.
const PATIENCE_WITH_STORE: Duration = Duration::from_secs(1);

/// A store that says "at once" to the caller it just turned away is not asked in a tight loop.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

impl Pacer {
    /// A budget of this client.
    pub(super) fn of(window: Window) -> Self {
        Self::Here(Mutex::new(Here { line: Line::new(PATIENCE), window }))
    }

    /// A budget that is kept elsewhere.
    pub(super) fn stored(store: Arc<dyn BudgetStore>, budget: Budget) -> Self {
        Self::Elsewhere(Elsewhere { line: Mutex::new(Line::new(PATIENCE_WITH_STORE)), store, budget: Arc::new(budget) })
    }

    /// Waits for a slot. Dropping the future gives up the place in the line and leaves nothing behind; one that is kept without being polled
    /// stops nobody else.
    #[inline(never)]
    pub(crate) fn acquire(self: &Arc<Self>, deadline: Instant) -> BoxFuture<'_, Result<Permit, Denied>> {
        Box::pin(self.slot(deadline))
    }

    async fn slot(self: &Arc<Self>, deadline: Instant) -> Result<Permit, Denied> {
        let mut caller = Caller::new(self, deadline);
        let slot = loop {
            let look_again = match &**self {
                Self::Here(here) => match caller.look(&mut lock(here))? {
                    Found::Slot => break Slot::new(0),
                    Found::Nothing(look_again) => look_again,
                },
                Self::Elsewhere(elsewhere) => match caller.ask(elsewhere).await? {
                    Acquired::Granted(slot) => break slot,
                    Acquired::Wait(wait) => Instant::now() + wait,
                },
            };
            caller.wait(look_again).await;
        };
        drop(caller);
        Ok(Permit { pacer: Some(Arc::clone(self)), slot, sent: false })
    }

    /// Lets nobody pass for `wait`.
    pub(crate) fn pause(&self, wait: Duration) {
        match self {
            Self::Here(here) => lock(here).window.pause_until(Instant::now() + wait.min(FOREVER)),
            Self::Elsewhere(Elsewhere { store, budget, .. }) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                beside(async move { store.pause(&budget, wait).await });
            }
        }
    }

    fn release(&self, slot: Slot, sent: bool, status: RateLimitStatus) {
        let now = Instant::now();
        match self {
            Self::Here(here) => {
                let Here { line, window } = &mut *lock(here);
                window.release(sent, now);
                window.observe(status, now);
                line.expect(window.ready(now).map(drop).map_err(|full| full.until), now);
                line.call();
            }
            Self::Elsewhere(Elsewhere { line, store, budget }) => {
                let (store, budget) = (Arc::clone(store), Arc::clone(budget));
                beside(async move {
                    store.release(&budget, slot, sent).await?;
                    if status == RateLimitStatus::default() { Ok(()) } else { store.observe(&budget, status).await }
                });
                let mut line = lock(line);
                line.expect(Ok(()), now);
                line.call();
            }
        }
    }
}

/// One who waits for a slot.
struct Caller<'a> {
    pacer: &'a Pacer,
    deadline: Instant,
    arrived: Instant,
    /// Until when it was said that it waits.
    announced: Instant,
    /// Its place in the line, once it has to wait.
    ticket: Option<Ticket>,
}

/// What a caller found who looked.
enum Found {
    Slot,
    /// It looks again at that time, or when it is called.
    Nothing(Instant),
}

impl<'a> Caller<'a> {
    fn new(pacer: &'a Pacer, deadline: Instant) -> Self {
        let arrived = Instant::now();
        Self { pacer, deadline, arrived, announced: arrived, ticket: None }
    }

    /// Takes a slot, if it is this caller's turn.
    fn look(&mut self, Here { line, window }: &mut Here) -> Result<Found, Denied> {
        let now = Instant::now();
        let ahead = line.ahead(self.ticket.as_ref());
        let ready = window.ready(now);
        line.expect(ready.map(drop).map_err(|full| full.until), now);
        let is_next = ready.is_ok_and(|slots| ahead < slots);
        if is_next || line.may_pass(ahead, now) {
            if !is_next {
                line.pass(self.ticket.as_ref());
            }
            window.occupy(now);
            return Ok(Found::Slot);
        }
        if self.ticket.is_none() {
            let (expected, reason) = window.expected(ahead, now);
            self.expect(expected, reason, now)?;
            self.ticket = Some(line.join());
        }
        match ready {
            Err(Full { until, reason }) if ahead == 0 => {
                let until = until.unwrap_or(self.deadline);
                self.expect(until, reason, now)?;
                self.in_time(now)?;
                Ok(Found::Nothing(until))
            }
            _ => self.in_time(now).map(|()| Found::Nothing(line.look_again(ahead, now))),
        }
    }

    /// Asks the store, when it is this caller's turn.
    async fn ask(&mut self, Elsewhere { line, store, budget }: &Elsewhere) -> Result<Acquired, Denied> {
        let asked = Instant::now();
        if let Some(look_again) = self.turn(&mut lock(line), asked)? {
            return Ok(Acquired::Wait(look_again.saturating_duration_since(asked)));
        }
        let acquired = timeout_at(self.deadline, store.acquire(budget)).await.map_err(|_| too_long(self.deadline, asked))?;
        let wait = match acquired.map_err(Denied::Store)? {
            Acquired::Wait(wait) => wait.clamp(SHORTEST_WAIT, FOREVER),
            granted @ Acquired::Granted(_) => return Ok(granted),
        };
        let now = Instant::now();
        lock(line).expect(Err(Some(now + wait)), now);
        self.expect(now + wait, Reason::Store, now)?;
        Ok(Acquired::Wait(wait))
    }

    /// `None` if it is this caller's turn to ask; otherwise when it looks again.
    fn turn(&mut self, line: &mut Line, now: Instant) -> Result<Option<Instant>, Denied> {
        let ahead = line.ahead(self.ticket.as_ref());
        let ticket = self.ticket.get_or_insert_with(|| line.join());
        let available = line.available().unwrap_or(now);
        if available <= now && (ahead == 0 || line.may_pass(ahead, now)) {
            line.pass(Some(ticket));
            // From here on others wait for this one's result.
            line.expect(Err(Some(now)), now);
            return Ok(None);
        }
        self.in_time(now)?;
        if ahead > 0 {
            return Ok(Some(line.look_again(ahead, now)));
        }
        self.expect(available, Reason::Store, now)?;
        Ok(Some(available))
    }

    /// Sleeps until then, or until it is called: a change may bring the time forward.
    async fn wait(&self, until: Instant) {
        if let Some(ticket) = &self.ticket {
            let _ = timeout_at(until.min(self.deadline), ticket.called.notified()).await;
        }
    }

    /// There is no slot before `until`: says so, if it was not said before, or gives up.
    fn expect(&mut self, until: Instant, reason: Reason, now: Instant) -> Result<(), Denied> {
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

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        let Some(ticket) = &self.ticket else { return };
        match self.pacer {
            Pacer::Here(here) => lock(here).line.leave(ticket),
            Pacer::Elsewhere(Elsewhere { line, .. }) => lock(line).leave(ticket),
        }
    }
}

fn too_long(until: Instant, from: Instant) -> Denied {
    Denied::TooLong(TooLong(until.saturating_duration_since(from)))
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

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
    state.lock().unwrap_or_else(PoisonError::into_inner)
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
