//! Sequences that a reply stopped.

use sqlx::{query, query_as, query_scalar};

use super::campaign::{Place, advance};
use super::filter::{Terms, bound, selected};
use super::insert::Insert as _;
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

/// Whether a message is of a campaign that does not stop for a reason.
pub(super) const AGREED: &str =
    "SELECT EXISTS (SELECT 1 FROM reachout_outbox_messages m JOIN reachout_outbox_campaigns c ON c.id = m.campaign
    WHERE m.id = $1 AND ' ' || c.stop_on || ' ' NOT LIKE '% ' || CAST($2 AS TEXT) || ' %')";
pub(super) const STOP: &str = concat!(
    "INSERT INTO reachout_outbox_stops (credential, sequence, vendor, kind, recipient, reason, stopped_at)
    SELECT credential, sequence_hash, vendor, recipient_kind, recipient, CAST($1 AS TEXT), ",
    now!(),
    " FROM reachout_outbox_messages WHERE id = $2 AND sequence_hash IS NOT NULL ON CONFLICT DO NOTHING"
);
// Before what is queued is withdrawn: the transaction that records an acceptance queues the next step only where this was not done.
pub(super) const END: &str = concat!(
    "UPDATE reachout_outbox_enrolments SET stopped = $1, changed_at = ",
    now!(),
    " WHERE stopped IS NULL AND id = (SELECT enrolment FROM reachout_outbox_messages WHERE id = $2)"
);
pub(super) const WITHDRAW: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = 'cancelled', worker = NULL, code = 'follow-up-stopped', reason = $1, changed_at = ",
    now!(),
    " WHERE state IN ('held', 'queued') AND sequence_hash = (SELECT sequence_hash FROM reachout_outbox_messages WHERE id = $2)
    AND EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
    stopped!("reachout_outbox_messages"),
    ")"
);

/// Stops the sequence of a message for good, in a transaction, and withdraws what is queued of it: how many messages.
macro_rules! stop {
    ($transaction:expr, $id:expr, $reason:expr) => {{
        use $crate::store::stops::{END, STOP, WITHDRAW};
        for sql in [STOP, END] {
            sqlx::query(sql).bind($reason).bind($id).execute(&mut *$transaction).await?;
        }
        sqlx::query(WITHDRAW).bind($reason).bind($id).execute(&mut *$transaction).await?.rows_affected()
    }};
}
pub(super) use stop;

impl Store {
    /// Stops the sequence of a message because a person says so: how many messages are withdrawn.
    pub(crate) async fn stop(&self, id: i64, reason: &str) -> Result<u64, Error> {
        Ok(transaction!(self, |transaction| stop!(transaction, id, reason)))
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
        // Whose step is not queued, because it was being sent when they replied.
        let go_on = concat!(
            "UPDATE reachout_outbox_enrolments AS e SET stopped = NULL, resumed_at = ",
            now!(),
            ", changed_at = ",
            now!(),
            " WHERE e.stopped IS NOT NULL AND e.stopped <> 'withdrawn' AND e.id IN (SELECT m.enrolment FROM reachout_outbox_messages m WHERE m.enrolment IS NOT NULL AND ",
            selected!(),
            ") RETURNING campaign, id, step"
        );
        let accepted = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_messages WHERE enrolment = $1 AND step = $2 AND state = 'accepted')";
        let terms = Terms::of(filter);
        let sequences = self.sequences().await?;
        Ok(transaction!(self, |transaction| {
            let stops: Vec<Stop> = bound!(query_as(concerned), terms).fetch_all(&mut *transaction).await?;
            let (mut ended, mut queued) = (0, 0);
            for (sql, count) in [(end, &mut ended), (queue, &mut queued)] {
                for (credential, sequence, vendor, kind, recipient) in &stops {
                    let change = query(sql).bind(credential).bind(sequence).bind(vendor).bind(kind).bind(recipient);
                    *count += change.execute(&mut *transaction).await?.rows_affected();
                }
            }
            let enrolments: Vec<(i64, i64, i64)> = bound!(query_as(go_on), terms).fetch_all(&mut *transaction).await?;
            for (campaign, enrolment, step) in enrolments {
                let place = Place { campaign, enrolment, step };
                let Some(sequence) = sequences.get(&campaign) else { continue };
                if query_scalar(accepted).bind(enrolment).bind(step).fetch_one(&mut *transaction).await? {
                    advance!(transaction, sequence, place, None);
                }
            }
            (ended, queued)
        }))
    }
}
