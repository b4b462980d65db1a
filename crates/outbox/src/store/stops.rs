//! Sequences that a reply stopped.

use sqlx::{query, query_as};

use super::filter::{Terms, bound, selected};
use super::{Store, now, transaction};
use crate::Error;
use crate::entry::Filter;

/// Whether a stop `s` concerns a message. Another recipient of the same kind at the same vendor is another person; whether one at another
/// vendor is, nobody knows, and so it is stopped too.
macro_rules! stopped {
    ($message:literal) => {
        concat!(
            "s.credential = ",
            $message,
            ".credential AND s.sequence = ",
            $message,
            ".sequence_hash AND (s.vendor <> ",
            $message,
            ".vendor OR s.kind <> ",
            $message,
            ".recipient_kind OR s.recipient = ",
            $message,
            ".recipient)"
        )
    };
}
pub(super) use stopped;

/// A row of the stops, without its reason: credential, sequence, vendor, kind and recipient.
type Stop = (String, Vec<u8>, String, String, Vec<u8>);

impl Store {
    /// Stops the sequence of a message for good, and withdraws what is queued of it: how many messages.
    pub(crate) async fn stop_follow_ups(&self, id: i64, reason: &str) -> Result<u64, Error> {
        let stop = concat!(
            "INSERT INTO reachout_outbox_stops (credential, sequence, vendor, kind, recipient, reason, stopped_at)
            SELECT credential, sequence_hash, vendor, recipient_kind, recipient, CAST($1 AS TEXT), ",
            now!(),
            " FROM reachout_outbox_messages WHERE id = $2 AND sequence_hash IS NOT NULL ON CONFLICT DO NOTHING"
        );
        let withdraw = concat!(
            "UPDATE reachout_outbox_messages SET state = 'cancelled', worker = NULL, code = 'follow-up-stopped', reason = $1, changed_at = ",
            now!(),
            " WHERE state IN ('held', 'queued') AND sequence_hash = (SELECT sequence_hash FROM reachout_outbox_messages WHERE id = $2)
            AND EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
            stopped!("reachout_outbox_messages"),
            ")"
        );
        Ok(transaction!(self, |transaction| {
            query(stop).bind(reason).bind(id).execute(&mut *transaction).await?;
            query(withdraw).bind(reason).bind(id).execute(&mut *transaction).await?.rows_affected()
        }))
    }

    /// Ends the stops that concern these messages, and queues again what they withdrew, unless another stop concerns it: how many stops, and
    /// how many messages.
    pub(crate) async fn resume_follow_ups(&self, filter: &Filter) -> Result<(u64, u64), Error> {
        let concerned = concat!(
            "SELECT DISTINCT s.credential, s.sequence, s.vendor, s.kind, s.recipient FROM reachout_outbox_stops s
            JOIN reachout_outbox_messages m ON ",
            stopped!("m"),
            " WHERE ",
            selected!()
        );
        let end =
            "DELETE FROM reachout_outbox_stops WHERE credential = $1 AND sequence = $2 AND vendor = $3 AND kind = $4 AND recipient = $5";
        let queue = concat!(
            "UPDATE reachout_outbox_messages AS m SET state = CASE approved WHEN 1 THEN 'queued' ELSE 'held' END, worker = NULL, code = NULL, reason = NULL,
                first_attempt = attempt, unclear_checks = 0, changed_at = ",
            now!(),
            " WHERE m.state = 'cancelled' AND m.code = 'follow-up-stopped' AND m.content IS NOT NULL AND m.credential = $1
            AND m.sequence_hash = $2 AND (m.vendor <> $3 OR m.recipient_kind <> $4 OR m.recipient = $5)
            AND NOT EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
            stopped!("m"),
            ")"
        );
        let terms = Terms::of(filter);
        Ok(transaction!(self, |transaction| {
            let stops: Vec<Stop> = bound!(query_as(concerned), terms).fetch_all(&mut *transaction).await?;
            let (mut ended, mut queued) = (0, 0);
            for (sql, count) in [(end, &mut ended), (queue, &mut queued)] {
                for (credential, sequence, vendor, kind, recipient) in &stops {
                    let change = query(sql).bind(credential).bind(sequence).bind(vendor).bind(kind).bind(recipient);
                    *count += change.execute(&mut *transaction).await?.rows_affected();
                }
            }
            (ended, queued)
        }))
    }
}
