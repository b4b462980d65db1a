//! [`Runner`]: workers that send what is queued.

mod disposition;
mod engine;
mod health;
mod job;
mod lanes;
mod lease;
mod outcome;
mod steps;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::budget::StoredBudgets;
use crate::envelope::Lane;
use crate::store::Store;
use crate::{Accounts, Eligibility, Error, Outbox, State};

use health::Health;
use lanes::Lanes;
use lease::Lease;
use steps::Steps;

const LEASE: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 10;
const WORKERS: usize = 8;

/// Workers that send what is queued, in this process. Any number of processes, on any number of machines, may run them for one outbox.
///
/// ```no_run
/// # async fn example(outbox: &reachout_outbox::Outbox) -> Result<(), reachout_outbox::Error> {
/// use reachout_outbox::{EnvAccounts, Runner};
///
/// let stop = async { drop(tokio::signal::ctrl_c().await) };
/// let summary = Runner::new(outbox, EnvAccounts).workers(16).run_until(stop).await?;
/// println!("{summary}");
/// # Ok(())
/// # }
/// ```
#[must_use = "a runner does nothing until it is run"]
pub struct Runner {
    store: Store,
    accounts: Arc<dyn Accounts>,
    settings: Settings,
}

/// Is told what happens.
type Tell = Box<dyn Fn(&Event) + Send + Sync>;

/// How a runner works.
pub(crate) struct Settings {
    eligibility: Option<Arc<dyn Eligibility>>,
    on_event: Option<Tell>,
    workers: usize,
    lease: Duration,
    attempts: u32,
    until_empty: bool,
}

/// Something that a runner did. No content and no address is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message came into a state in which it stays.
    Settled {
        /// The message.
        id: i64,
        /// The state.
        state: State,
        /// The vendor's error code, or a word of our own.
        code: Option<String>,
    },
    /// A message was put back, to be sent later.
    PutBack {
        /// The message.
        id: i64,
        /// How much later at least.
        wait: Duration,
        /// Why, in a word: `rate-limit`, `quiet-hours`, `daily-cap`, `not-sent`, …
        code: String,
    },
    /// An account's rate limit is used up: nothing is sent through it for so long.
    Waiting {
        /// The account.
        lane: Lane,
        /// How long.
        wait: Duration,
    },
    /// The database fails, and is asked again until it does not. Nothing is sent meanwhile.
    DatabaseFailed {
        /// How.
        reason: String,
    },
    /// The database works again.
    DatabaseBack,
    /// An account was paused: its credential does not serve, or its rules cannot be read.
    Paused {
        /// The account.
        lane: Lane,
        /// Why.
        reason: String,
    },
}

/// What a runner did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many messages it settled in which state.
    pub settled: BTreeMap<State, u64>,
    /// How often a message was put back, to be sent later.
    pub put_back: u64,
}

impl Summary {
    /// How many messages it settled in a state.
    pub fn count(&self, state: State) -> u64 {
        self.settled.get(&state).copied().unwrap_or(0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.settled.iter().map(|(state, count)| format!("{count} {state}")).collect();
        f.write_str(if parts.is_empty() { "nothing was sent" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

impl Runner {
    /// Workers for an outbox, with the clients that `accounts` gives them.
    pub fn new(outbox: &Outbox, accounts: impl Accounts + 'static) -> Self {
        let settings =
            Settings { eligibility: None, on_event: None, workers: WORKERS, lease: LEASE, attempts: ATTEMPTS, until_empty: false };
        Self { store: outbox.store.clone(), accounts: Arc::new(accounts), settings }
    }

    /// How many messages are sent at a time; 8 if not set. The rate limit holds whatever their number.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers.max(1);
        self
    }

    /// After how long a process that was killed, or cannot reach the database, is believed dead: 30 seconds if not set. What it was sending
    /// is then `unknown`.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease.max(Duration::from_millis(100));
        self
    }

    /// How often it is tried to send a message that was not sent; 10 times if not set.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.settings.attempts = attempts.max(1);
        self
    }

    /// Asks the vendor before each message whether its recipient may be written to.
    pub fn eligibility(mut self, eligibility: impl Eligibility + 'static) -> Self {
        self.settings.eligibility = Some(Arc::new(eligibility));
        self
    }

    /// Ends when nothing is queued or being sent, accounts apart that are paused. Otherwise it goes on until it is stopped.
    pub fn until_empty(mut self) -> Self {
        self.settings.until_empty = true;
        self
    }

    /// Tells what happens. It is called between messages, so it should be quick.
    pub fn on_event(mut self, tell: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.settings.on_event = Some(Box::new(tell));
        self
    }

    /// Runs the workers. Dropping the future is as killing the process; [`run_until`](Self::run_until) ends them in order.
    pub async fn run(self) -> Result<Summary, Error> {
        self.run_until(pending()).await
    }

    /// Runs the workers until `stop` is ready: then what is being sent is finished, and what waits is put back.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send) -> Result<Summary, Error> {
        let Self { store, accounts, settings } = self;
        let (stopping, stopped) = watch::channel(false);
        let lease = Lease::start(&store, settings.lease).await?;
        let budgets = Arc::new(StoredBudgets::new(store.clone(), lease.holder()));
        let lanes = Lanes::new(accounts, budgets);
        let shared = Arc::new(Shared {
            store,
            settings,
            lanes,
            lease,
            steps: Steps::default(),
            health: Health::default(),
            stopped,
            held: Mutex::default(),
            wake: Notify::new(),
            summary: Mutex::default(),
        });
        let worker = engine::run(&shared);
        tokio::pin!(worker);
        tokio::select! {
            () = &mut worker => {}
            () = stop => {
                stopping.send_replace(true);
                worker.await;
            }
        }
        shared.lease.end().await;
        shared.store.is_in_place()?;
        if let Err(error) = shared.store.checkpoint().await {
            tracing::warn!(%error, "the write-ahead log could not be written into the file");
        }
        let summary = shared.summary.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(summary)
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("store", &self.store).field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

/// What the jobs of a runner have in common.
pub(crate) struct Shared {
    store: Store,
    settings: Settings,
    lanes: Lanes,
    lease: Lease,
    steps: Steps,
    health: Health,
    stopped: watch::Receiver<bool>,
    /// The messages that are held and not done with.
    held: Mutex<HashSet<i64>>,
    /// Something was put back, so that there may be something to do.
    wake: Notify,
    summary: Mutex<Summary>,
}

impl Shared {
    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Ready when the runner is to end.
    async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        // The sender lives as long as the runner.
        drop(stopped.wait_for(|stopped| *stopped).await);
    }

    fn held<T>(&self, change: impl FnOnce(&mut HashSet<i64>) -> T) -> T {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        change(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Pauses an account until a person did something about the reason.
    async fn pause(&self, lane: &Lane, reason: &str) {
        self.lanes.forget(lane);
        match self.store.set_paused(Some(lane), true, Some(reason)).await {
            Ok(()) => self.tell(&Event::Paused { lane: lane.clone(), reason: reason.to_owned() }),
            Err(error) => tracing::warn!(%lane, %error, "an account could not be paused"),
        }
    }

    /// Something was written.
    fn database_works(&self) {
        self.health.works().iter().for_each(|event| self.tell(event));
    }

    /// Something could not be written or read, and is tried again.
    fn database_failed(&self, error: &Error) {
        self.health.failed(error).iter().for_each(|event| self.tell(event));
    }

    fn tell(&self, event: &Event) {
        {
            // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
            let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Settled { state, .. } => *summary.settled.entry(*state).or_default() += 1,
                Event::PutBack { .. } => summary.put_back += 1,
                Event::Waiting { .. } | Event::Paused { .. } | Event::DatabaseFailed { .. } | Event::DatabaseBack => {}
            }
        }
        match event {
            Event::Settled { id, state, code } => tracing::debug!(id, %state, code, "a message was settled"),
            Event::PutBack { id, wait, code } => tracing::debug!(id, ?wait, code, "a message was put back"),
            Event::Waiting { lane, wait } => tracing::debug!(%lane, ?wait, "waiting for the rate limit"),
            Event::Paused { lane, reason } => tracing::warn!(%lane, reason, "an account was paused"),
            Event::DatabaseFailed { reason } => tracing::warn!(reason, "the database fails"),
            Event::DatabaseBack => tracing::info!("the database works again"),
        }
        if let Some(tell) = &self.settings.on_event {
            tell(event);
        }
    }
}
