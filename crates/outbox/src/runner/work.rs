//! All that is done about a message that is held.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::sleep;

use super::delay::Delay;
use super::disposition::Disposition;
use super::event::Event;
use super::gates::gates;
use super::job::Job;
use super::outcome::{lost, not_begun};
use super::send::{finish, send};
use super::shared::{DATABASE_RETRY, Shared};
use crate::store::{Finish, Outcome, Used};
use crate::{Error, State};

/// How long a message waits after a panic.
const PANIC_DELAY: Duration = Duration::from_secs(30);

/// Sends a message, or does what its gates say instead.
pub(super) async fn run(shared: Arc<Shared>, job: Job) {
    let work = AssertUnwindSafe(async {
        let disposition = gates(&shared, &job).await.map_or_else(|closed| closed, Disposition::Send);
        apply(disposition, &shared, &job).await;
    });
    if work.catch_unwind().await.is_err() {
        // A panic of a client, a hook or an account: where it had begun, nobody knows how it ended.
        finish(&shared, unused(&job, lost())).await;
        requeue(&shared, &job, &Delay::new(PANIC_DELAY, "panic")).await;
    }
    shared.done(job.claimed.id);
}

/// Carries out what was decided.
async fn apply(disposition: Disposition, shared: &Shared, job: &Job) {
    match disposition {
        Disposition::Send(begun) => send(shared, job, begun).await,
        Disposition::Requeue(delay) => requeue(shared, job, &delay).await,
        Disposition::Settle { state, code, reason } => {
            let settled = shared.store.settle_unsent(&job.claimed, state, code, &reason).await;
            settle(shared, job, state, code, settled).await;
        }
        Disposition::Refuse { code, reason, channel } => {
            let settled = shared.store.refuse(&job.claimed, &code, &reason, channel).await;
            settle(shared, job, State::Suppressed, &code, settled).await;
        }
        Disposition::Pause { code, reason } => {
            // First, so that nobody claims the message again meanwhile.
            shared.pause(&job.account.account, &reason).await;
            requeue(shared, job, &Delay { reason: Some(reason), ..Delay::new(Duration::ZERO, code) }).await;
        }
        Disposition::Refused(event) => {
            shared.emit(&event);
            shared.wake.notify_one();
        }
        Disposition::DatabaseFailed(error) => database_failed(shared, job, &error).await,
        Disposition::StepFailed(error) => {
            shared.database_failed(&error);
            finish(shared, unused(job, not_begun())).await;
            requeue(shared, job, &Delay::new(Duration::ZERO, "database")).await;
        }
    }
}

/// The end of an attempt that has nothing to release.
fn unused(job: &Job, outcome: Outcome) -> Finish {
    Finish { claimed: Arc::clone(&job.claimed), outcome, used: Used::default() }
}

async fn requeue(shared: &Shared, job: &Job, delay: &Delay) {
    let (Delay { time, code, unclear, .. }, reason) = (delay, delay.reason());
    let (id, worker) = (job.claimed.id, &job.claimed.worker);
    match shared.store.requeue(id, worker, *time, (code, reason.as_deref()), *unclear).await {
        Ok(()) => shared.emit(&Event::Requeued { id, wait: *time, code: (*code).to_owned() }),
        // Nothing of it was sent; it is found when there is nothing else to do.
        Err(error) => tracing::warn!(id, %error, "a message could not be requeued yet"),
    }
    shared.wake.notify_one();
}

async fn settle(shared: &Shared, job: &Job, state: State, code: &str, settled: Result<(), Error>) {
    match settled {
        Ok(()) => shared.emit(&Event::Settled { id: job.claimed.id, state, code: Some(code.to_owned()) }),
        Err(error) => database_failed(shared, job, &error).await,
    }
}

async fn database_failed(shared: &Shared, job: &Job, error: &Error) {
    tracing::warn!(id = job.claimed.id, %error, "the database failed before anything was sent");
    sleep(DATABASE_RETRY).await;
    requeue(shared, job, &Delay::new(Duration::ZERO, "database")).await;
}
