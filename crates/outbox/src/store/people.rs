//! Whom nothing is sent to: the suppression list, and the sequences that a reply stopped.

use reachout_messenger::{Channel, Vendor};
use sqlx::{query, query_as, query_scalar};

use super::insert::hash;
use super::{Store, execute, now, read, transaction};
use crate::entry::Suppressed;
use crate::envelope::Lane;
use crate::time::from_ms;
use crate::{Address, Error};

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

/// An address to be put on the list.
pub(crate) struct Listing {
    pub(crate) address: Address,
    pub(crate) channel: Option<Channel>,
    pub(crate) reason: String,
}

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
            " WHERE state = 'queued' AND sequence_hash = (SELECT sequence_hash FROM reachout_outbox_messages WHERE id = $2)
            AND EXISTS (SELECT 1 FROM reachout_outbox_stops s WHERE ",
            stopped!("reachout_outbox_messages"),
            ")"
        );
        Ok(transaction!(self, |transaction| {
            query(stop).bind(reason).bind(id).execute(&mut *transaction).await?;
            query(withdraw).bind(reason).bind(id).execute(&mut *transaction).await?.rows_affected()
        }))
    }

    /// Puts addresses on the list: all or none of them.
    pub(crate) async fn suppress(&self, list: &[Listing]) -> Result<(), Error> {
        let sql = concat!(
            "INSERT INTO reachout_outbox_suppressed (address, channel, reason, added_at) VALUES ($1, $2, $3, ",
            now!(),
            ") ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason"
        );
        transaction!(self, |transaction| {
            for Listing { address, channel, reason } in list {
                let channel = channel.map_or("", Channel::name);
                query(sql).bind(address.as_str()).bind(channel).bind(reason).execute(&mut *transaction).await?;
            }
        });
        Ok(())
    }

    pub(crate) async fn unsuppress(&self, address: &Address) -> Result<bool, Error> {
        let sql = "DELETE FROM reachout_outbox_suppressed WHERE address = $1";
        Ok(execute!(self, query(sql).bind(address.as_str())) > 0)
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

    /// Why an address is on the list for a channel, if it is.
    pub(crate) async fn listed(&self, address: &Address, channel: Channel) -> Result<Option<String>, Error> {
        let sql = "SELECT reason FROM reachout_outbox_suppressed WHERE address = $1 AND channel IN ('', $2) ORDER BY channel LIMIT 1";
        Ok(read!(self, |pool| query_scalar(sql).bind(address.as_str()).bind(channel.name()).fetch_optional(pool).await?))
    }

    /// Whether an account, or everything, is paused, and why.
    pub(crate) async fn pause_of(&self, lane: &Lane) -> Result<Option<Option<String>>, Error> {
        let sql = "SELECT reason FROM reachout_outbox_lanes
            WHERE paused = 1 AND (vendor = '' OR (vendor = $1 AND credential = $2)) ORDER BY vendor LIMIT 1";
        Ok(read!(self, |pool| query_scalar(sql).bind(lane.vendor.id()).bind(&lane.credential).fetch_optional(pool).await?))
    }

    /// How many messages a sender has had of a day.
    pub(crate) async fn used_of_day(&self, lane: &Lane, sender: &str, day: &str) -> Result<i64, Error> {
        let sql = "SELECT used FROM reachout_outbox_daily WHERE vendor = $1 AND credential = $2 AND sender = $3 AND day = $4";
        let (vendor, credential) = (lane.vendor.id(), &lane.credential);
        let used: Option<i64> =
            read!(self, |pool| query_scalar(sql).bind(vendor).bind(credential).bind(sender).bind(day).fetch_optional(pool).await?);
        Ok(used.unwrap_or(0))
    }

    /// The addresses of a message's recipient, in their canonical form; none where they were purged.
    pub(crate) async fn own_addresses(&self, id: i64) -> Result<Vec<String>, Error> {
        let sql = "SELECT address FROM reachout_outbox_addresses WHERE message = $1 AND own = 1 ORDER BY address";
        Ok(read!(self, |pool| query_scalar(sql).bind(id).fetch_all(pool).await?))
    }

    /// The ids of a vendor's messages to somebody who is known by this address; by the recipient alone where addresses were purged.
    pub(crate) async fn messages_to(&self, vendor: Vendor, address: &Address) -> Result<Vec<i64>, Error> {
        let sql = "SELECT id FROM reachout_outbox_messages WHERE vendor = $1 AND (recipient = $2
            OR id IN (SELECT message FROM reachout_outbox_addresses WHERE address = $3 AND own = 1)) ORDER BY id";
        let recipient = hash(address.as_str());
        Ok(read!(self, |pool| query_scalar(sql).bind(vendor.id()).bind(recipient).bind(address.as_str()).fetch_all(pool).await?))
    }
}
