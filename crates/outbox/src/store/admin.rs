//! What people do to messages: pause, withdraw, try again, settle, purge.

use std::time::Duration;

use sqlx::{query, query_scalar};

use super::filter::{Terms, bound, selected};
use super::people::stopped;
use super::{Store, execute, now, transaction};
use crate::entry::Filter;
use crate::envelope::Lane;
use crate::outbox::Resolution;
use crate::time::milliseconds;
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
            " WHERE m.state = 'queued' AND ",
            selected!()
        );
        self.change(sql, filter).await
    }

    pub(crate) async fn retry(&self, filter: &Filter) -> Result<u64, Error> {
        // Attempts count on, since each is a row; the bound on them counts from here. Whoever replied is not written to again.
        let sql = concat!(
            "UPDATE reachout_outbox_messages AS m SET state = 'queued', worker = NULL, code = NULL, reason = NULL,
                first_attempt = attempt, due_at = ",
            now!(),
            ", changed_at = ",
            now!(),
            " WHERE m.content IS NOT NULL AND COALESCE(m.code, '') <> 'follow-up-stopped'
            AND NOT EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
            stopped!("m"),
            ") AND ",
            selected!()
        );
        self.change(sql, filter).await
    }

    async fn change(&self, sql: &'static str, filter: &Filter) -> Result<u64, Error> {
        let terms = Terms::of(filter);
        Ok(execute!(self, bound!(query(sql), terms)))
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

    pub(crate) async fn purge(&self, older_than: Duration) -> Result<u64, Error> {
        // Reasons are the vendor's words, which may quote an address.
        let messages = concat!(
            "UPDATE reachout_outbox_messages SET key = NULL, content = NULL, reason = NULL, sender = '', sequence = NULL
            WHERE content IS NOT NULL AND state IN ('accepted', 'rejected', 'failed', 'cancelled', 'suppressed') AND changed_at <= ",
            now!(),
            " - $1"
        );
        let addresses = "DELETE FROM reachout_outbox_addresses
            WHERE message IN (SELECT id FROM reachout_outbox_messages WHERE content IS NULL)";
        let attempts = "UPDATE reachout_outbox_attempts SET reason = NULL WHERE reason IS NOT NULL
            AND message IN (SELECT id FROM reachout_outbox_messages WHERE content IS NULL)";
        Ok(transaction!(self, |transaction| {
            let purged = query(messages).bind(milliseconds(older_than)).execute(&mut *transaction).await?.rows_affected();
            query(attempts).execute(&mut *transaction).await?;
            query(addresses).execute(&mut *transaction).await?;
            purged
        }))
    }
}
