//! The step to `sending`.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde::Serialize;
use sqlx::{query, query_as, query_scalar};

use super::budget::{BudgetTerms, GIVE_UNSENT, Taken, take};
use super::cap::{COUNT, CapUse, IN_PROGRESS, UNCOUNT, USED};
use super::claim::{Claimed, SETTLE};
use super::hash::hash;
use super::refusal::{OF_QUEUED_POSTGRES, OF_QUEUED_SQLITE, PERMIT, QueuedRow, found, queued, read_refusal};
use super::set::{rows, set};
use super::{Pool, Store, now, tick, transaction};
use crate::Error;
use crate::refusal::Refusal;

/// A worker wants to send a message that it holds.
pub(crate) struct StepRequest<'a> {
    pub(crate) claimed: &'a Claimed,
    /// What its slot is to be taken from, if it is counted.
    pub(crate) terms: Option<&'a BudgetTerms>,
    /// Its sender's periods that are limited.
    pub(crate) caps: &'a [CapUse],
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
    /// The sender's period with this index is full, or, where `reserved`, as full as it may be by people whom a campaign begins with; the
    /// message is untouched.
    Full { cap: usize, reserved: bool },
}

/// A step, as a row of a set.
#[derive(Serialize)]
pub(super) struct StepRow<'a> {
    id: i64,
    attempt: i64,
    worker: &'a str,
}

/// The columns of a [`StepRow`].
macro_rules! steps {
    ($database:ident) => {
        set!(
            $database,
            "$1",
            "CAST(e.value ->> 'id' AS BIGINT) AS id, CAST(e.value ->> 'attempt' AS BIGINT) AS attempt, e.value ->> 'worker' AS worker"
        )
    };
}
pub(super) use steps;

// `IS NOT DISTINCT FROM` is an `=` for which Postgres uses no index, and for `state || ''` neither database does. The indexes on worker and state
// have an entry for each message that is queued, and of Postgres a dead one for each that was; the id alone finds the row.
const REQUEUE: &str = "UPDATE reachout_outbox_messages SET worker = NULL
    WHERE id = $1 AND worker IS NOT DISTINCT FROM $2 AND state || '' = 'queued'";
/// Compares worker, attempt, state and lease, and changes the state.
macro_rules! step {
    () => {
        concat!(
            "UPDATE reachout_outbox_messages AS t SET state = 'sending', attempt = t.attempt + 1, changed_at = ",
            now!(),
            " FROM r WHERE t.id = r.id AND t.worker IS NOT DISTINCT FROM r.worker AND t.attempt = r.attempt
            AND t.state || '' = 'queued'
            AND EXISTS (SELECT 1 FROM reachout_outbox_workers w WHERE w.id = r.worker AND w.lease_until > ",
            tick!(),
            ")"
        )
    };
}
/// Records the attempts that begin.
macro_rules! record {
    ($steps:literal) => {
        concat!(
            "INSERT INTO reachout_outbox_attempts (message, attempt, worker, started_at) SELECT id, attempt + 1, worker, ",
            now!(),
            " FROM ",
            $steps
        )
    };
}

const STEP_SQLITE: &str = concat!("WITH r AS (", steps!(sqlite), ") ", step!(), " RETURNING id");
const RECORD_SQLITE: &str = concat!("WITH r AS (", steps!(sqlite), ") ", record!("r"));
const STEP_POSTGRES: &str = concat!(
    "WITH r AS (",
    steps!(postgres),
    "), begun AS (",
    step!(),
    " RETURNING t.id, r.attempt, t.worker), recorded AS (",
    record!("begun"),
    ") SELECT id FROM begun"
);
/// The steps that nothing stands against; the others are as they were.
const FREE_STEP_POSTGRES: &str = concat!(
    "WITH r AS (",
    steps!(postgres),
    "), m AS (",
    queued!(),
    "), found AS (",
    found!(),
    "), begun AS (",
    step!(),
    " AND NOT EXISTS (SELECT 1 FROM found WHERE found.id = r.id) RETURNING t.id, r.attempt, t.worker), recorded AS (",
    record!("begun"),
    ") SELECT id FROM begun"
);

impl StepRequest<'_> {
    pub(super) fn row(&self) -> StepRow<'_> {
        let Claimed { id, attempt, worker, .. } = self.claimed;
        StepRow { id: *id, attempt: *attempt, worker }
    }
}

/// What one request takes beside the step, in a transaction: a message of its sender's periods, and a slot. Nothing is taken where one of them
/// is not to be had.
macro_rules! provide {
    ($transaction:expr, $request:expr) => {{
        let StepRequest { claimed: Claimed { worker, .. }, terms, caps, .. } = $request;
        'provided: {
            for (index, cap) in caps.iter().enumerate() {
                let free = i64::from(cap.limit) - reserved!($transaction, $request, cap);
                let count = period_of!($request, cap, COUNT).bind(free);
                if free > 0 && count.execute(&mut *$transaction).await?.rows_affected() > 0 {
                    continue;
                }
                uncount!($transaction, $request, caps[..index]);
                let used: Option<i64> = period_of!($request, cap, query_scalar, USED).fetch_optional(&mut *$transaction).await?;
                break 'provided Err(Step::Full { cap: index, reserved: used.unwrap_or(0) < i64::from(cap.limit) });
            }
            let Some(terms) = terms else { break 'provided Ok(None) };
            match take!($transaction, terms, worker) {
                Taken::Slot(slot) => Ok(Some(slot)),
                Taken::Wait(wait) => {
                    uncount!($transaction, $request, caps);
                    Err(Step::Wait(wait))
                }
            }
        }
    }};
}

/// How many messages of a period are kept for people who are in the middle of a campaign: all that are due in it, where a request begins with
/// somebody.
macro_rules! reserved {
    ($transaction:expr, $request:expr, $cap:expr) => {{
        let Claimed { envelope, place, .. } = $request.claimed;
        let CapUse { ends_at, campaign, limit, .. } = $cap;
        match place {
            Some(place) if place.step == 1 => {
                let (account, sender) = (&envelope.account, envelope.message.from.as_deref().unwrap_or_default());
                let due = query_scalar(IN_PROGRESS).bind(account.vendor.id()).bind(&account.credential).bind(sender);
                due.bind(ends_at).bind(campaign).bind(i64::from(*limit)).fetch_one(&mut *$transaction).await?
            }
            _ => 0_i64,
        }
    }};
}

/// A message that is not sent does not count in its sender's periods.
macro_rules! uncount {
    ($transaction:expr, $request:expr, $caps:expr) => {
        for cap in $caps.iter() {
            period_of!($request, cap, UNCOUNT).execute(&mut *$transaction).await?;
        }
    };
}

/// A statement about a period of a request's sender.
macro_rules! period_of {
    ($request:expr, $cap:expr, $sql:expr) => {
        period_of!($request, $cap, query, $sql)
    };
    ($request:expr, $cap:expr, $query:ident, $sql:expr) => {{
        let Claimed { envelope, .. } = $request.claimed;
        let sender = hash(envelope.message.from.as_deref().unwrap_or_default());
        $query($sql).bind(envelope.account.vendor.id()).bind(&envelope.account.credential).bind(sender).bind(&$cap.period)
    }};
}

/// Does what stands against a message to it, in a transaction.
macro_rules! refuse {
    ($transaction:expr, $request:expr, $refusal:expr) => {{
        let Claimed { id, attempt, worker, .. } = $request.claimed;
        match $refusal.settles() {
            None => {
                query(REQUEUE).bind(id).bind(worker).execute(&mut *$transaction).await?;
                Step::Refused($refusal)
            }
            Some((state, code)) => {
                let settle = query(SETTLE).bind(state.name()).bind(code).bind($refusal.reason()).bind(id).bind(worker).bind(attempt);
                let settled = settle.execute(&mut *$transaction).await?.rows_affected() > 0;
                if settled { Step::Refused($refusal) } else { Step::Lost }
            }
        }
    }};
}

impl Store {
    /// The steps to `sending`, for workers that hold the messages and whose lease lasts: all in one commit, each for itself. The slots under
    /// the rate limits are taken with it, and released by [`finish_all`](Self::finish_all).
    ///
    /// The requests are in the order of their accounts, so that two processes do not wait for each other's locks.
    pub(crate) async fn begin_all(&self, requests: &[StepRequest<'_>]) -> Result<Vec<Step>, Error> {
        let free: HashSet<i64> = match &*self.0 {
            Pool::Postgres { pool, own: true } => {
                let free = requests.iter().filter(|request| request.terms.is_none() && request.caps.is_empty()).map(StepRequest::row);
                let free = rows(free);
                let begun: Vec<i64> = query_scalar(FREE_STEP_POSTGRES).bind(free).fetch_all(pool).await?;
                begun.into_iter().collect()
            }
            _ => HashSet::new(),
        };
        let rest: Vec<_> = requests.iter().filter(|request| !free.contains(&request.claimed.id)).collect();
        let mut steps = if rest.is_empty() { HashMap::new() } else { self.begin_guarded(&rest).await? };
        let step = |request: &StepRequest<'_>| steps.remove(&request.claimed.id).unwrap_or(Step::Begun(None));
        Ok(requests.iter().map(step).collect())
    }

    /// The same, statement by statement: by the ids.
    async fn begin_guarded(&self, requests: &[&StepRequest<'_>]) -> Result<HashMap<i64, Step>, Error> {
        let of_queued = self.either(OF_QUEUED_SQLITE, OF_QUEUED_POSTGRES);
        let step = self.either(STEP_SQLITE, STEP_POSTGRES);
        let is_sqlite = matches!(&*self.0, Pool::Sqlite { .. });
        let all = rows(requests.iter().map(|request| request.row()));
        Ok(transaction!(self, |transaction| {
            let found: Vec<QueuedRow> = query_as(of_queued).bind(&all).fetch_all(&mut *transaction).await?;
            let mut refusals = HashMap::new();
            for (id, refusal, reason) in found {
                refusals.entry(id).or_insert_with(|| read_refusal((refusal, reason)));
            }
            let (mut steps, mut provided) = (HashMap::new(), Vec::new());
            for request in requests {
                let id = request.claimed.id;
                match refusals.remove(&id) {
                    Some(Refusal::Vendor(_)) if request.permitted => {
                        query(PERMIT).bind(id).execute(&mut *transaction).await?;
                    }
                    Some(refusal) => {
                        steps.insert(id, refuse!(transaction, request, refusal));
                        continue;
                    }
                    None => {}
                }
                match provide!(transaction, request) {
                    Ok(slot) => provided.push((*request, slot)),
                    Err(step) => {
                        steps.insert(id, step);
                    }
                }
            }
            let ready = rows(provided.iter().map(|(request, _)| request.row()));
            let begun: Vec<i64> = query_scalar(step).bind(ready).fetch_all(&mut *transaction).await?;
            let begun: HashSet<i64> = begun.into_iter().collect();
            if is_sqlite {
                let begun = provided.iter().filter(|(request, _)| begun.contains(&request.claimed.id));
                query(RECORD_SQLITE).bind(rows(begun.map(|(request, _)| request.row()))).execute(&mut *transaction).await?;
            }
            for (request, slot) in provided {
                let id = request.claimed.id;
                if begun.contains(&id) {
                    steps.insert(id, Step::Begun(slot));
                    continue;
                }
                if let Some(slot) = slot {
                    query(GIVE_UNSENT).bind(slot).execute(&mut *transaction).await?;
                }
                uncount!(transaction, request, request.caps);
                steps.insert(id, Step::Lost);
            }
            steps
        }))
    }
}
