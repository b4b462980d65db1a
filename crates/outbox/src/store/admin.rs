//! What people do to messages: pause, withdraw, try again, settle, purge; and whom they do not write to.

use reachout_messenger::{Channel, Vendor};
use sqlx::{query, query_as, query_scalar};

use super::{Store, execute, now, read, transaction};
use crate::entry::{Filter, Suppressed};
use crate::envelope::Lane;
use crate::outbox::Resolution;
use crate::time::from_ms;
use crate::{Error, Rules, State};

impl Store {
    pub(crate) async fn set_rules(&self, lane: &Lane, rules: &Rules) -> Result<(), Error> {
        let sql = "INSERT INTO reachout_outbox_lanes (vendor, credential, rules) VALUES ($1, $2, $3)
            ON CONFLICT (vendor, credential) DO UPDATE SET rules = excluded.rules";
        let unwritable = |error: serde_json::Error| Error::Other(format!("the rules of {lane} cannot be written: {error}"));
        let rules = serde_json::to_string(rules).map_err(unwritable)?;
        execute!(self, query(sql).bind(lane.vendor.id()).bind(&lane.credential).bind(rules));
        Ok(())
    }

    /// Pauses an account, or all (`None`), or ends that.
    pub(crate) async fn set_paused(&self, lane: Option<&Lane>, paused: bool, reason: Option<&str>) -> Result<(), Error> {
        let one = "INSERT INTO reachout_outbox_lanes (vendor, credential, paused, reason) VALUES ($1, $2, $3, $4)
            ON CONFLICT (vendor, credential) DO UPDATE SET paused = excluded.paused, reason = excluded.reason";
        let each = "UPDATE reachout_outbox_lanes SET paused = 0, reason = NULL";
        let (vendor, credential) = lane.map_or(("", ""), |lane| (lane.vendor.id(), lane.credential.as_str()));
        if lane.is_none() && !paused {
            execute!(self, query(each));
        } else {
            execute!(self, query(one).bind(vendor).bind(credential).bind(i64::from(paused)).bind(reason));
        }
        Ok(())
    }

    pub(crate) async fn cancel(&self, filter: &Filter) -> Result<u64, Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET state = 'cancelled', worker = NULL, code = 'withdrawn', reason = NULL, changed_at = ",
            now!(),
            " WHERE state = 'queued' AND ($1 IS NULL OR vendor = $1) AND ($2 IS NULL OR credential = $2) AND ($3 IS NULL OR state = $3)"
        );
        self.change(sql, filter).await
    }

    pub(crate) async fn retry(&self, filter: &Filter) -> Result<u64, Error> {
        // Attempts count on, since each is a row; the bound on them counts from here.
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET state = 'queued', worker = NULL, code = NULL, reason = NULL, first_attempt = attempt, due_at = ",
            now!(),
            ", changed_at = ",
            now!(),
            " WHERE content IS NOT NULL AND ($1 IS NULL OR vendor = $1) AND ($2 IS NULL OR credential = $2) AND state = $3"
        );
        self.change(sql, filter).await
    }

    async fn change(&self, sql: &'static str, filter: &Filter) -> Result<u64, Error> {
        let Filter { vendor, credential, state } = filter;
        let (vendor, state) = (vendor.map(Vendor::id), state.map(State::name));
        Ok(execute!(self, query(sql).bind(vendor).bind(credential).bind(state)))
    }

    /// Settles a message that is `unknown`; false if it is not.
    pub(crate) async fn resolve(&self, id: i64, resolution: &Resolution) -> Result<bool, Error> {
        match resolution {
            Resolution::Resend => {
                let sql = concat!(
                    "UPDATE reachout_outbox_messages SET state = 'queued', worker = NULL, code = NULL, reason = NULL, first_attempt = attempt, due_at = ",
                    now!(),
                    ", changed_at = ",
                    now!(),
                    " WHERE id = $1 AND state = 'unknown' AND content IS NOT NULL"
                );
                Ok(execute!(self, query(sql).bind(id)) > 0)
            }
            Resolution::Sent(sent) => {
                let settle = concat!(
                    "UPDATE reachout_outbox_messages SET state = 'accepted', worker = NULL, code = 'resolved', reason = NULL,
                        conversation = COALESCE($1, conversation), changed_at = ",
                    now!(),
                    " WHERE id = $2 AND state = 'unknown' RETURNING vendor"
                );
                let name = "INSERT INTO reachout_outbox_ids (vendor, vendor_id, message) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                Ok(transaction!(self, |transaction| {
                    let vendor: Option<String> =
                        query_scalar(settle).bind(&sent.conversation_id).bind(id).fetch_optional(&mut *transaction).await?;
                    for vendor_id in &sent.message_ids {
                        query(name).bind(vendor.as_deref()).bind(vendor_id).bind(id).execute(&mut *transaction).await?;
                    }
                    vendor.is_some()
                }))
            }
        }
    }

    pub(crate) async fn stop_follow_ups(&self, id: i64, reason: &str) -> Result<u64, Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET state = 'cancelled', worker = NULL, code = 'follow-up-stopped', reason = $1, changed_at = ",
            now!(),
            " WHERE state = 'queued' AND id <> $2 AND sequence = (SELECT sequence FROM reachout_outbox_messages WHERE id = $2)"
        );
        Ok(execute!(self, query(sql).bind(reason).bind(id)))
    }

    pub(crate) async fn suppress(&self, address: &str, channel: Option<Channel>, reason: &str) -> Result<(), Error> {
        let sql = concat!(
            "INSERT INTO reachout_outbox_suppressed (address, channel, reason, added_at) VALUES ($1, $2, $3, ",
            now!(),
            ") ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason"
        );
        let channel = channel.map_or("", Channel::name);
        execute!(self, query(sql).bind(address).bind(channel).bind(reason));
        Ok(())
    }

    pub(crate) async fn unsuppress(&self, address: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM reachout_outbox_suppressed WHERE address = $1";
        Ok(execute!(self, query(sql).bind(address)) > 0)
    }

    pub(crate) async fn suppressed(&self, after: Option<&str>, most: u32) -> Result<Vec<Suppressed>, Error> {
        let sql = "SELECT address, channel, reason, added_at FROM reachout_outbox_suppressed
            WHERE ($1 IS NULL OR address > $1) ORDER BY address, channel LIMIT $2";
        let rows: Vec<(String, String, String, i64)> =
            read!(self, |pool| query_as(sql).bind(after).bind(i64::from(most)).fetch_all(pool).await?);
        let listed = |(address, channel, reason, added_at): (String, String, String, i64)| Suppressed {
            address,
            channel: Some(channel).filter(|channel| !channel.is_empty()),
            reason,
            added_at: from_ms(added_at),
        };
        Ok(rows.into_iter().map(listed).collect())
    }
}
