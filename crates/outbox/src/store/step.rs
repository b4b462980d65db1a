//! The step to `sending`.

use std::time::Duration;

use sqlx::{query, query_scalar};

use super::budget::{BudgetTerms, GIVE_UNSENT, Taken, take};
use super::insert::hash;
use super::people::stopped;
use super::work::{Claimed, UNCOUNT};
use super::{Store, now, transaction};
use crate::Error;
use crate::envelope::Envelope;

/// A worker wants to send a message that it holds.
pub(crate) struct Wish<'a> {
    pub(crate) claimed: &'a Claimed,
    /// What its slot is to be taken from, if it is counted.
    pub(crate) terms: Option<&'a BudgetTerms>,
    /// Its sender's day, if that is limited.
    pub(crate) daily: Option<&'a DailyUse>,
}

/// A sender's day, and how many messages it may have.
#[derive(Clone)]
pub(crate) struct DailyUse {
    pub(crate) day: String,
    pub(crate) most: u32,
}

/// What came of the step to `sending`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is committed: this worker, and no other, sends the message, with this slot if one was asked for.
    Begun(Option<i64>),
    /// There is no slot for so long; the message is untouched.
    Wait(Duration),
    /// The worker does not hold the message any more: its lease ended, or it was withdrawn.
    Lost,
    /// The recipient is on the list; the message is settled.
    Suppressed,
    /// A reply stopped the sequence; the message is settled.
    Stopped,
    /// The account was paused; the message is put back.
    Paused,
    /// The sender's day is full; the message is untouched.
    DayFull,
}

const PAUSED: &str = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_lanes
    WHERE paused = 1 AND (vendor = '' OR (vendor = $1 AND credential = $2)))
    OR EXISTS (SELECT 1 FROM reachout_outbox_messages WHERE id = $3 AND paused = 1)";
// `IS NOT DISTINCT FROM` is an `=` for which Postgres uses no index. The worker's index has a dead entry for each message that it settled
// since the last vacuum, and the id alone finds the row.
const PUT_BACK: &str = "UPDATE reachout_outbox_messages SET worker = NULL
    WHERE id = $1 AND worker IS NOT DISTINCT FROM $2 AND state = 'queued'";
const LISTED: &str = "SELECT s.reason FROM reachout_outbox_addresses a
    JOIN reachout_outbox_suppressed s ON s.address = a.address AND s.channel IN ('', $2) WHERE a.message = $1 ORDER BY s.channel LIMIT 1";
const STOPPED: &str =
    concat!("SELECT s.reason FROM reachout_outbox_messages m JOIN reachout_outbox_stops s ON ", stopped!("m"), " WHERE m.id = $1 LIMIT 1");
const STOP: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = 'cancelled', worker = NULL, code = 'follow-up-stopped', reason = $1, changed_at = ",
    now!(),
    " WHERE id = $2 AND worker IS NOT DISTINCT FROM $3 AND attempt = $4 AND state = 'queued'"
);
const SUPPRESS: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = 'suppressed', worker = NULL, code = 'suppression-list', reason = $1, changed_at = ",
    now!(),
    " WHERE id = $2 AND worker IS NOT DISTINCT FROM $3 AND attempt = $4 AND state = 'queued'"
);
const COUNT: &str = "INSERT INTO reachout_outbox_daily (vendor, credential, sender, day, used) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (vendor, credential, sender, day) DO UPDATE SET used = reachout_outbox_daily.used + 1
    WHERE reachout_outbox_daily.used < $5";
/// Compares worker, attempt, state and lease, and changes the state.
const STEP: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = 'sending', attempt = attempt + 1, changed_at = ",
    now!(),
    " WHERE id = $1 AND worker IS NOT DISTINCT FROM $2 AND attempt = $3 AND state = 'queued'
    AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $2 AND lease_until > ",
    now!(),
    ")"
);
const WRITE_DOWN: &str =
    concat!("INSERT INTO reachout_outbox_attempts (message, attempt, worker, started_at) VALUES ($1, $2, $3, ", now!(), ")");

/// One step in a transaction.
macro_rules! step {
    ($transaction:expr, $wish:expr) => {{
        let Wish { claimed: Claimed { id, attempt, worker, envelope, .. }, terms, daily } = $wish;
        let Envelope { lane, message, .. } = envelope;
        let (vendor, credential) = (lane.vendor.id(), &lane.credential);
        let channel = message.channel.map_or("", reachout_messenger::Channel::name);
        let sender = hash(message.from.as_deref().unwrap_or_default());
        'step: {
            if query_scalar::<_, bool>(PAUSED).bind(vendor).bind(credential).bind(id).fetch_one(&mut *$transaction).await? {
                query(PUT_BACK).bind(id).bind(worker).execute(&mut *$transaction).await?;
                break 'step Step::Paused;
            }
            let listed: Option<String> = query_scalar(LISTED).bind(id).bind(channel).fetch_optional(&mut *$transaction).await?;
            if let Some(reason) = listed {
                let suppress = query(SUPPRESS).bind(reason).bind(id).bind(worker).bind(attempt);
                let suppressed = suppress.execute(&mut *$transaction).await?.rows_affected() > 0;
                break 'step if suppressed { Step::Suppressed } else { Step::Lost };
            }
            if envelope.sequence.is_some() {
                let stopped: Option<String> = query_scalar(STOPPED).bind(id).fetch_optional(&mut *$transaction).await?;
                if let Some(reason) = stopped {
                    let stop = query(STOP).bind(reason).bind(id).bind(worker).bind(attempt);
                    let stopped = stop.execute(&mut *$transaction).await?.rows_affected() > 0;
                    break 'step if stopped { Step::Stopped } else { Step::Lost };
                }
            }
            if let Some(DailyUse { day, most }) = daily {
                let count = query(COUNT).bind(vendor).bind(credential).bind(&sender).bind(day).bind(i64::from(*most));
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
                        query(WRITE_DOWN).bind(id).bind(attempt + 1).bind(worker).execute(&mut *$transaction).await?;
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
    /// the rate limits are taken with it, and given back by [`finish`](Self::finish).
    ///
    /// The wishes are in the order of their accounts, so that two processes do not wait for each other's locks.
    pub(crate) async fn begin_all(&self, wishes: &[Wish<'_>]) -> Result<Vec<Step>, Error> {
        Ok(transaction!(self, |transaction| {
            let mut steps = Vec::with_capacity(wishes.len());
            for wish in wishes {
                steps.push(step!(transaction, wish));
            }
            steps
        }))
    }
}
