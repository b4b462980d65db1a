//! Sending a message, and recording its outcome.

use std::sync::Arc;
use std::time::Duration;

use reachout_messenger::Delivery;
use tokio::time::sleep;

use super::event::Event;
use super::job::{Begun, Job};
use super::outcome::{Ended, ended};
use super::shared::{DATABASE_RETRY, Shared};
use crate::State;
use crate::store::{Finish, Used};

/// How long a runner that is to end tries to record an outcome.
const FINAL_RETRIES: Duration = Duration::from_secs(30);

/// Sends a message whose step to `sending` is committed, and records its outcome.
pub(super) async fn send(shared: &Shared, job: &Job, begun: Begun) {
    let (claimed, Begun { account, client, slot, caps }) = (&job.claimed, begun);
    let slot = account.terms.as_ref().zip(slot);
    let call = client.messenger().send(&claimed.envelope.message);
    let result = match slot {
        Some((terms, slot)) => shared.accounts.budgets.with_slot(&terms.key, slot, call).await,
        None => call.await,
    };
    let number = u32::try_from(claimed.attempt - claimed.first_attempt + 1).unwrap_or(u32::MAX);
    let Ended { outcome, pause } = ended(&result, number, shared.settings.attempts);
    let counted = result.as_ref().map_or_else(|error| error.delivery() != Delivery::NotSent, |_| true);
    if let Some(reason) = pause {
        shared.pause(&account.account, &reason).await;
    }
    let used = Used { slot: slot.map(|(terms, slot)| (terms.clone(), slot, counted)), caps };
    let (id, state, wait, code) = (claimed.id, outcome.state, outcome.wait, outcome.code.clone());
    let recorded = finish(shared, Finish { claimed: Arc::clone(claimed), outcome, used }).await;
    if let Some((_, slot)) = slot {
        shared.accounts.budgets.returned(slot);
    }
    if !recorded {
        tracing::warn!(id, %state, "a message was settled by another before its outcome was known");
    } else if state == State::Queued {
        let code = code.unwrap_or_else(|| "not-sent".to_owned());
        shared.emit(&Event::Requeued { id, wait, code });
        shared.wake.notify_one();
    } else {
        shared.emit(&Event::Settled { id, state, code });
        if let (State::Rejected, Some(place)) = (state, claimed.place) {
            shared.check_bounds(place.campaign).await;
        }
    }
}

/// Records an outcome, however long the database is away; false if the message was settled otherwise.
pub(super) async fn finish(shared: &Shared, finish: Finish) -> bool {
    let finish = Arc::new(finish);
    let mut left = FINAL_RETRIES;
    loop {
        match shared.finishes.join(&shared.store, Arc::clone(&finish)).await {
            Ok(recorded) => {
                shared.database_works();
                return recorded;
            }
            Err(error) if left.is_zero() || error.is_lasting() => {
                // The lease ends, and the message becomes `unknown`.
                tracing::error!(id = finish.claimed.id, %error, "an outcome could not be recorded");
                return false;
            }
            Err(error) => shared.database_failed(&error),
        }
        if shared.is_stopped() {
            left = left.saturating_sub(DATABASE_RETRY);
        }
        sleep(DATABASE_RETRY).await;
    }
}
