//! [`StoredBudgets`]: budgets under rate limits that are kept in the outbox.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use reachout_runtime::{Acquired, BoxFuture, Budget, BudgetError, BudgetKey, BudgetStore, RateLimitStatus, Slot};

use crate::Outbox;
use crate::store::{BudgetTerms, Store, Taken};

tokio::task_local! {
    /// A slot that was taken before the call that uses it: of which budget, and its id.
    static GRANTED: Cell<Option<(String, i64)>>;
}

/// Budgets that all processes share which have the outbox open: for clients of one's own beside those that workers make, so that their
/// calls are counted too.
///
/// ```no_run
/// use std::sync::Arc;
/// use reachout_outbox::{Account, Outbox, Vendor};
///
/// # async fn example(outbox: &Outbox) -> Result<(), Box<dyn std::error::Error>> {
/// let account = Account::new(Vendor::Leonar, Account::DEFAULT);
/// let client = reachout_messenger::leonar::Client::builder().from_env()?.budget_store(outbox.budgets(), account.budget_key()).build()?;
/// # Ok(())
/// # }
/// ```
pub struct StoredBudgets {
    store: Store,
    /// The worker that takes slots, whose end frees them.
    holder: Arc<RwLock<String>>,
    /// Slots that calls use which did not take them.
    lent: Mutex<HashSet<i64>>,
    /// The limits that the vendors stated last.
    stated: Mutex<HashMap<BudgetKey, (u32, Duration)>>,
}

impl Outbox {
    /// The budgets of this outbox.
    pub fn budgets(&self) -> Arc<StoredBudgets> {
        Arc::new(StoredBudgets::new(self.store.clone(), Arc::default()))
    }
}

impl StoredBudgets {
    pub(crate) fn new(store: Store, holder: Arc<RwLock<String>>) -> Self {
        Self { store, holder, lent: Mutex::default(), stated: Mutex::default() }
    }

    /// Takes a slot ahead of the call that uses it.
    pub(crate) async fn take(&self, terms: &BudgetTerms) -> Result<Taken, crate::Error> {
        let holder = self.holder.read().unwrap_or_else(PoisonError::into_inner).clone();
        self.store.take_slot(terms, &holder).await
    }

    /// Does `call`, whose first request uses a slot that was taken before, and that the caller releases.
    pub(crate) async fn with_slot<T>(&self, key: &str, slot: i64, call: impl Future<Output = T>) -> T {
        self.lent(|lent| lent.insert(slot));
        GRANTED.scope(Cell::new(Some((key.to_owned(), slot))), call).await
    }

    /// The caller released the slot.
    pub(crate) fn returned(&self, slot: i64) {
        self.lent(|lent| lent.remove(&slot));
    }

    fn lent<T>(&self, change: impl FnOnce(&mut HashSet<i64>) -> T) -> T {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        change(&mut self.lent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a response's rate-limit headers are news to the database: each of these costs a transaction.
    fn is_news(&self, budget: &Budget, status: RateLimitStatus) -> bool {
        let Some(interval) = status.interval else { return false };
        let limit = status.limit.unwrap_or(budget.limit.requests);
        let mut stated = self.stated.lock().unwrap_or_else(PoisonError::into_inner);
        let new = stated.insert(budget.key.clone(), (limit, interval)) != Some((limit, interval));
        // As long as half of the limit is left, it does not matter how much of it others use.
        new || status.remaining.is_some_and(|remaining| remaining <= limit / 2)
    }
}

fn granted(key: &str) -> Option<i64> {
    let take = |granted: &Cell<Option<(String, i64)>>| match granted.take() {
        Some((other, slot)) if other == key => Some(slot),
        other => {
            granted.set(other);
            None
        }
    };
    GRANTED.try_with(take).ok().flatten()
}

fn terms(budget: &Budget) -> BudgetTerms {
    BudgetTerms { key: budget.key.as_str().to_owned(), limit: budget.limit, follows_vendor: budget.follows_vendor, steady: budget.steady }
}

impl BudgetStore for StoredBudgets {
    fn acquire<'a>(&'a self, budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
        Box::pin(async move {
            let taken = match granted(budget.key.as_str()) {
                Some(slot) => Taken::Slot(slot),
                None => self.take(&terms(budget)).await?,
            };
            Ok(match taken {
                Taken::Slot(id) => Acquired::Granted(Slot::new(u128::try_from(id).unwrap_or(0))),
                Taken::Wait(wait) => Acquired::Wait(wait),
            })
        })
    }

    fn release<'a>(&'a self, budget: &'a Budget, slot: Slot, sent: bool) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async move {
            let slot = i64::try_from(slot.id()).unwrap_or(0);
            if self.lent(|lent| lent.contains(&slot)) {
                return Ok(());
            }
            Ok(self.store.give_slot(&terms(budget), slot, sent).await?)
        })
    }

    fn observe<'a>(&'a self, budget: &'a Budget, status: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> {
        let news = self.is_news(budget, status);
        Box::pin(async move { if news { Ok(self.store.observe(&terms(budget), status).await?) } else { Ok(()) } })
    }

    fn pause<'a>(&'a self, budget: &'a Budget, wait: Duration) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async move { Ok(self.store.pause_budget(&terms(budget), wait).await?) })
    }
}

impl fmt::Debug for StoredBudgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoredBudgets").field(&self.store).finish()
    }
}
