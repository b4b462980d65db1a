//! [`Runner`]: workers that send what is queued.

mod accounts;
mod campaign;
mod delay;
mod disposition;
mod engine;
mod event;
mod gates;
mod group;
mod health;
mod job;
mod lease;
pub(crate) mod outcome;
mod send;
mod shared;
mod work;

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::budget::StoredBudgets;
use crate::store::Store;
use crate::{Accounts, Eligibility, Entry, Error, Outbox, Replies, TimeSource};

pub use event::{Event, Summary};

use accounts::OpenAccounts;
use group::Group;
use health::Health;
use job::Job;
use lease::Lease;
use shared::{Settings, Shared, Until};

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
    clock: Option<Arc<dyn TimeSource>>,
    accounts: Arc<dyn Accounts>,
    settings: Settings,
}

impl Runner {
    /// Workers for an outbox, with the clients that `accounts` gives them.
    pub fn new(outbox: &Outbox, accounts: impl Accounts + 'static) -> Self {
        let settings = Settings {
            eligibility: None,
            replies: None,
            on_event: None,
            workers: WORKERS,
            lease: LEASE,
            attempts: ATTEMPTS,
            until: Until::Stopped,
        };
        Self { store: outbox.store.clone(), clock: outbox.clock.clone(), accounts: Arc::new(accounts), settings }
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

    /// Looks right before each follow-up of a campaign whether its recipient replied.
    pub fn replies(mut self, replies: impl Replies + 'static) -> Self {
        self.settings.replies = Some(Arc::new(replies));
        self
    }

    /// Ends when nothing is queued or being sent, accounts apart that are paused. Otherwise it goes on until it is stopped.
    pub fn until_empty(mut self) -> Self {
        self.settings.until = Until::Empty;
        self
    }

    /// Ends when nothing is to be sent now or being sent: what is due later is left to another run, for a timer such as cron.
    pub fn until_none_due(mut self) -> Self {
        self.settings.until = Until::NoneDue;
        self
    }

    /// Passes on what happens. It is called between messages, so it should be quick.
    pub fn on_event(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.settings.on_event = Some(Box::new(observer));
        self
    }

    /// Runs the workers. Dropping the future is as killing the process; [`run_until`](Self::run_until) ends them in order.
    pub async fn run(self) -> Result<Summary, Error> {
        self.run_until(pending()).await
    }

    /// Runs the workers until `stop` is ready: then what is being sent is finished, and what waits is requeued.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send) -> Result<Summary, Error> {
        let (stopping, stopped) = watch::channel(false);
        let shared = self.start(stopped).await?;
        let worker = engine::run(&shared);
        tokio::pin!(worker);
        tokio::select! {
            () = &mut worker => {}
            () = stop => {
                stopping.send_replace(true);
                worker.await;
            }
        }
        end(&shared).await?;
        let summary = shared.summary.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(summary)
    }

    /// Sends the message `id` alone, if it is queued, due and nobody else's: how far it is then. Every gate is as in [`run`](Self::run); what one
    /// of them puts off stays queued, with the reason.
    ///
    /// Dropping the future is as killing the process.
    pub async fn run_one(self, id: i64) -> Result<Entry, Error> {
        let (_stopping, stopped) = watch::channel(false);
        let shared = self.start(stopped).await?;
        if let Some(claimed) = shared.store.claim_one(&shared.lease.worker(), id).await? {
            let rules = shared.store.rules(&claimed.envelope.account).await?;
            let account = shared.accounts.with_rules(&claimed.envelope.account, &rules);
            shared.held(|held| held.insert(id));
            work::run(Arc::clone(&shared), Job { claimed: Arc::new(claimed), account }).await;
        }
        end(&shared).await?;
        shared.store.get(id).await?.ok_or(Error::NotFound(id))
    }

    /// What its jobs have in common, with a lease.
    async fn start(self, stopped: watch::Receiver<bool>) -> Result<Arc<Shared>, Error> {
        let Self { store, clock, accounts, settings } = self;
        if clock.is_none() && store.is_moved().await? {
            return Err(Error::ClockMoved);
        }
        let lease = Lease::start(&store, settings.lease).await?;
        let budgets = Arc::new(StoredBudgets::new(store.clone(), lease.holder()));
        let accounts = OpenAccounts::new(accounts, budgets);
        Ok(Arc::new(Shared {
            store,
            clock,
            settings,
            accounts,
            lease,
            steps: Group::default(),
            finishes: Group::default(),
            health: Health::default(),
            stopped,
            held: Mutex::default(),
            wake: Notify::new(),
            summary: Mutex::default(),
        }))
    }
}

/// Ends the lease, and has what was written in the database's file.
async fn end(shared: &Shared) -> Result<(), Error> {
    shared.lease.end().await;
    shared.store.is_in_place()?;
    if let Err(error) = shared.store.checkpoint().await {
        tracing::warn!(%error, "the write-ahead log could not be written into the file");
    }
    Ok(())
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("store", &self.store).field("accounts", &self.accounts).finish_non_exhaustive()
    }
}
