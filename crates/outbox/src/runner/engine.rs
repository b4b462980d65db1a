//! The engine: claims messages, and runs a job for each, as many at a time as there are workers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::job::Job;
use super::shared::{DATABASE_RETRY, Shared};
use super::work;
use crate::Error;

/// How soon to look for messages that another process queued.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Runs until there is nothing more to claim, and all jobs are done. Dropping it ends them where they are.
pub(super) async fn run(shared: &Arc<Shared>) {
    let (mut jobs, mut claims) = (JoinSet::new(), Claims::default());
    while let Some(job) = claims.next(shared).await {
        jobs.spawn(work::run(Arc::clone(shared), job));
        while jobs.len() >= shared.settings.workers {
            // A job catches its own panics.
            jobs.join_next().await;
        }
    }
    while jobs.join_next().await.is_some() {}
}

/// What was claimed and not handed out yet, and the account whose turn it is.
#[derive(Default)]
struct Claims {
    ready: VecDeque<Job>,
    turn: usize,
}

impl Claims {
    /// The next message, once there is one.
    async fn next(&mut self, shared: &Shared) -> Option<Job> {
        loop {
            if shared.is_stopped() || shared.store.is_in_place().is_err_and(|error| error.is_lasting()) {
                return None;
            }
            if let Some(claimed) = self.ready.pop_front() {
                return Some(claimed);
            }
            let pause = match self.claim(shared).await {
                Ok(None) => {
                    shared.database_works();
                    continue;
                }
                Ok(Some(pause)) => pause,
                Err(error) if error.is_lasting() => return None,
                Err(error) => {
                    shared.database_failed(&error);
                    DATABASE_RETRY
                }
            };
            if let Err(error) = Self::sweep(shared).await {
                tracing::warn!(%error, "what is held could not be found out; trying again");
            }
            if shared.is_done().await {
                return None;
            }
            tokio::select! {
                () = shared.stop() => {}
                () = shared.wake.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Requeues what this runner holds by the table and does not know of: the database failed in the middle of claiming it, or of requeueing
    /// it.
    async fn sweep(shared: &Shared) -> Result<(), Error> {
        let worker = shared.lease.worker();
        for id in shared.store.held(&worker).await? {
            if !shared.held(|held| held.contains(&id)) {
                shared.store.requeue(id, &worker, Duration::ZERO, ("stopped", None), false).await?;
            }
        }
        Ok(())
    }

    /// Claims messages of the next account that has some: nothing, or how long to wait before looking again.
    async fn claim(&mut self, shared: &Shared) -> Result<Option<Duration>, Error> {
        shared.sync_clock().await?;
        let accounts = shared.store.due().await?;
        let mut pause = POLL_INTERVAL;
        let most = u32::try_from(shared.settings.workers).unwrap_or(u32::MAX);
        for offset in 0..accounts.len() {
            let due = &accounts[(self.turn + offset) % accounts.len()];
            let (false, Some(due_in)) = (due.paused, due.due_in) else { continue };
            let rules = match &due.rules {
                Ok(rules) => rules,
                Err(reason) => {
                    shared.pause(&due.account, reason).await;
                    continue;
                }
            };
            let account = shared.accounts.with_rules(&due.account, rules);
            let wait = account
                .blocked()
                .map(|blocked| blocked.time)
                .or_else(|| u64::try_from(due_in).ok().filter(|ms| *ms > 0).map(Duration::from_millis));
            if let Some(wait) = wait {
                pause = pause.min(wait);
                continue;
            }
            let claimed = shared.store.claim(&shared.lease.worker(), &due.account, most).await?;
            if !claimed.is_empty() {
                shared.held(|held| held.extend(claimed.iter().map(|claimed| claimed.id)));
                self.ready.extend(claimed.into_iter().map(|claimed| Job { claimed: Arc::new(claimed), account: Arc::clone(&account) }));
                self.turn += offset + 1;
                return Ok(None);
            }
        }
        Ok(Some(pause))
    }
}
