//! Budgets by name within one process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::time::Instant;

use super::FOREVER;
use super::budget::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, Slot};
use super::headers::RateLimitStatus;
use super::window::Window;

/// Budgets of this process: clients that were built apart share one where they have the same key.
///
/// A client without a store keeps its budget in the same way, for itself and its clones.
#[derive(Debug, Default)]
pub struct LocalBudgets(Mutex<HashMap<BudgetKey, Window>>);

/// How soon to ask again where all slots are in use, and any of them may come back unused.
const RECHECK: Duration = Duration::from_millis(50);

impl LocalBudgets {
    /// No budget is used yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn change<T>(&self, budget: &Budget, change: impl FnOnce(&mut Window, Instant) -> T) -> T {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if !windows.contains_key(&budget.key) && windows.len() == windows.capacity() {
            windows.retain(|_, window| !window.is_idle(now));
        }
        let window = windows.entry(budget.key.clone()).or_insert_with(|| Window::new(budget.rate()));
        change(window, now)
    }
}

impl BudgetStore for LocalBudgets {
    fn acquire<'a>(&'a self, budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
        let acquired = self.change(budget, |window, now| match window.take(now) {
            Ok(()) => Acquired::Granted(Slot::new(0)),
            Err(full) => Acquired::Wait(full.until.map_or(RECHECK, |until| until.saturating_duration_since(now))),
        });
        ready(acquired)
    }

    fn release<'a>(&'a self, budget: &'a Budget, _slot: Slot, sent: bool) -> BoxFuture<'a, Result<(), BudgetError>> {
        self.change(budget, |window, now| window.release(sent, now));
        ready(())
    }

    fn observe<'a>(&'a self, budget: &'a Budget, status: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> {
        self.change(budget, |window, now| window.observe(status, now));
        ready(())
    }

    fn pause<'a>(&'a self, budget: &'a Budget, wait: Duration) -> BoxFuture<'a, Result<(), BudgetError>> {
        self.change(budget, |window, now| window.pause_until(now + wait.min(FOREVER)));
        ready(())
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, Result<T, BudgetError>> {
    Box::pin(std::future::ready(Ok(value)))
}
