//! What people do to messages: pause, withdraw, try again, settle, purge.

use sqlx::{query, query_as, query_scalar};

use super::campaign::{Place, advance};
use super::filter::{Terms, bound, selected};
use super::insert::Insert as _;
use super::stops::stopped;
use super::{Store, execute, now, transaction};
use crate::Account;
use crate::entry::Filter;
use crate::{Error, Resolution, Rules};

/// A message that was settled: its vendor, and its place in a campaign.
type SettledRow = (String, Option<i64>, Option<i64>, Option<i64>);

/// What became of a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    Done,
    /// The message is not unknown any more, or since another attempt.
    Changed,
    /// What the vendor has is this other message.
    Taken(i64),
}

impl Store {
    pub(crate) async fn set_rules(&self, account: &Account, rules: &Rules) -> Result<(), Error> {
        let sql = "INSERT INTO reachout_outbox_accounts (vendor, credential, rules) VALUES ($1, $2, $3)
            ON CONFLICT (vendor, credential) DO UPDATE SET rules = excluded.rules";
        let unwritable = |error: serde_json::Error| Error::Other(format!("the rules of {account} cannot be written: {error}"));
        let rules = serde_json::to_string(rules).map_err(unwritable)?;
        execute!(self, query(sql).bind(account.vendor.id()).bind(&account.credential).bind(rules));
        Ok(())
    }

    /// Pauses an account, or all (`None`), or ends that.
    pub(crate) async fn set_paused(&self, account: Option<&Account>, paused: bool, reason: Option<&str>) -> Result<(), Error> {
        let one = "INSERT INTO reachout_outbox_accounts (vendor, credential, paused, reason) VALUES ($1, $2, $3, $4)
            ON CONFLICT (vendor, credential) DO UPDATE SET paused = excluded.paused, reason = excluded.reason";
        let each = "UPDATE reachout_outbox_accounts SET paused = 0, reason = NULL";
        let (vendor, credential) = account.map_or(("", ""), |account| (account.vendor.id(), account.credential.as_str()));
        if account.is_none() && !paused {
            execute!(self, query(each));
            execute!(self, query("DELETE FROM reachout_outbox_pauses"));
            execute!(self, query("UPDATE reachout_outbox_messages SET paused = 0 WHERE paused = 1"));
        } else {
            execute!(self, query(one).bind(vendor).bind(credential).bind(i64::from(paused)).bind(reason));
        }
        Ok(())
    }

    pub(crate) async fn cancel(&self, filter: &Filter) -> Result<u64, Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages AS m SET state = 'cancelled', worker = NULL, code = 'withdrawn', reason = NULL, changed_at = ",
            now!(),
            " WHERE m.state IN ('held', 'queued') AND ",
            selected!()
        );
        // Whatever state the step is in that a person is at, none follows.
        let end = concat!(
            "UPDATE reachout_outbox_enrolments AS e SET stopped = 'withdrawn', changed_at = ",
            now!(),
            " WHERE e.stopped IS NULL AND e.id IN (SELECT m.enrolment FROM reachout_outbox_messages m
                JOIN reachout_outbox_enrolments x ON x.id = m.enrolment AND x.step = m.step WHERE m.state <> 'accepted' AND ",
            selected!(),
            ")"
        );
        let terms = Terms::of(filter);
        Ok(transaction!(self, |transaction| {
            bound!(query(end), terms).execute(&mut *transaction).await?;
            bound!(query(sql), terms).execute(&mut *transaction).await?.rows_affected()
        }))
    }

    /// Queues what waits for approval: what is due later stays so.
    pub(crate) async fn approve(&self, filter: &Filter) -> Result<u64, Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages AS m SET state = 'queued', approved = 1, changed_at = ",
            now!(),
            " WHERE m.state = 'held' AND ",
            selected!()
        );
        self.change(sql, filter).await
    }

    pub(crate) async fn retry(&self, filter: &Filter) -> Result<u64, Error> {
        // Attempts count on, since each is a row; the bound on them counts from here. Whoever replied is not written to again, and what nobody
        // approved waits for that again.
        let sql = concat!(
            "UPDATE reachout_outbox_messages AS m SET state = CASE approved WHEN 1 THEN 'queued' ELSE 'held' END, worker = NULL, code = NULL,
                reason = NULL, first_attempt = attempt, unclear_checks = 0, due_at = ",
            now!(),
            ", changed_at = ",
            now!(),
            " WHERE m.content IS NOT NULL AND COALESCE(m.code, '') <> 'follow-up-stopped'
            AND NOT EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
            stopped!("m"),
            ") AND NOT EXISTS (SELECT 1 FROM reachout_outbox_enrolments e WHERE e.id = m.enrolment AND e.stopped IS NOT NULL) AND ",
            selected!()
        );
        let go_on = concat!(
            "UPDATE reachout_outbox_enrolments AS e SET stopped = NULL, changed_at = ",
            now!(),
            " WHERE e.stopped = 'withdrawn' AND e.id IN (SELECT m.enrolment FROM reachout_outbox_messages m
                WHERE m.enrolment IS NOT NULL AND m.state = 'cancelled' AND ",
            selected!(),
            ")"
        );
        let terms = Terms::of(filter);
        Ok(transaction!(self, |transaction| {
            bound!(query(go_on), terms).execute(&mut *transaction).await?;
            bound!(query(sql), terms).execute(&mut *transaction).await?.rows_affected()
        }))
    }

    async fn change(&self, sql: &'static str, filter: &Filter) -> Result<u64, Error> {
        let terms = Terms::of(filter);
        Ok(execute!(self, bound!(query(sql), terms)))
    }

    /// Settles a message that is `unknown` since this attempt.
    ///
    /// What a vendor has settles one message only: its first id must not be another message's. Two who settle at once by the same id take
    /// turns, on SQLite as writers do, on Postgres by a lock.
    pub(crate) async fn resolve(&self, id: i64, attempt: u32, resolution: &Resolution) -> Result<Resolved, Error> {
        let attempt = i64::from(attempt);
        let done = |rows: u64| if rows > 0 { Resolved::Done } else { Resolved::Changed };
        match resolution {
            Resolution::Resend => {
                let sql = concat!(
                    "UPDATE reachout_outbox_messages SET state = 'queued', worker = NULL, code = NULL, reason = NULL, first_attempt = attempt, unclear_checks = 0, due_at = ",
                    now!(),
                    ", changed_at = ",
                    now!(),
                    " WHERE id = $1 AND attempt = $2 AND state = 'unknown' AND content IS NOT NULL"
                );
                Ok(done(execute!(self, query(sql).bind(id).bind(attempt))))
            }
            Resolution::Sent(sent) => {
                let (turn, sequences) = (self.turn(), self.sequences().await?);
                let taken =
                    "SELECT i.message FROM reachout_outbox_ids i JOIN reachout_outbox_messages m ON m.id = $1 AND m.vendor = i.vendor
                    WHERE i.vendor_id = $2 AND i.message <> $1 ORDER BY i.message LIMIT 1";
                let settle = concat!(
                    "UPDATE reachout_outbox_messages SET state = 'accepted', worker = NULL, code = 'resolved', reason = NULL,
                        conversation = COALESCE($1, conversation), changed_at = ",
                    now!(),
                    " WHERE id = $2 AND attempt = $3 AND state = 'unknown' RETURNING vendor, campaign, enrolment, step"
                );
                let name = "INSERT INTO reachout_outbox_ids (vendor, vendor_id, message) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                Ok(transaction!(self, |transaction| {
                    if let Some(own) = sent.message_ids.first() {
                        query(turn).bind(own).execute(&mut *transaction).await?;
                        let other: Option<i64> = query_scalar(taken).bind(id).bind(own).fetch_optional(&mut *transaction).await?;
                        if let Some(other) = other {
                            return Ok(Resolved::Taken(other));
                        }
                    }
                    let settle = query_as(settle).bind(&sent.conversation_id).bind(id).bind(attempt);
                    let settled: Option<SettledRow> = settle.fetch_optional(&mut *transaction).await?;
                    let Some((vendor, campaign, enrolment, step)) = settled else { return Ok(Resolved::Changed) };
                    for vendor_id in &sent.message_ids {
                        query(name).bind(&vendor).bind(vendor_id).bind(id).execute(&mut *transaction).await?;
                    }
                    if let Some(place) = Place::of(campaign, enrolment, step)
                        && let Some(sequence) = sequences.get(&place.campaign)
                    {
                        advance!(transaction, sequence, place, Some(sent));
                    }
                    Resolved::Done
                }))
            }
        }
    }
}
