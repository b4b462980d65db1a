//! [`Disposition`]: what becomes of a message that a worker holds. The gates before the step to `sending` decide it; here it is carried out.

use std::time::Duration;

use chrono::Utc;
use tokio::time::sleep;

use super::job::{Begun, Job, finish, send};
use super::outcome::not_begun;
use super::{Event, Shared};
use crate::store::Used;
use crate::{Channel, Error, State};

/// How soon to ask a database again that failed.
pub(super) const AGAIN: Duration = Duration::from_millis(250);

/// What becomes of a message that a worker holds.
pub(super) enum Disposition {
    /// Every gate is open, and the step to `sending` is committed.
    Send(Begun),
    /// It is sent later.
    Requeue(Wait),
    /// It is settled without being sent.
    Settle { state: State, code: &'static str, reason: String },
    /// The vendor refuses its recipient, by one channel or by all: it is settled, and that is kept for later messages.
    Refuse { code: String, reason: String, channel: Option<Channel> },
    /// The account does not serve before a person did something, for this reason: it is paused, and the message requeued.
    Pause { code: &'static str, reason: String },
    /// The step found a reason against sending it, and has changed the message accordingly.
    Refused(Event),
    /// The database failed before the step to `sending`.
    Trouble(Error),
    /// The database failed in the step: whether it was committed is not known, but nothing was sent.
    Undo(Error),
}

/// For how long, and why, something waits.
#[derive(Clone, Debug)]
pub(super) struct Wait {
    /// Zero: as soon as somebody has time for it.
    pub(super) time: Duration,
    /// A word to count by.
    pub(super) code: &'static str,
    pub(super) reason: Option<String>,
    /// What the vendor said about the recipient was not understood.
    pub(super) unclear: bool,
}

impl Wait {
    pub(super) fn new(time: Duration, code: &'static str) -> Self {
        Self { time, code, reason: None, unclear: false }
    }
}

impl Disposition {
    /// For a message that waits for its turn.
    pub(super) fn requeue(time: Duration, code: &'static str) -> Self {
        Self::Requeue(Wait::new(time, code))
    }

    pub(super) async fn apply(self, shared: &Shared, job: &Job) {
        match self {
            Self::Send(begun) => send(shared, job, begun).await,
            Self::Requeue(wait) => requeue(shared, job, &wait).await,
            Self::Settle { state, code, reason } => {
                let settled = shared.store.settle_unsent(&job.claimed, state, code, &reason).await;
                settle(shared, job, state, code, settled).await;
            }
            Self::Refuse { code, reason, channel } => {
                let settled = shared.store.refuse(&job.claimed, &code, &reason, channel).await;
                settle(shared, job, State::Suppressed, &code, settled).await;
            }
            Self::Pause { code, reason } => {
                // First, so that nobody claims the message again meanwhile.
                shared.pause(&job.known.lane, &reason).await;
                requeue(shared, job, &Wait { reason: Some(reason), ..Wait::new(Duration::ZERO, code) }).await;
            }
            Self::Refused(event) => {
                shared.tell(&event);
                shared.wake.notify_one();
            }
            Self::Trouble(error) => trouble(shared, job, &error).await,
            Self::Undo(error) => {
                shared.database_failed(&error);
                finish(shared, &job.claimed, &not_begun(), &Used::default()).await;
                requeue(shared, job, &Wait::new(Duration::ZERO, "database")).await;
            }
        }
    }
}

/// Why a message waits until a time of the day, for people.
fn until(code: &str, time: Duration) -> Option<String> {
    let until = (Utc::now() + time).format("%Y-%m-%dT%H:%M:%SZ");
    match code {
        "quiet-hours" => Some(format!("quiet hours end at {until}")),
        "daily-cap" => Some(format!("its sender's daily cap is reached; the next day begins at {until}")),
        _ => None,
    }
}

async fn requeue(shared: &Shared, job: &Job, Wait { time, code, reason, unclear }: &Wait) {
    let reason = reason.clone().or_else(|| until(code, *time));
    let (id, worker) = (job.claimed.id, &job.claimed.worker);
    match shared.store.requeue(id, worker, *time, (code, reason.as_deref()), *unclear).await {
        Ok(()) => shared.tell(&Event::PutBack { id, wait: *time, code: (*code).to_owned() }),
        // Nothing of it was sent; it is found when there is nothing else to do.
        Err(error) => tracing::warn!(id, %error, "a message could not be requeued yet"),
    }
    shared.wake.notify_one();
}

async fn settle(shared: &Shared, job: &Job, state: State, code: &str, settled: Result<(), Error>) {
    match settled {
        Ok(()) => shared.tell(&Event::Settled { id: job.claimed.id, state, code: Some(code.to_owned()) }),
        Err(error) => trouble(shared, job, &error).await,
    }
}

async fn trouble(shared: &Shared, job: &Job, error: &Error) {
    tracing::warn!(id = job.claimed.id, %error, "the database failed before anything was sent");
    sleep(AGAIN).await;
    requeue(shared, job, &Wait::new(Duration::ZERO, "database")).await;
}
