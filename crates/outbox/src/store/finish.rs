//! The outcomes of attempts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use sqlx::{query, query_scalar};

use super::budget::{BudgetTerms, give};
use super::campaign::{Place, advance};
use super::cap::{CapUse, UNCOUNT};
use super::claim::Claimed;
use super::hash::hash;
use super::insert::Insert as _;
use super::set::{rows, set, text};
use super::{Pool, Store, now, relaxed};
use crate::time::milliseconds;
use crate::{Error, State};

/// An attempt that ended.
pub(crate) struct Finish {
    pub(crate) claimed: Arc<Claimed>,
    pub(crate) outcome: Outcome,
    pub(crate) used: Used,
}

/// What an attempt used up, to be released with its outcome.
#[derive(Default)]
pub(crate) struct Used {
    /// A slot under a rate limit, and whether the vendor may have counted the request.
    pub(crate) slot: Option<(BudgetTerms, i64, bool)>,
    /// A message of the sender's hour and day, which counts unless nothing was sent.
    pub(crate) caps: Vec<CapUse>,
}

/// The outcome of an attempt.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// `Queued` where nothing was sent and another attempt follows.
    pub(crate) state: State,
    /// When another attempt may follow.
    pub(crate) wait: Duration,
    pub(crate) reason: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) http_status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) sent: crate::Sent,
}

/// An outcome, as a row of a set.
#[derive(Serialize)]
struct OutcomeRow<'a> {
    id: i64,
    attempt: i64,
    worker: &'a str,
    state: &'a str,
    wait: i64,
    reason: Option<String>,
    code: Option<String>,
    http_status: Option<u16>,
    request_id: Option<String>,
    conversation: Option<String>,
}

/// A vendor's id of a message, as a row of a set.
#[derive(Serialize)]
struct NameRow<'a> {
    id: i64,
    vendor: &'a str,
    vendor_id: String,
}

/// The columns of an [`OutcomeRow`].
macro_rules! outcomes {
    ($database:ident) => {
        set!(
            $database,
            "$1",
            "CAST(e.value ->> 'id' AS BIGINT) AS id, CAST(e.value ->> 'attempt' AS BIGINT) AS attempt, e.value ->> 'worker' AS worker,
            e.value ->> 'state' AS state, CAST(e.value ->> 'wait' AS BIGINT) AS wait, e.value ->> 'reason' AS reason, e.value ->> 'code' AS code,
            CAST(e.value ->> 'http_status' AS BIGINT) AS http_status, e.value ->> 'request_id' AS request_id,
            e.value ->> 'conversation' AS conversation"
        )
    };
}

/// The columns of a [`NameRow`].
macro_rules! names {
    ($database:ident, $parameter:literal) => {
        set!(
            $database,
            $parameter,
            "CAST(e.value ->> 'id' AS BIGINT) AS id, e.value ->> 'vendor' AS vendor, e.value ->> 'vendor_id' AS vendor_id"
        )
    };
}

// `IS NOT DISTINCT FROM` and `state || ''`: as in the step to `sending`.
macro_rules! settle {
    () => {
        concat!(
            "UPDATE reachout_outbox_messages AS t SET state = r.state, worker = NULL, reason = r.reason, code = r.code,
                conversation = COALESCE(r.conversation, t.conversation), due_at = CASE WHEN r.wait = 0 THEN t.due_at ELSE ",
            now!(),
            " + r.wait END, changed_at = ",
            now!(),
            " FROM r WHERE t.id = r.id AND t.worker IS NOT DISTINCT FROM r.worker AND t.attempt = r.attempt
            AND t.state || '' IN ('sending', 'unknown')"
        )
    };
}
macro_rules! record {
    () => {
        concat!(
            "UPDATE reachout_outbox_attempts AS t SET finished_at = ",
            now!(),
            ", outcome = r.state, reason = r.reason, code = r.code, http_status = r.http_status, request_id = r.request_id
            FROM r WHERE t.message = r.id AND t.attempt = r.attempt"
        )
    };
}
macro_rules! name {
    () => {
        "INSERT INTO reachout_outbox_ids (vendor, vendor_id, message) SELECT n.vendor, n.vendor_id, n.id FROM n WHERE true ON CONFLICT DO NOTHING"
    };
}
macro_rules! mistaken {
    ($database:ident) => {
        concat!(
            "WITH n AS (",
            names!($database, "$1"),
            ") UPDATE reachout_outbox_messages AS t SET state = 'unknown', code = 'anothers-id', changed_at = ",
            now!(),
            ", reason = 'what the vendor has by the id that settled it is another message'
            WHERE t.id IN (SELECT i.message FROM n CROSS JOIN reachout_outbox_ids AS i
                WHERE i.vendor = n.vendor AND i.vendor_id = n.vendor_id AND i.message <> n.id)
            AND t.state || '' = 'accepted' AND t.code = 'resolved'"
        )
    };
}

const SETTLE_SQLITE: &str = concat!("WITH r AS (", outcomes!(sqlite), ") ", settle!(), " RETURNING id");
const RECORD_SQLITE: &str = concat!("WITH r AS (", outcomes!(sqlite), ") ", record!());
const NAME_SQLITE: &str = concat!("WITH n AS (", names!(sqlite, "$1"), ") ", name!());
/// All of it at once.
const FINISH_POSTGRES: &str = concat!(
    "WITH r AS (",
    outcomes!(postgres),
    "), n AS (",
    names!(postgres, "$2"),
    "), settled AS (",
    settle!(),
    " RETURNING t.id), recorded AS (",
    record!(),
    "), named AS (",
    name!(),
    ") SELECT id FROM settled"
);
/// Has those take turns who name the same ids, until their transactions end. Writers of SQLite do anyway.
const TURNS_POSTGRES: &str = "SELECT pg_advisory_xact_lock(turn) FROM (SELECT DISTINCT hashtextextended(e.value ->> 'vendor_id', 0) AS turn
    FROM json_array_elements(CAST($1 AS json)) AS e (value) ORDER BY turn) AS turns";
// A worker that was suspended may come late: what the vendor has by its message's id settled another message meanwhile.
const MISTAKEN_SQLITE: &str = mistaken!(sqlite);
const MISTAKEN_POSTGRES: &str = mistaken!(postgres);
const TAKE: &str = "DELETE FROM reachout_outbox_ids WHERE vendor = $1 AND vendor_id = $2 AND message <> $3
    AND message IN (SELECT id FROM reachout_outbox_messages WHERE state = 'unknown' AND code = 'anothers-id')";

impl Finish {
    fn row(&self) -> OutcomeRow<'_> {
        let Outcome { state, wait, reason, code, http_status, request_id, sent } = &self.outcome;
        let held = |value: &Option<String>| value.as_deref().map(|value| text(value).into_owned());
        OutcomeRow {
            id: self.claimed.id,
            attempt: self.claimed.attempt + 1,
            worker: &self.claimed.worker,
            state: state.name(),
            wait: milliseconds(*wait),
            reason: held(reason),
            code: held(code),
            http_status: *http_status,
            request_id: held(request_id),
            conversation: held(&sent.conversation_id),
        }
    }

    fn names(&self) -> impl Iterator<Item = NameRow<'_>> {
        let Claimed { id, envelope, .. } = &*self.claimed;
        let vendor = envelope.account.vendor.id();
        self.outcome.sent.message_ids.iter().map(move |name| NameRow { id: *id, vendor, vendor_id: text(name).into_owned() })
    }

    /// The sender's periods that a message was counted in which was not sent.
    fn unsent(&self) -> &[CapUse] {
        if self.outcome.state == State::Queued { &self.used.caps } else { &[] }
    }

    /// Nothing but the message, its attempt and further names is to be changed.
    fn is_plain(&self) -> bool {
        self.outcome.sent.message_ids.is_empty() && self.used.slot.is_none() && self.unsent().is_empty() && self.accepted().is_none()
    }

    /// Where an accepted message stands in its campaign, if it is of one.
    fn accepted(&self) -> Option<Place> {
        self.claimed.place.filter(|_| self.outcome.state == State::Accepted)
    }
}

impl Store {
    /// Records the outcomes of attempts that [`begin_all`](Self::begin_all) began, in one commit. Also where a message was called `unknown`
    /// meanwhile: the worker that sent it knows better. False for each that was settled otherwise.
    pub(crate) async fn finish_all(&self, all: &[Arc<Finish>]) -> Result<Vec<bool>, Error> {
        let outcomes = rows(all.iter().map(|finish| finish.row()));
        // The first id is the message's alone.
        let own = rows(all.iter().filter_map(|finish| finish.names().next()));
        let names = rows(all.iter().flat_map(|finish| finish.names()));
        let mut sequences = HashMap::new();
        for place in all.iter().filter_map(|finish| finish.accepted()) {
            sequences.insert(place.campaign, self.sequence(place.campaign).await?);
        }
        let is_named = all.iter().any(|finish| !finish.outcome.sent.message_ids.is_empty());
        let settled: Vec<i64> = match &*self.0 {
            Pool::Postgres { pool, own: true } if all.iter().all(|finish| finish.is_plain()) => {
                query_scalar(FINISH_POSTGRES).bind(outcomes).bind(names).fetch_all(pool).await?
            }
            _ => {
                let mistaken = self.either(MISTAKEN_SQLITE, MISTAKEN_POSTGRES);
                let is_postgres = matches!(&*self.0, Pool::Postgres { .. });
                relaxed!(self, |transaction| {
                    if is_named && is_postgres {
                        query(TURNS_POSTGRES).bind(&own).execute(&mut *transaction).await?;
                    }
                    if is_named && query(mistaken).bind(&own).execute(&mut *transaction).await?.rows_affected() > 0 {
                        for NameRow { id, vendor, vendor_id } in all.iter().filter_map(|finish| finish.names().next()) {
                            query(TAKE).bind(vendor).bind(vendor_id).bind(id).execute(&mut *transaction).await?;
                        }
                    }
                    let settled: Vec<i64> = if is_postgres {
                        query_scalar(FINISH_POSTGRES).bind(&outcomes).bind(&names).fetch_all(&mut *transaction).await?
                    } else {
                        let settled = query_scalar(SETTLE_SQLITE).bind(&outcomes).fetch_all(&mut *transaction).await?;
                        query(RECORD_SQLITE).bind(&outcomes).execute(&mut *transaction).await?;
                        if is_named {
                            query(NAME_SQLITE).bind(&names).execute(&mut *transaction).await?;
                        }
                        settled
                    };
                    for finish in all {
                        if let Some((terms, slot, sent)) = &finish.used.slot {
                            give!(terms, slot, *sent, |query| query.execute(&mut *transaction).await?.rows_affected());
                        }
                        for CapUse { period, .. } in finish.unsent() {
                            let Claimed { envelope, .. } = &*finish.claimed;
                            let (account, sender) = (&envelope.account, hash(envelope.message.from.as_deref().unwrap_or_default()));
                            let uncount = query(UNCOUNT).bind(account.vendor.id()).bind(&account.credential).bind(sender).bind(period);
                            uncount.execute(&mut *transaction).await?;
                        }
                        if let Some(place) = finish.accepted().filter(|_| settled.contains(&finish.claimed.id))
                            && let Some(sequence) = sequences.get(&place.campaign)
                        {
                            advance!(transaction, sequence, place, Some(&finish.outcome.sent));
                        }
                    }
                    settled
                })
            }
        };
        let settled: HashSet<i64> = settled.into_iter().collect();
        Ok(all.iter().map(|finish| settled.contains(&finish.claimed.id)).collect())
    }
}
