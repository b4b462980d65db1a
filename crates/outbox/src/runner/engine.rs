//! The engine: claims messages, and runs a job for each, as many at a time as there are workers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::accounts::OpenAccount;
use super::job::Job;
use super::shared::{DATABASE_RETRY, Shared};
use super::work;
use crate::store::Claimed;
use crate::{Account, Error};

/// How soon to look for messages that another process queued.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// With many accounts a look takes longer; then it is less than a hundredth of the time, with what else is done between looks.
const LOOK_SHARE: u32 = 150;
const LONGEST_POLL: Duration = Duration::from_secs(5);

/// Messages that are begun within this time can be claimed together.
const AHEAD: Duration = Duration::from_millis(100);
/// How many messages are claimed at a time where there are fewer workers.
const MOST_AHEAD: usize = 256;

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

/// What was claimed and not handed out yet, and the accounts whose turn it is.
#[derive(Default)]
struct Claims {
    ready: VecDeque<Job>,
    /// Those with something due, in the order of their turns.
    due: VecDeque<Arc<OpenAccount>>,
    /// When it was looked which those are.
    looked: Option<Instant>,
    /// Whose messages were claimed last.
    last: Option<Account>,
    /// How many messages were claimed at a time, and when.
    batch: Option<(usize, Instant)>,
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

    /// Claims messages of the next accounts that have some: nothing, or how long to wait before looking again.
    async fn claim(&mut self, shared: &Shared) -> Result<Option<Duration>, Error> {
        let mut has_looked = false;
        loop {
            self.due.retain(|account| account.blocked().is_none());
            if self.due.is_empty() || self.looked.is_none_or(|looked| looked.elapsed() > POLL_INTERVAL) {
                if has_looked {
                    // What was due is held by others, or this worker's lease has ended.
                    return Ok(Some(POLL_INTERVAL));
                }
                has_looked = true;
                let pause = self.look(shared).await?;
                if self.due.is_empty() {
                    return Ok(Some(pause));
                }
            }
            let most = self.most(shared.settings.workers);
            let accounts: Vec<_> = self.due.iter().take(most).map(|account| account.account.clone()).collect();
            let claimed = shared.store.claim(&shared.lease.worker(), &accounts, u32::try_from(most).unwrap_or(u32::MAX)).await?;
            // Of an account before the last everything was claimed, and the last may have more: it is its turn again after the others.
            let full = claimed.len() >= most;
            let last = claimed.last().filter(|_| full).map_or(accounts.len(), |last| {
                accounts.iter().position(|account| *account == last.envelope.account).map_or(accounts.len(), |place| place + 1)
            });
            let turn: HashMap<_, _> = self.due.drain(..last).map(|account| (account.account.clone(), account)).collect();
            if claimed.is_empty() {
                continue;
            }
            self.last = accounts.into_iter().nth(last - 1);
            self.batch = Some((claimed.len(), Instant::now()));
            shared.held(|held| held.extend(claimed.iter().map(|claimed| claimed.id)));
            let job = |claimed: Claimed| {
                let account = Arc::clone(turn.get(&claimed.envelope.account)?);
                Some(Job { claimed: Arc::new(claimed), account })
            };
            self.ready.extend(claimed.into_iter().filter_map(job));
            return Ok(None);
        }
    }

    /// Finds out which accounts have something due: how long to wait before looking again, if none has.
    async fn look(&mut self, shared: &Shared) -> Result<Duration, Error> {
        shared.sync_clock().await?;
        let begun = Instant::now();
        let mut accounts = shared.store.due().await?;
        self.looked = Some(Instant::now());
        let mut pause = (LOOK_SHARE * begun.elapsed()).clamp(POLL_INTERVAL, LONGEST_POLL);
        accounts.sort_by(|one, other| one.account.cmp(&other.account));
        let turn = accounts.partition_point(|due| self.last.as_ref().is_some_and(|last| due.account <= *last));
        accounts.rotate_left(turn);
        self.due.clear();
        for due in accounts {
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
            match wait {
                Some(wait) => pause = pause.min(wait),
                None => self.due.push_back(account),
            }
        }
        Ok(pause)
    }

    /// How many messages are claimed at a time: as many as there are workers, and twice as many as before where those were begun at once. What
    /// counts under a limit is not: it would be held while others could send it.
    fn most(&self, workers: usize) -> usize {
        let quick = self.batch.filter(|(_, claimed)| claimed.elapsed() < AHEAD).map_or(0, |(count, _)| 2 * count);
        match self.due.iter().take(quick).any(|account| account.terms.is_some()) {
            true => workers,
            false => quick.clamp(workers, workers.max(MOST_AHEAD)),
        }
    }
}
