//! [`Shared`]: what the jobs of a runner have in common.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::accounts::OpenAccounts;
use super::event::{Event, Summary};
use super::group::{BeginStep, Group};
use super::health::Health;
use super::lease::Lease;
use crate::store::{Finish, Store};
use crate::{Account, Eligibility, Error};

/// How soon to ask a database again that failed.
pub(super) const DATABASE_RETRY: Duration = Duration::from_millis(250);

/// Gets what happens.
pub(super) type Observer = Box<dyn Fn(&Event) + Send + Sync>;

/// How a runner works.
pub(super) struct Settings {
    pub(super) eligibility: Option<Arc<dyn Eligibility>>,
    pub(super) on_event: Option<Observer>,
    pub(super) workers: usize,
    pub(super) lease: Duration,
    pub(super) attempts: u32,
    pub(super) until_empty: bool,
}

/// What the jobs of a runner have in common.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) settings: Settings,
    pub(super) accounts: OpenAccounts,
    pub(super) lease: Lease,
    pub(super) steps: Group<BeginStep>,
    pub(super) finishes: Group<Arc<Finish>>,
    pub(super) health: Health,
    pub(super) stopped: watch::Receiver<bool>,
    /// The messages that are held and not done with.
    pub(super) held: Mutex<HashSet<i64>>,
    /// Something was requeued, so that there may be something to do.
    pub(super) wake: Notify,
    pub(super) summary: Mutex<Summary>,
}

impl Shared {
    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Ready when the runner is to end.
    pub(super) async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        // The sender lives as long as the runner.
        drop(stopped.wait_for(|stopped| *stopped).await);
    }

    pub(super) fn held<T>(&self, change: impl FnOnce(&mut HashSet<i64>) -> T) -> T {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        change(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Pauses an account until a person did something about the reason.
    pub(super) async fn pause(&self, account: &Account, reason: &str) {
        self.accounts.forget(account);
        match self.store.set_paused(Some(account), true, Some(reason)).await {
            Ok(()) => self.emit(&Event::Paused { account: account.clone(), reason: reason.to_owned() }),
            Err(error) => tracing::warn!(%account, %error, "an account could not be paused"),
        }
    }

    /// Something was written.
    pub(super) fn database_works(&self) {
        self.health.works().iter().for_each(|event| self.emit(event));
    }

    /// Something could not be written or read, and is tried again.
    pub(super) fn database_failed(&self, error: &Error) {
        self.health.failed(error).iter().for_each(|event| self.emit(event));
    }

    pub(super) fn emit(&self, event: &Event) {
        {
            // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
            let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Settled { state, .. } => *summary.settled.entry(*state).or_default() += 1,
                Event::Requeued { .. } => summary.requeued += 1,
                Event::Waiting { .. } | Event::Paused { .. } | Event::DatabaseFailed { .. } | Event::DatabaseBack => {}
            }
        }
        match event {
            Event::Settled { id, state, code } => tracing::debug!(id, %state, code, "a message was settled"),
            Event::Requeued { id, wait, code } => tracing::debug!(id, ?wait, code, "a message was requeued"),
            Event::Waiting { account, wait } => tracing::debug!(%account, ?wait, "waiting for the rate limit"),
            Event::Paused { account, reason } => tracing::warn!(%account, reason, "an account was paused"),
            Event::DatabaseFailed { reason } => tracing::warn!(reason, "the database fails"),
            Event::DatabaseBack => tracing::info!("the database works again"),
        }
        if let Some(observer) = &self.settings.on_event {
            observer(event);
        }
    }
}
