//! Claims: messages that a worker holds before it begins to send them.

use std::time::Duration;

use serde::Serialize;
use sqlx::{query, query_as, query_scalar};

use super::campaign::Place;
use super::set::{rows, set};
use super::{Pool, Store, execute, now, read, relaxed, tick};
use crate::entry::from_content;
use crate::envelope::Envelope;
use crate::time::milliseconds;
use crate::{Account, Error, Rules, State};

/// A message that a worker holds: still queued, and nobody else's until the worker's lease ends.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) id: i64,
    /// How many attempts began before.
    pub(crate) attempt: i64,
    /// How many of them before it was last queued by a person.
    pub(crate) first_attempt: i64,
    /// How often since then the vendor was asked about the recipient, and what it said was not understood.
    pub(crate) unclear_checks: u32,
    pub(crate) due_at: i64,
    pub(crate) worker: String,
    pub(crate) envelope: Envelope,
    /// Where it stands in a campaign, if it is of one.
    pub(crate) place: Option<Place>,
}

/// An account with messages to be sent.
#[derive(Clone)]
pub(crate) struct DueAccount {
    pub(crate) account: Account,
    pub(crate) paused: bool,
    /// An error where they cannot be read: why.
    pub(crate) rules: Result<Rules, String>,
    /// In how many milliseconds the next one is due; negative if it is.
    pub(crate) due_in: Option<i64>,
}

impl DueAccount {
    /// Whether it has messages that can be sent; `due`: by now.
    fn is_waiting(&self, due: bool) -> bool {
        !self.paused && self.due_in.is_some_and(|due_in| !due || due_in <= 0)
    }
}

/// Settles a held message of which nothing was sent.
pub(super) const SETTLE: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = $1, worker = NULL, code = $2, reason = $3, changed_at = ",
    now!(),
    " WHERE id = $4 AND worker IS NOT DISTINCT FROM $5 AND attempt = $6 AND state = 'queued'"
);

type AccountRow = (String, String, i64, Option<String>, Option<i64>);
type ClaimedRow = (i64, i64, i64, i64, i64, Option<String>, Option<String>, String, String, Option<i64>, Option<i64>, Option<i64>);

/// An account, as a row of a set.
#[derive(Serialize)]
struct AccountKey<'a> {
    vendor: &'a str,
    credential: &'a str,
}

/// The columns of an [`AccountKey`].
macro_rules! accounts {
    ($database:ident) => {
        set!($database, "$2", "e.value ->> 'vendor' AS vendor, e.value ->> 'credential' AS credential")
    };
}

/// The columns of a [`ClaimedRow`].
macro_rules! claimed {
    () => {
        " RETURNING id, attempt, first_attempt, unclear_checks, due_at, content, sequence, vendor, credential,
            campaign, enrolment, step"
    };
}

// The accounts' order is the outer loop's, and the index has each account's messages in the order of their times, those that begin with somebody
// after the others: all end at the limit.
const CLAIM_SQLITE: &str = concat!(
    "WITH a AS (",
    accounts!(sqlite),
    ") UPDATE reachout_outbox_messages SET worker = $1 WHERE id IN (SELECT m.id FROM a
        CROSS JOIN (SELECT 0 AS begins UNION ALL SELECT 1) AS b CROSS JOIN reachout_outbox_messages AS m INDEXED BY reachout_outbox_due
        WHERE m.state = 'queued' AND m.worker IS NULL AND m.paused = 0 AND m.vendor = a.vendor AND m.credential = a.credential
            AND m.begins = b.begins AND m.due_at <= ",
    now!(),
    " LIMIT $3) AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
    tick!(),
    ")",
    claimed!()
);
// Who finds that the lease has ended must not miss what is claimed meanwhile, so it waits for this to be committed: a lock on the lease's row.
const CLAIM_POSTGRES: &str = concat!(
    "WITH a AS (",
    accounts!(postgres),
    "), lives AS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
    tick!(),
    " FOR KEY SHARE) UPDATE reachout_outbox_messages SET worker = $1 WHERE id = ANY(ARRAY(SELECT m.id FROM a
        CROSS JOIN LATERAL (SELECT o.id FROM (VALUES (0), (1)) AS b (begins) CROSS JOIN LATERAL (SELECT id FROM reachout_outbox_messages
            WHERE state = 'queued' AND worker IS NULL AND paused = 0 AND vendor = a.vendor AND credential = a.credential
            AND begins = b.begins AND due_at <= ",
    now!(),
    " ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) AS o LIMIT $3) AS m LIMIT $3)) AND EXISTS (SELECT 1 FROM lives)",
    claimed!()
);

/// When the first message of an account `l` is due, of those that begin with somebody or of the others.
macro_rules! first_due {
    ($begins:literal) => {
        concat!(
            "SELECT (SELECT m.due_at FROM reachout_outbox_messages m WHERE m.state = 'queued' AND m.worker IS NULL AND m.paused = 0
                AND m.vendor = l.vendor AND m.credential = l.credential AND m.begins = ",
            $begins,
            " ORDER BY m.due_at LIMIT 1) AS due_at"
        )
    };
}

/// The claim of one message, but for its worker's lease.
macro_rules! claim_one {
    () => {
        concat!(
            "UPDATE reachout_outbox_messages SET worker = $1 WHERE id = $2 AND state = 'queued' AND worker IS NULL AND paused = 0 AND due_at <= ",
            now!()
        )
    };
}

const CLAIM_ONE_SQLITE: &str =
    concat!(claim_one!(), " AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ", tick!(), ")", claimed!());
const CLAIM_ONE_POSTGRES: &str = concat!(
    "WITH lives AS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
    tick!(),
    " FOR KEY SHARE) ",
    claim_one!(),
    " AND EXISTS (SELECT 1 FROM lives)",
    claimed!()
);

impl Store {
    /// The accounts that messages were queued for, and when each has something to do.
    pub(crate) async fn due(&self) -> Result<Vec<DueAccount>, Error> {
        let sql = concat!(
            "SELECT vendor, credential, paused, rules, (SELECT MIN(due_at) FROM (",
            first_due!("0"),
            " UNION ALL ",
            first_due!("1"),
            ") AS due) - ",
            now!(),
            " FROM reachout_outbox_accounts l ORDER BY vendor, credential"
        );
        let rows: Vec<AccountRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let all = rows.iter().any(|(vendor, _, paused, ..)| vendor.is_empty() && *paused != 0);
        let account = |(vendor, credential, paused, rules, due_in): AccountRow| {
            let account = Account { vendor: vendor.parse().ok()?, credential };
            let rules = Rules::read(rules.as_deref()).map_err(|error| format!("the rules of {account} {error}"));
            Some(DueAccount { account, paused: all || paused != 0, rules, due_in })
        };
        Ok(rows.into_iter().filter_map(account).collect())
    }

    /// Whether something is being sent, or queued in an account that is not paused; `due`: and to be sent by now.
    pub(crate) async fn is_busy(&self, due: bool) -> Result<bool, Error> {
        let held = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_workers w
            JOIN reachout_outbox_messages m ON m.worker = w.id AND m.state IN ('queued', 'sending'))";
        // A message goes from due to held and back while this is found out.
        let waits = async || Ok::<_, Error>(self.due().await?.iter().any(|account| account.is_waiting(due)));
        if waits().await? || read!(self, |pool| query_scalar(held).fetch_one(pool).await?) {
            return Ok(true);
        }
        waits().await
    }

    /// Holds up to `most` messages for a worker whose lease lasts: of the first of these accounts the earliest due, then of the next.
    pub(crate) async fn claim(&self, worker: &str, accounts: &[Account], most: u32) -> Result<Vec<Claimed>, Error> {
        let keys = rows(accounts.iter().map(|account| AccountKey { vendor: account.vendor.id(), credential: &account.credential }));
        let most = i64::from(most);
        let found: Vec<ClaimedRow> = match &*self.0 {
            Pool::Postgres { pool, own: true } => query_as(CLAIM_POSTGRES).bind(worker).bind(keys).bind(most).fetch_all(pool).await?,
            _ => {
                let sql = self.either(CLAIM_SQLITE, CLAIM_POSTGRES);
                relaxed!(self, |transaction| query_as(sql).bind(worker).bind(keys).bind(most).fetch_all(&mut *transaction).await?)
            }
        };
        let mut claimed = Vec::with_capacity(found.len());
        for row in found {
            let (.., vendor, credential, _, _, _) = &row;
            let Some(turn) = accounts.iter().position(|account| account.vendor.id() == vendor && account.credential == *credential) else {
                continue;
            };
            claimed.extend(self.claimed(worker, &accounts[turn], row).await?.map(|claimed| (turn, claimed)));
        }
        claimed.sort_by_key(|(turn, claimed)| (*turn, claimed.place.is_some_and(|place| place.step == 1), claimed.due_at, claimed.id));
        Ok(claimed.into_iter().map(|(_, claimed)| claimed).collect())
    }

    /// Holds this message for a worker whose lease lasts: nothing unless it is queued, due and nobody else's.
    pub(crate) async fn claim_one(&self, worker: &str, id: i64) -> Result<Option<Claimed>, Error> {
        let sql = self.either(CLAIM_ONE_SQLITE, CLAIM_ONE_POSTGRES);
        let found: Option<ClaimedRow> =
            relaxed!(self, |transaction| query_as(sql).bind(worker).bind(id).fetch_optional(&mut *transaction).await?);
        let Some(row) = found else { return Ok(None) };
        let (.., vendor, credential, _, _, _) = &row;
        let vendor = vendor.parse().map_err(|_| Error::Unreadable { id, field: "vendor" })?;
        let account = Account { vendor, credential: credential.clone() };
        self.claimed(worker, &account, row).await
    }

    /// A message that was just claimed; nothing where its content cannot be read: then it is settled at once, so that the others are not held up
    /// by it.
    async fn claimed(&self, worker: &str, account: &Account, row: ClaimedRow) -> Result<Option<Claimed>, Error> {
        let (id, attempt, first_attempt, unclear_checks, due_at, content, sequence, _, _, campaign, enrolment, step) = row;
        let Ok(Some(envelope)) = from_content(id, account, content.as_deref(), sequence, None) else {
            self.settle(id, worker, attempt, State::Failed, "unreadable", "its content cannot be read").await?;
            return Ok(None);
        };
        let unclear_checks = u32::try_from(unclear_checks).unwrap_or(u32::MAX);
        let (worker, place) = (worker.to_owned(), Place::of(campaign, enrolment, step));
        Ok(Some(Claimed { id, attempt, first_attempt, unclear_checks, due_at, worker, envelope, place }))
    }

    /// The messages that a worker holds and did not begin to send.
    pub(crate) async fn held(&self, worker: &str) -> Result<Vec<i64>, Error> {
        let sql = "SELECT id FROM reachout_outbox_messages WHERE worker = $1 AND state = 'queued'";
        Ok(read!(self, |pool| query_scalar(sql).bind(worker).fetch_all(pool).await?))
    }

    /// Requeues a held message, to be sent after `wait`; `code` and `reason` say why it waits. `unclear`: the vendor was asked about its
    /// recipient, and what it said was not understood.
    pub(crate) async fn requeue(
        &self,
        id: i64,
        worker: &str,
        wait: Duration,
        why: (&str, Option<&str>),
        unclear: bool,
    ) -> Result<(), Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET worker = NULL, code = $1, reason = $2, due_at = CASE WHEN $3 = 0 THEN due_at ELSE ",
            now!(),
            " + $3 END, unclear_checks = unclear_checks + $4 WHERE id = $5 AND worker IS NOT DISTINCT FROM $6 AND state = 'queued'"
        );
        let (code, reason) = why;
        relaxed!(self, |transaction| {
            let back = query(sql).bind(code).bind(reason).bind(milliseconds(wait)).bind(i64::from(unclear)).bind(id).bind(worker);
            back.execute(&mut *transaction).await?.rows_affected()
        });
        Ok(())
    }

    /// Settles a held message of which nothing was sent.
    pub(crate) async fn settle_unsent(&self, claimed: &Claimed, state: State, code: &str, reason: &str) -> Result<(), Error> {
        self.settle(claimed.id, &claimed.worker, claimed.attempt, state, code, reason).await
    }

    async fn settle(&self, id: i64, worker: &str, attempt: i64, state: State, code: &str, reason: &str) -> Result<(), Error> {
        execute!(self, query(SETTLE).bind(state.name()).bind(code).bind(reason).bind(id).bind(worker).bind(attempt));
        Ok(())
    }
}
