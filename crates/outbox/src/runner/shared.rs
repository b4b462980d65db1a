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
use crate::{Account, Eligibility, Error, Replies, TimeSource};

/// How soon to ask a database again that failed.
pub(super) const DATABASE_RETRY: Duration = Duration::from_millis(250);

/// Gets what happens.
pub(super) type Observer = Box<dyn Fn(&Event) + Send + Sync>;

/// How a runner works.
pub(super) struct Settings {
    pub(super) eligibility: Option<Arc<dyn Eligibility>>,
    pub(super) replies: Option<Arc<dyn Replies>>,
    pub(super) on_event: Option<Observer>,
    pub(super) workers: usize,
    pub(super) lease: Duration,
    pub(super) attempts: u32,
    pub(super) until: Until,
}

/// When a runner ends by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// When it is stopped.
    Stopped,
    /// When nothing is queued.
    Empty,
    /// When nothing is to be sent now.
    NoneDue,
}

/// What the jobs of a runner have in common.
pub(super) struct Shared {
    pub(super) store: Store,
    /// The clock that the outbox goes by, in tests.
    pub(super) clock: Option<Arc<dyn TimeSource>>,
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

    /// Has the outbox go by its clock, where it has one.
    pub(super) async fn sync_clock(&self) -> Result<(), Error> {
        match &self.clock {
            Some(clock) => self.store.set_time(clock.read().await?).await,
            None => Ok(()),
        }
    }

    /// Whether there is nothing more to do.
    pub(super) async fn is_done(&self) -> bool {
        let due = match self.settings.until {
            Until::Stopped => return false,
            Until::Empty => false,
            Until::NoneDue => true,
        };
        self.store.is_busy(due).await.is_ok_and(|busy| !busy)
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

    /// Is done with a message. With the last one, a runner that ends by itself looks whether it is to.
    pub(super) fn done(&self, id: i64) {
        let is_last = self.held(|held| held.remove(&id) && held.is_empty());
        if is_last && self.settings.until != Until::Stopped {
            self.wake.notify_one();
        }
    }

    /// Pauses an account until a person did something about the reason.
    pub(super) async fn pause(&self, account: &Account, reason: &str) {
        self.accounts.forget(account);
        match self.store.set_paused(Some(account), true, Some(reason)).await {
            Ok(()) => self.emit(&Event::Paused { account: account.clone(), reason: reason.to_owned() }),
            Err(error) => tracing::warn!(%account, %error, "an account could not be paused"),
        }
    }

    /// Pauses a campaign of which too much was refused.
    pub(super) async fn check_bounds(&self, campaign: i64) {
        match self.store.check_bounds(campaign).await {
            Ok(None) => {}
            Ok(Some((name, reason))) => self.emit(&Event::CampaignPaused { name, reason }),
            Err(error) => tracing::warn!(%error, "whether a campaign is to pause could not be found out"),
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
        #[cfg(feature = "metrics")]
        crate::metrics::event(event);
        {
            // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
            let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Settled { state, .. } => *summary.settled.entry(*state).or_default() += 1,
                Event::Requeued { .. } => summary.requeued += 1,
                Event::Waiting { .. }
                | Event::Paused { .. }
                | Event::CampaignPaused { .. }
                | Event::DatabaseFailed { .. }
                | Event::DatabaseBack => {}
            }
        }
        match event {
            Event::Settled { id, state, code } => tracing::debug!(id, %state, code, "a message was settled"),
            Event::Requeued { id, wait, code } => tracing::debug!(id, ?wait, code, "a message was requeued"),
            Event::Waiting { account, wait } => tracing::debug!(%account, ?wait, "waiting for the rate limit"),
            Event::Paused { account, reason } => tracing::warn!(%account, reason, "an account was paused"),
            Event::CampaignPaused { name, reason } => tracing::warn!(name, reason, "a campaign paused by itself"),
            Event::DatabaseFailed { reason } => tracing::warn!(reason, "the database fails"),
            Event::DatabaseBack => tracing::info!("the database works again"),
        }
        if let Some(observer) = &self.settings.on_event {
            observer(event);
        }
    }
}
