//! What is asked about messages.

use std::time::Duration;

use reachout_messenger::Vendor;
use sqlx::{query_as, query_scalar};

use super::filter::{Terms, bound, selected};
use super::hash::hash;
use super::{Store, now, read};
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

impl Store {
    pub(crate) async fn get(&self, id: i64) -> Result<Option<Entry>, Error> {
        let row = read!(self, |pool| query_as(entries!("WHERE id = $1")).bind(id).fetch_optional(pool).await?);
        self.entry(row).await
    }

    pub(crate) async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let row = read!(self, |pool| query_as(entries!("WHERE key_hash = $1")).bind(hash(key)).fetch_optional(pool).await?);
        self.entry(row).await
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
        let sql = concat!(entries!("m WHERE "), selected!(), " AND m.id > $7 ORDER BY m.id LIMIT $8");
        let terms = Terms::of(filter);
        let rows = read!(self, |pool| bound!(query_as(sql), terms).bind(after).bind(i64::from(most)).fetch_all(pool).await?);
        self.entries(rows).await
    }

    async fn entries(&self, rows: Vec<EntryRow>) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.extend(self.entry(Some(row)).await?);
        }
        Ok(entries)
    }

    async fn entry(&self, row: Option<EntryRow>) -> Result<Option<Entry>, Error> {
        let Some(row) = row else { return Ok(None) };
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
        // Only what was sent, or may have been, has ids.
        let vendor_ids = if attempt == 0 { Vec::new() } else { self.vendor_ids(id).await? };
        Ok(Some(Entry {
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
        }))
    }

    async fn vendor_ids(&self, id: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT vendor_id FROM reachout_outbox_ids WHERE message = $1 ORDER BY vendor_id";
        Ok(read!(self, |pool| query_scalar(sql).bind(id).fetch_all(pool).await?))
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
        let sql = concat!(
            "SELECT l.vendor, l.credential, l.paused, l.reason, MIN(CASE m.paused WHEN 0 THEN m.due_at END), MAX(CASE m.paused WHEN 0 THEN m.due_at END),
                COUNT(m.id), COALESCE(SUM(CASE WHEN m.paused = 0 AND m.due_at <= ",
            now!(),
            " THEN 1 ELSE 0 END), 0), CAST(COALESCE(SUM(m.paused), 0) AS BIGINT), COUNT(DISTINCT m.sender)
                FROM reachout_outbox_accounts l
                LEFT JOIN reachout_outbox_messages m ON m.vendor = l.vendor AND m.credential = l.credential AND m.state = 'queued'
                GROUP BY l.vendor, l.credential, l.paused, l.reason ORDER BY l.vendor, l.credential"
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
        let sql = concat!("SELECT m.state, COUNT(*) FROM reachout_outbox_messages m WHERE ", selected!(), " GROUP BY m.state");
        let terms = Terms::of(filter);
        let rows: Vec<(String, i64)> = read!(self, |pool| bound!(query_as(sql), terms).fetch_all(pool).await?);
        let mut counts: Vec<_> = rows.into_iter().filter_map(|(state, count)| Some((state.parse().ok()?, counted(count)))).collect();
        counts.sort();
        Ok(counts)
    }

    async fn waits(&self) -> Result<Vec<Deferred>, Error> {
        let sql = concat!(
            "SELECT code, COUNT(*), MIN(due_at) FROM reachout_outbox_messages WHERE state = 'queued' AND paused = 0 AND due_at > ",
            now!(),
            " GROUP BY code ORDER BY MIN(due_at)"
        );
        let rows: Vec<(Option<String>, i64, i64)> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(code, count, due_at)| Deferred { code, count: counted(count), next_due_at: from_ms(due_at) }).collect())
    }

    pub(crate) async fn timeline(&self, filter: &Filter, stretch: Duration) -> Result<Vec<Point>, Error> {
        let sql = concat!(
            "SELECT a.finished_at / $7 * $7, a.outcome, COUNT(*) FROM reachout_outbox_attempts a
                JOIN reachout_outbox_messages m ON m.id = a.message
                WHERE a.finished_at IS NOT NULL AND a.outcome IS NOT NULL AND ",
            selected!(),
            " GROUP BY 1, 2 ORDER BY 1, 2"
        );
        let (terms, stretch) = (Terms::of(filter), milliseconds(stretch).max(1));
        let rows: Vec<(i64, String, i64)> = read!(self, |pool| bound!(query_as(sql), terms).bind(stretch).fetch_all(pool).await?);
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

/// A count of rows.
fn counted(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
