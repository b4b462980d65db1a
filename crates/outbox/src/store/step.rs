//! The step to `sending`.

use std::time::Duration;

use sqlx::{query, query_as};

use super::budget::{BudgetTerms, GIVE_UNSENT, Taken, take};
use super::daily::{COUNT, DailyUse, UNCOUNT};
use super::hash::hash;
use super::refusal::{OF_QUEUED, PERMIT, Row, read_refusal};
use super::work::{Claimed, SETTLE};
use super::{Store, now, tick, transaction};
use crate::Error;
use crate::envelope::Envelope;
use crate::refusal::Refusal;

/// A worker wants to send a message that it holds.
pub(crate) struct StepRequest<'a> {
    pub(crate) claimed: &'a Claimed,
    /// What its slot is to be taken from, if it is counted.
    pub(crate) terms: Option<&'a BudgetTerms>,
    /// Its sender's day, if that is limited.
    pub(crate) daily: Option<&'a DailyUse>,
    /// The vendor permitted the recipient just now.
    pub(crate) permitted: bool,
}

/// The result of a step to `sending`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is committed: this worker, and no other, sends the message, with this slot if one was asked for.
    Begun(Option<i64>),
    /// There is no slot for so long; the message is untouched.
    Wait(Duration),
    /// The worker does not hold the message any more: its lease ended, or it was withdrawn.
    Lost,
    /// This stands against it: the message is settled by that, or queued again for others.
    Refused(Refusal),
    /// The sender's day is full; the message is untouched.
    DayFull,
}

// `IS NOT DISTINCT FROM` is an `=` for which Postgres uses no index. The worker's index has a dead entry for each message that it settled
// since the last vacuum, and the id alone finds the row.
const REQUEUE: &str = "UPDATE reachout_outbox_messages SET worker = NULL
    WHERE id = $1 AND worker IS NOT DISTINCT FROM $2 AND state = 'queued'";
/// Compares worker, attempt, state and lease, and changes the state.
const STEP: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = 'sending', attempt = attempt + 1, changed_at = ",
    now!(),
    " WHERE id = $1 AND worker IS NOT DISTINCT FROM $2 AND attempt = $3 AND state = 'queued'
    AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $2 AND lease_until > ",
    tick!(),
    ")"
);
const RECORD: &str =
    concat!("INSERT INTO reachout_outbox_attempts (message, attempt, worker, started_at) VALUES ($1, $2, $3, ", now!(), ")");

/// One step in a transaction.
macro_rules! step {
    ($transaction:expr, $request:expr) => {{
        let StepRequest { claimed: Claimed { id, attempt, worker, envelope, .. }, terms, daily, permitted } = $request;
        let Envelope { account, message, .. } = envelope;
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let sender = hash(message.from.as_deref().unwrap_or_default());
        'step: {
            let found: Option<Row> = query_as(OF_QUEUED).bind(id).fetch_optional(&mut *$transaction).await?;
            match found.map(read_refusal) {
                None => {}
                Some(Refusal::Vendor(_)) if *permitted => {
                    query(PERMIT).bind(id).execute(&mut *$transaction).await?;
                }
                Some(refusal) => {
                    let Some((state, code)) = refusal.settles() else {
                        query(REQUEUE).bind(id).bind(worker).execute(&mut *$transaction).await?;
                        break 'step Step::Refused(refusal);
                    };
                    let settle = query(SETTLE).bind(state.name()).bind(code).bind(refusal.reason()).bind(id).bind(worker).bind(attempt);
                    let settled = settle.execute(&mut *$transaction).await?.rows_affected() > 0;
                    break 'step if settled { Step::Refused(refusal) } else { Step::Lost };
                }
            }
            if let Some(DailyUse { day, limit }) = daily {
                let count = query(COUNT).bind(vendor).bind(credential).bind(&sender).bind(day).bind(i64::from(*limit));
                if count.execute(&mut *$transaction).await?.rows_affected() == 0 {
                    break 'step Step::DayFull;
                }
            }
            let slot = match terms {
                None => Ok(None),
                Some(terms) => match take!($transaction, terms, worker) {
                    Taken::Wait(wait) => Err(Step::Wait(wait)),
                    Taken::Slot(slot) => Ok(Some(slot)),
                },
            };
            let refused = match slot {
                Err(wait) => wait,
                Ok(slot) => {
                    if query(STEP).bind(id).bind(worker).bind(attempt).execute(&mut *$transaction).await?.rows_affected() > 0 {
                        query(RECORD).bind(id).bind(attempt + 1).bind(worker).execute(&mut *$transaction).await?;
                        break 'step Step::Begun(slot);
                    }
                    if let Some(slot) = slot {
                        query(GIVE_UNSENT).bind(slot).execute(&mut *$transaction).await?;
                    }
                    Step::Lost
                }
            };
            if let Some(DailyUse { day, .. }) = daily {
                query(UNCOUNT).bind(vendor).bind(credential).bind(&sender).bind(day).execute(&mut *$transaction).await?;
            }
            refused
        }
    }};
}

impl Store {
    /// The step to `sending`, for workers that hold the messages and whose lease lasts: all in one commit, each for itself. The slots under
    /// the rate limits are taken with it, and released by [`finish`](Self::finish).
    ///
    /// The requests are in the order of their accounts, so that two processes do not wait for each other's locks.
    pub(crate) async fn begin_all(&self, requests: &[StepRequest<'_>]) -> Result<Vec<Step>, Error> {
        Ok(transaction!(self, |transaction| {
            let mut steps = Vec::with_capacity(requests.len());
            for request in requests {
                steps.push(step!(transaction, request));
            }
            steps
        }))
    }
}
