//! What is asked about messages.

use std::collections::HashMap;
use std::time::Duration;

use reachout_messenger::Vendor;
use sqlx::{query, query_as, query_scalar};

use super::filter::{Terms, bound, narrowed, selected};
use super::hash::hash;
use super::set::{rows, set};
use super::{Pool, Store, execute, now, read};
use crate::Account;
use crate::entry::{AccountStatus, Attempt, Cause, Deferred, Entry, Filter, Point, Status, from_content};
use crate::time::{from_ms, milliseconds};
use crate::{Address, Envelope, Error, Rules, State};

/// Entries with their columns in the order of an [`EntryRow`].
macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT id, key, vendor, credential, sequence, content, state, attempt, due_at, paused, created_at, changed_at, reason, code, conversation
            FROM reachout_outbox_messages ",
            $rest
        )
    };
}

type EntryRow = (
    i64,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
);
type AccountRow = (String, String, i64, Option<String>, Option<i64>, Option<i64>, i64, i64, i64, i64);
type CauseRow = (String, String, Option<String>, Option<i64>, i64, i64);
type AttemptRow = (i64, i64, Option<i64>, Option<String>, Option<String>, Option<String>, Option<i64>, Option<String>);

macro_rules! vendor_ids {
    ($database:ident) => {
        concat!(
            "WITH r AS (",
            set!($database, "$1", "CAST(e.value ->> 0 AS BIGINT) AS id"),
            ") SELECT message, vendor_id FROM reachout_outbox_ids WHERE message IN (SELECT id FROM r) ORDER BY vendor_id"
        )
    };
}
const VENDOR_IDS_SQLITE: &str = vendor_ids!(sqlite);
const VENDOR_IDS_POSTGRES: &str = vendor_ids!(postgres);

impl Store {
    pub(crate) async fn get(&self, id: i64) -> Result<Option<Entry>, Error> {
        let row = read!(self, |pool| query_as(entries!("WHERE id = $1")).bind(id).fetch_optional(pool).await?);
        Ok(self.entries(row.into_iter().collect()).await?.pop())
    }

    pub(crate) async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let row = read!(self, |pool| query_as(entries!("WHERE key_hash = $1")).bind(hash(key)).fetch_optional(pool).await?);
        Ok(self.entries(row.into_iter().collect()).await?.pop())
    }

    pub(crate) async fn find_message(&self, vendor: Vendor, vendor_id: &str) -> Result<Vec<Entry>, Error> {
        let sql = entries!("WHERE id IN (SELECT message FROM reachout_outbox_ids WHERE vendor = $1 AND vendor_id = $2) ORDER BY id");
        let rows = read!(self, |pool| query_as(sql).bind(vendor.id()).bind(vendor_id).fetch_all(pool).await?);
        self.entries(rows).await
    }

    pub(crate) async fn find_conversation(&self, vendor: Vendor, conversation: &str) -> Result<Vec<Entry>, Error> {
        let sql = entries!("WHERE vendor = $1 AND conversation = $2 ORDER BY id");
        let rows = read!(self, |pool| query_as(sql).bind(vendor.id()).bind(conversation).fetch_all(pool).await?);
        self.entries(rows).await
    }

    pub(crate) async fn find_recipient(&self, vendor: Vendor, recipient: &Address) -> Result<Vec<Entry>, Error> {
        let sql = entries!("WHERE vendor = $1 AND recipient = $2 ORDER BY id");
        let rows = read!(self, |pool| query_as(sql).bind(vendor.id()).bind(hash(recipient.as_str())).fetch_all(pool).await?);
        self.entries(rows).await
    }

    pub(crate) async fn list(&self, filter: &Filter, after: i64, most: u32) -> Result<Vec<Entry>, Error> {
        let terms = Terms::of(filter);
        let rows = read!(self, |pool| bound!(query_as(list_sql(&terms)), terms).bind(after).bind(i64::from(most)).fetch_all(pool).await?);
        self.entries(rows).await
    }

    async fn entries(&self, found: Vec<EntryRow>) -> Result<Vec<Entry>, Error> {
        // Only what was sent, or may have been, has ids.
        let sent = rows(found.iter().filter(|row| row.7 > 0).map(|row| [row.0]));
        let sql = self.either(VENDOR_IDS_SQLITE, VENDOR_IDS_POSTGRES);
        let ids: Vec<(i64, String)> = read!(self, |pool| query_as(sql).bind(sent).fetch_all(pool).await?);
        let mut named = HashMap::<i64, Vec<String>>::new();
        for (id, vendor_id) in ids {
            named.entry(id).or_default().push(vendor_id);
        }
        found.into_iter().map(|row| entry(named.remove(&row.0).unwrap_or_default(), row)).collect()
    }

    pub(crate) async fn attempts(&self, id: i64) -> Result<Vec<Attempt>, Error> {
        let sql = "SELECT attempt, started_at, finished_at, outcome, reason, code, http_status, request_id
            FROM reachout_outbox_attempts WHERE message = $1 ORDER BY attempt";
        let rows: Vec<AttemptRow> = read!(self, |pool| query_as(sql).bind(id).fetch_all(pool).await?);
        let attempt = |(number, started_at, finished_at, outcome, reason, code, status, request_id): AttemptRow| Attempt {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            started_at: from_ms(started_at),
            finished_at: finished_at.map(from_ms),
            outcome: outcome.and_then(|outcome| outcome.parse().ok()),
            reason,
            code,
            http_status: status.and_then(|status| u16::try_from(status).ok()),
            request_id,
        };
        Ok(rows.into_iter().map(attempt).collect())
    }

    pub(crate) async fn status(&self) -> Result<Status, Error> {
        // What is queued is found first, by its state: of a join alone SQLite reads all messages of a vendor.
        let sql = concat!(
            "SELECT l.vendor, l.credential, l.paused, l.reason, q.next_due_at, q.last_due_at, COALESCE(q.queued, 0), COALESCE(q.due, 0),
                COALESCE(q.paused, 0), COALESCE(q.senders, 0)
                FROM reachout_outbox_accounts l LEFT JOIN (
                    SELECT vendor, credential, MIN(CASE paused WHEN 0 THEN due_at END) AS next_due_at,
                        MAX(CASE paused WHEN 0 THEN due_at END) AS last_due_at, COUNT(*) AS queued,
                        SUM(CASE WHEN paused = 0 AND due_at <= ",
            now!(),
            " THEN 1 ELSE 0 END) AS due, CAST(SUM(paused) AS BIGINT) AS paused, COUNT(DISTINCT sender) AS senders
                    FROM reachout_outbox_messages WHERE state = 'queued' GROUP BY vendor, credential
                ) q ON q.vendor = l.vendor AND q.credential = l.credential ORDER BY l.vendor, l.credential"
        );
        let rows: Vec<AccountRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let mut status = Status { counts: self.counts(&Filter::all()).await?, ..Status::default() };
        for (vendor, credential, paused, reason, next_due_at, last_due_at, queued, due, waiting, senders) in rows {
            let paused = paused != 0;
            if vendor.is_empty() {
                status.paused = paused;
            } else if let Ok(vendor) = vendor.parse() {
                let (next_due_at, last_due_at) = (next_due_at.map(from_ms), last_due_at.map(from_ms));
                let (queued, due, paused_messages, senders) = (counted(queued), counted(due), counted(waiting), counted(senders));
                status.accounts.push(AccountStatus {
                    paused,
                    reason,
                    next_due_at,
                    last_due_at,
                    queued,
                    due,
                    paused_messages,
                    senders,
                    ..AccountStatus::new(vendor, credential)
                });
            }
        }
        status.next_due_at = status.accounts.iter().filter_map(|account| account.next_due_at).min();
        status.waits = self.waits().await?;
        Ok(status)
    }

    pub(crate) async fn counts(&self, filter: &Filter) -> Result<Vec<(State, u64)>, Error> {
        if *filter == Filter::all() {
            return self.all_counts().await;
        }
        let terms = Terms::of(filter);
        let sql = narrowed!(&terms, "SELECT m.state, COUNT(*) FROM reachout_outbox_messages m WHERE ", " GROUP BY m.state");
        let rows: Vec<(String, i64)> = read!(self, |pool| bound!(query_as(sql), terms).fetch_all(pool).await?);
        Ok(by_state(rows))
    }

    /// Of all messages, which are counted as they change.
    async fn all_counts(&self) -> Result<Vec<(State, u64)>, Error> {
        let sql = "SELECT state, CAST(SUM(messages) AS BIGINT) FROM reachout_outbox_counts GROUP BY state HAVING SUM(messages) > 0";
        Ok(by_state(read!(self, |pool| query_as(sql).fetch_all(pool).await?)))
    }

    /// Puts the changes of the counts together.
    pub(crate) async fn fold_counts(&self) -> Result<(), Error> {
        let fold = "WITH gone AS (DELETE FROM reachout_outbox_counts RETURNING state, messages)
            INSERT INTO reachout_outbox_counts SELECT state, SUM(messages) FROM gone GROUP BY state HAVING SUM(messages) <> 0";
        if let Pool::Postgres { .. } = &*self.0 {
            execute!(self, query(fold));
        }
        Ok(())
    }

    pub(crate) async fn waits(&self) -> Result<Vec<Deferred>, Error> {
        let sql = concat!(
            "SELECT code, COUNT(*), MIN(due_at) FROM reachout_outbox_messages WHERE state = 'queued' AND paused = 0 AND due_at > ",
            now!(),
            " GROUP BY code ORDER BY MIN(due_at)"
        );
        let rows: Vec<(Option<String>, i64, i64)> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(code, count, due_at)| Deferred { code, count: counted(count), next_due_at: from_ms(due_at) }).collect())
    }

    pub(crate) async fn timeline(&self, filter: &Filter, stretch: Duration) -> Result<Vec<Point>, Error> {
        let stretch = milliseconds(stretch).max(1);
        let rows: Vec<(i64, String, i64)> = if *filter == Filter::all() {
            // Of all messages the attempts alone are read.
            let sql = "SELECT finished_at / $1 * $1, outcome, COUNT(*) FROM reachout_outbox_attempts
                WHERE finished_at IS NOT NULL AND outcome IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2";
            read!(self, |pool| query_as(sql).bind(stretch).fetch_all(pool).await?)
        } else {
            let terms = Terms::of(filter);
            let sql = narrowed!(
                &terms,
                "SELECT a.finished_at / $7 * $7, a.outcome, COUNT(*) FROM reachout_outbox_attempts a
                    JOIN reachout_outbox_messages m ON m.id = a.message WHERE a.finished_at IS NOT NULL AND a.outcome IS NOT NULL AND ",
                " GROUP BY 1, 2 ORDER BY 1, 2"
            );
            read!(self, |pool| bound!(query_as(sql), terms).bind(stretch).fetch_all(pool).await?)
        };
        let point =
            |(at, state, count): (i64, String, i64)| Some(Point { at: from_ms(at), state: state.parse().ok()?, count: counted(count) });
        Ok(rows.into_iter().filter_map(point).collect())
    }

    pub(crate) async fn causes(&self, filter: &Filter) -> Result<Vec<Cause>, Error> {
        let sql = concat!(
            "SELECT m.state, m.vendor, m.code, a.http_status, COUNT(*), MIN(m.id) FROM reachout_outbox_messages m
                LEFT JOIN reachout_outbox_attempts a ON a.message = m.id AND a.attempt = m.attempt
                WHERE m.state IN ('rejected', 'failed', 'unknown', 'suppressed') AND ",
            selected!(),
            " GROUP BY m.state, m.vendor, m.code, a.http_status ORDER BY COUNT(*) DESC, MIN(m.id)"
        );
        let terms = Terms::of(filter);
        let rows: Vec<CauseRow> = read!(self, |pool| bound!(query_as(sql), terms).fetch_all(pool).await?);
        let cause = |(state, vendor, code, status, count, example): CauseRow| {
            Some(Cause {
                state: state.parse().ok()?,
                vendor: vendor.parse().ok()?,
                code,
                http_status: status.and_then(|status| u16::try_from(status).ok()),
                count: counted(count),
                example,
            })
        };
        Ok(rows.into_iter().filter_map(cause).collect())
    }

    pub(crate) async fn rules(&self, account: &Account) -> Result<Rules, Error> {
        let sql = "SELECT rules FROM reachout_outbox_accounts WHERE vendor = $1 AND credential = $2";
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let rules: Option<Option<String>> =
            read!(self, |pool| query_scalar(sql).bind(vendor).bind(credential).fetch_optional(pool).await?);
        Rules::read(rules.flatten().as_deref()).map_err(|error| Error::Other(format!("the rules of {account} {error}")))
    }
}

pub(super) fn list_sql(terms: &Terms) -> &'static str {
    narrowed!(terms, entries!("m WHERE "), " AND m.id > $7 ORDER BY m.id LIMIT $8")
}

/// A row as an entry, with the vendor's ids of it.
fn entry(vendor_ids: Vec<String>, row: EntryRow) -> Result<Entry, Error> {
    let (
        id,
        key,
        vendor,
        credential,
        sequence,
        content,
        state,
        attempt,
        due_at,
        paused,
        created_at,
        changed_at,
        reason,
        code,
        conversation_id,
    ) = row;
    let unreadable = |field| Error::Unreadable { id, field };
    let account = Account { vendor: vendor.parse().map_err(|_| unreadable("vendor"))?, credential };
    let state: State = state.parse().map_err(|_| unreadable("state"))?;
    let envelope = from_content(id, &account, content.as_deref(), sequence, Some(due_at).filter(|due_at| *due_at > created_at))?;
    let envelope = envelope.map(|envelope| Envelope { held: state == State::Held, ..envelope });
    Ok(Entry {
        id,
        key,
        account,
        envelope,
        state,
        attempts: u32::try_from(attempt).unwrap_or(u32::MAX),
        due_at: from_ms(due_at),
        paused: paused != 0,
        created_at: from_ms(created_at),
        changed_at: from_ms(changed_at),
        reason,
        code,
        vendor_ids,
        conversation_id,
    })
}

/// Counts in the order of the states.
fn by_state(rows: Vec<(String, i64)>) -> Vec<(State, u64)> {
    let mut counts: Vec<_> = rows.into_iter().filter_map(|(state, count)| Some((state.parse().ok()?, counted(count)))).collect();
    counts.sort();
    counts
}

/// A count of rows.
fn counted(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
