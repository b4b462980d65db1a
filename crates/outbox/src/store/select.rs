//! What is asked about messages.

use std::time::Duration;

use reachout_messenger::Vendor;
use sqlx::{query_as, query_scalar};

use super::insert::hash;
use super::{Store, read};
use crate::entry::{Attempt, Cause, Entry, Filter, LaneStatus, Point, Status, from_content};
use crate::envelope::Lane;
use crate::time::{from_ms, milliseconds};
use crate::{Address, Error, Rules, State};

/// Entries with their columns in the order of an [`EntryRow`].
macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT id, key, vendor, credential, sequence, content, state, attempt, due_at, created_at, changed_at, reason, code, conversation
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
    Option<String>,
    Option<String>,
    Option<String>,
);
type LaneRow = (String, String, i64, Option<String>, Option<i64>);
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
        let sql = entries!(
            "WHERE id > $1 AND ($2 IS NULL OR vendor = $2) AND ($3 IS NULL OR credential = $3) AND ($4 IS NULL OR state = $4) \
             ORDER BY id LIMIT $5"
        );
        let Filter { vendor, credential, state } = filter;
        let (vendor, state) = (vendor.map(Vendor::id), state.map(State::name));
        let rows = read!(self, |pool| {
            query_as(sql).bind(after).bind(vendor).bind(credential).bind(state).bind(i64::from(most)).fetch_all(pool).await?
        });
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
        let (id, key, vendor, credential, sequence, content, state, attempt, due_at, created_at, changed_at, reason, code, conversation_id) =
            row;
        let unreadable = |field| Error::Unreadable { id, field };
        let lane = Lane { vendor: vendor.parse().map_err(|_| unreadable("vendor"))?, credential };
        let state: State = state.parse().map_err(|_| unreadable("state"))?;
        let envelope = from_content(id, &lane, content.as_deref(), sequence, Some(due_at).filter(|due_at| *due_at > created_at))?;
        // Only what was sent, or may have been, has ids.
        let vendor_ids = if attempt == 0 { Vec::new() } else { self.vendor_ids(id).await? };
        Ok(Some(Entry {
            id,
            key,
            lane,
            envelope,
            state,
            attempts: u32::try_from(attempt).unwrap_or(u32::MAX),
            due_at: from_ms(due_at),
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
        let sql = "SELECT state, COUNT(*) FROM reachout_outbox_messages GROUP BY state";
        let mut counts: Vec<(State, u64)> = Vec::new();
        let rows: Vec<(String, i64)> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        for (state, count) in rows {
            counts.extend(state.parse().ok().map(|state| (state, u64::try_from(count).unwrap_or(0))));
        }
        counts.sort();
        let sql = "SELECT vendor, credential, paused, reason, (SELECT due_at FROM reachout_outbox_messages m
            WHERE m.state = 'queued' AND m.worker IS NULL AND m.vendor = l.vendor AND m.credential = l.credential
            ORDER BY due_at LIMIT 1)
            FROM reachout_outbox_lanes l ORDER BY vendor, credential";
        let rows: Vec<LaneRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let mut status = Status { counts, ..Status::default() };
        for (vendor, credential, paused, reason, due_at) in rows {
            let paused = paused != 0;
            if vendor.is_empty() {
                status.paused = paused;
            } else if let Ok(vendor) = vendor.parse() {
                status.lanes.push(LaneStatus { vendor, credential, paused, reason, next_due_at: due_at.map(from_ms) });
            }
        }
        status.next_due_at = status.lanes.iter().filter_map(|lane| lane.next_due_at).min();
        Ok(status)
    }

    pub(crate) async fn timeline(&self, stretch: Duration) -> Result<Vec<Point>, Error> {
        let sql = "SELECT finished_at / $1 * $1, outcome, COUNT(*) FROM reachout_outbox_attempts
            WHERE finished_at IS NOT NULL AND outcome IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2";
        let rows: Vec<(i64, String, i64)> = read!(self, |pool| query_as(sql).bind(milliseconds(stretch).max(1)).fetch_all(pool).await?);
        let point = |(at, state, count): (i64, String, i64)| {
            Some(Point { at: from_ms(at), state: state.parse().ok()?, count: u64::try_from(count).unwrap_or(0) })
        };
        Ok(rows.into_iter().filter_map(point).collect())
    }

    pub(crate) async fn causes(&self) -> Result<Vec<Cause>, Error> {
        let sql = "SELECT m.state, m.vendor, m.code, a.http_status, COUNT(*), MIN(m.id) FROM reachout_outbox_messages m
            LEFT JOIN reachout_outbox_attempts a ON a.message = m.id AND a.attempt = m.attempt
            WHERE m.state IN ('rejected', 'failed', 'unknown', 'suppressed')
            GROUP BY m.state, m.vendor, m.code, a.http_status ORDER BY COUNT(*) DESC, MIN(m.id)";
        let rows: Vec<CauseRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let cause = |(state, vendor, code, status, count, example): CauseRow| {
            Some(Cause {
                state: state.parse().ok()?,
                vendor: vendor.parse().ok()?,
                code,
                http_status: status.and_then(|status| u16::try_from(status).ok()),
                count: u64::try_from(count).unwrap_or(0),
                example,
            })
        };
        Ok(rows.into_iter().filter_map(cause).collect())
    }

    pub(crate) async fn rules(&self, lane: &Lane) -> Result<Rules, Error> {
        let sql = "SELECT rules FROM reachout_outbox_lanes WHERE vendor = $1 AND credential = $2";
        let (vendor, credential) = (lane.vendor.id(), &lane.credential);
        let rules: Option<Option<String>> =
            read!(self, |pool| query_scalar(sql).bind(vendor).bind(credential).fetch_optional(pool).await?);
        let unreadable = |error: serde_json::Error| Error::Other(format!("the rules of {lane} cannot be read: {error}"));
        rules.flatten().map_or_else(|| Ok(Rules::default()), |rules| serde_json::from_str(&rules).map_err(unreadable))
    }
}
