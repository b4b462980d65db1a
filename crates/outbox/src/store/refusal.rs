//! What stands against sending a message, in one query for all who ask.

use sqlx::{query, query_as};

use super::claim::{Claimed, SETTLE};
use super::hash::hash;
use super::set::set;
use super::step::steps;
use super::{Store, now, read, transaction};
use crate::refusal::Refusal;
use crate::resolved::Resolved;
use crate::{Channel, Envelope, Error, State};

/// Whether something that is said of the channel of a row counts for a message `m`. What is said of LinkedIn counts for all that LinkedIn
/// carries; what is said of no channel, for all.
macro_rules! covers {
    ($row:literal) => {
        concat!(
            "(",
            $row,
            ".channel = '' OR m.channel IS NULL OR ",
            $row,
            ".channel = m.channel OR (",
            $row,
            ".channel = 'linkedin' AND m.channel IN ('linkedin-inmail', 'linkedin-invitation')))"
        )
    };
}

/// Whether a vendor's refusal `r` is about the recipient of a message `m`, by its channel.
macro_rules! refused {
    () => {
        concat!(
            "r.vendor = m.vendor AND r.credential = m.credential AND r.kind = m.recipient_kind AND r.recipient = m.recipient AND ",
            $crate::store::refusal::covers!("r")
        )
    };
}

/// The columns of a message that count.
macro_rules! columns {
    () => {
        "id, vendor, credential, channel, key, key_hash, sequence_hash, recipient_kind, recipient, enrolment"
    };
}

/// The messages of a set `r` that are queued.
macro_rules! queued {
    () => {
        concat!("SELECT ", $crate::store::refusal::columns!(), " FROM reachout_outbox_messages WHERE id IN (SELECT id FROM r)")
    };
}

/// All that stands against sending the messages `m`, each with its place in the order in which it counts.
macro_rules! found {
    () => {
        concat!(
            "SELECT m.id AS id, 1 AS place, 'paused' AS refusal, l.reason AS reason FROM m JOIN reachout_outbox_accounts l
                    ON l.paused = 1 AND (l.vendor = '' OR (l.vendor = m.vendor AND l.credential = m.credential))
                UNION ALL SELECT m.id, 2, 'message-paused', NULL FROM m WHERE ",
            $crate::store::pause::paused!(),
            " UNION ALL SELECT m.id, 3, 'suppressed', s.reason FROM m JOIN reachout_outbox_addresses a ON a.message = m.id
                    JOIN reachout_outbox_suppressed s ON s.address = a.address AND ",
            $crate::store::refusal::covers!("s"),
            " UNION ALL SELECT m.id, 4, 'stopped', s.reason FROM m JOIN reachout_outbox_stops s ON ",
            $crate::store::stops::stopped!("m"),
            " UNION ALL SELECT m.id, 5, 'stopped', e.stopped FROM m
                    JOIN reachout_outbox_enrolments e ON e.id = m.enrolment AND e.stopped IS NOT NULL
                UNION ALL SELECT m.id, 6, 'vendor', r.code FROM m JOIN reachout_outbox_refused r ON ",
            $crate::store::refusal::refused!()
        )
    };
}
pub(super) use {columns, covers, found, queued, refused};

/// [`queued!`] of a set of steps, with what stands against them.
macro_rules! of_queued {
    ($database:ident) => {
        concat!(
            "WITH r AS (",
            steps!($database),
            "), m AS (",
            queued!(),
            ") SELECT id, refusal, reason FROM (",
            found!(),
            ") AS found ORDER BY id, place"
        )
    };
}

/// Of messages that are queued, what stands against each, the first before the others. Its parameter is a set of steps.
pub(super) const OF_QUEUED_SQLITE: &str = of_queued!(sqlite);
pub(super) const OF_QUEUED_POSTGRES: &str = of_queued!(postgres);

/// Of a message that is not: its parameters are the columns but the id, and its addresses as JSON.
const OF_OTHER_SQLITE: &str = concat!(
    "WITH m (",
    columns!(),
    ") AS (SELECT 0, $1, $2, $3, $4, $5, $6, $7, $8, NULL), reachout_outbox_addresses (message, address) AS (SELECT 0, value FROM json_each($9))
    SELECT refusal, reason FROM (",
    found!(),
    ") AS found ORDER BY place LIMIT 1"
);
const OF_OTHER_POSTGRES: &str = concat!(
    "WITH m (",
    columns!(),
    ") AS (SELECT CAST(0 AS BIGINT), CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BYTEA), CAST($6 AS BYTEA),
        CAST($7 AS TEXT), CAST($8 AS BYTEA), CAST(NULL AS BIGINT)),
    reachout_outbox_addresses (message, address) AS (SELECT CAST(0 AS BIGINT), value FROM json_array_elements_text(CAST($9 AS JSON)))
    SELECT refusal, reason FROM (",
    found!(),
    ") AS found ORDER BY place LIMIT 1"
);

/// Forgets what a vendor refused of a message's recipient, because it permits the message now.
pub(super) const PERMIT: &str = concat!(
    "DELETE FROM reachout_outbox_refused AS r WHERE EXISTS (SELECT 1 FROM reachout_outbox_messages m WHERE m.id = $1 AND ",
    refused!(),
    ")"
);

/// What is found: what stands against a message, and why.
pub(super) type Row = (String, Option<String>);
/// The same with the message's id.
pub(super) type QueuedRow = (i64, String, Option<String>);

/// A refusal as it is found.
pub(super) fn read_refusal((refusal, reason): Row) -> Refusal {
    match refusal.as_str() {
        "paused" => Refusal::Paused(reason),
        "message-paused" => Refusal::MessagePaused,
        "suppressed" => Refusal::Suppressed(reason.unwrap_or_default()),
        "stopped" => Refusal::Stopped(reason.unwrap_or_default()),
        _ => Refusal::Vendor(reason.unwrap_or_default()),
    }
}

impl Store {
    /// What stands against sending a message that is not queued.
    pub(crate) async fn refusal(&self, resolved: &Resolved, key: Option<&str>) -> Result<Option<Refusal>, Error> {
        let Resolved { envelope: Envelope { account, message, sequence, .. }, recipient, own, copies, .. } = resolved;
        let addresses: Vec<_> = own.iter().chain(copies).map(crate::Address::as_str).collect();
        let addresses = serde_json::Value::from(addresses).to_string();
        let sql = self.either(OF_OTHER_SQLITE, OF_OTHER_POSTGRES);
        let channel = message.channel.map(Channel::name);
        let (key_hash, sequence, recipient_hash) = (key.map(hash), sequence.as_deref().map(hash), hash(recipient.as_str()));
        let found: Option<Row> = read!(self, |pool| {
            let asked = query_as(sql).bind(account.vendor.id()).bind(&account.credential).bind(channel).bind(key).bind(&key_hash);
            let asked = asked.bind(&sequence).bind(recipient.kind().name()).bind(&recipient_hash).bind(&addresses);
            asked.fetch_optional(pool).await?
        });
        Ok(found.map(read_refusal))
    }

    /// Settles a held message whose recipient the vendor refuses, by one channel or by all, and keeps that for later messages.
    pub(crate) async fn refuse(&self, claimed: &Claimed, code: &str, reason: &str, channel: Option<Channel>) -> Result<(), Error> {
        let keep = concat!(
            "INSERT INTO reachout_outbox_refused (vendor, credential, kind, recipient, channel, code, refused_at)
            SELECT vendor, credential, recipient_kind, recipient, CAST($1 AS TEXT), CAST($2 AS TEXT), ",
            now!(),
            " FROM reachout_outbox_messages WHERE id = $3
            ON CONFLICT (vendor, credential, kind, recipient, channel) DO UPDATE SET code = excluded.code, refused_at = excluded.refused_at"
        );
        let Claimed { id, worker, attempt, .. } = claimed;
        transaction!(self, |transaction| {
            query(keep).bind(channel.map_or("", Channel::name)).bind(code).bind(id).execute(&mut *transaction).await?;
            let settle = query(SETTLE).bind(State::Suppressed.name()).bind(code).bind(reason).bind(id).bind(worker).bind(attempt);
            settle.execute(&mut *transaction).await?;
        });
        Ok(())
    }
}
