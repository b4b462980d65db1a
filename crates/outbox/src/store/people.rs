//! The suppression list, and whom messages reach.

use reachout_messenger::Channel;
use sqlx::{query, query_as};

use super::{Store, execute, now, read, transaction};
use crate::entry::Suppressed;
use crate::time::from_ms;
use crate::{Address, Error};

/// An address to be put on the list.
pub(crate) struct Listing {
    pub(crate) address: Address,
    pub(crate) channel: Option<Channel>,
    pub(crate) reason: String,
}

pub(super) const SUPPRESS: &str = concat!(
    "INSERT INTO reachout_outbox_suppressed (address, channel, reason, added_at) VALUES ($1, $2, $3, ",
    now!(),
    ") ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason"
);
/// The addresses of a message's recipient, in their canonical form; none where they were purged.
pub(super) const OWN_ADDRESSES: &str = "SELECT address FROM reachout_outbox_addresses WHERE message = $1 AND own = 1 ORDER BY address";
/// A vendor's messages to somebody who is known by an address; by the recipient alone where addresses were purged.
pub(super) const MESSAGES_TO: &str = "SELECT id FROM reachout_outbox_messages WHERE vendor = $1 AND (recipient = $2
    OR id IN (SELECT message FROM reachout_outbox_addresses WHERE address = $3 AND own = 1)) ORDER BY id";

impl Store {
    /// Puts addresses on the list: all or none of them.
    pub(crate) async fn suppress(&self, list: &[Listing]) -> Result<(), Error> {
        transaction!(self, |transaction| {
            for Listing { address, channel, reason } in list {
                let channel = channel.map_or("", Channel::name);
                query(SUPPRESS).bind(address.as_str()).bind(channel).bind(reason).execute(&mut *transaction).await?;
            }
        });
        Ok(())
    }

    pub(crate) async fn unsuppress(&self, address: &Address) -> Result<bool, Error> {
        let sql = "DELETE FROM reachout_outbox_suppressed WHERE address = $1";
        Ok(execute!(self, query(sql).bind(address.as_str())) > 0)
    }

    /// The list after an entry of it, in the order of its key.
    pub(crate) async fn suppressed(&self, after: Option<&Suppressed>, most: u32) -> Result<Vec<Suppressed>, Error> {
        let sql = "SELECT address, channel, reason, added_at FROM reachout_outbox_suppressed
            WHERE ($1 IS NULL OR (address, channel) > ($1, $2)) ORDER BY address, channel LIMIT $3";
        let (address, channel) = after.map(|after| (&after.address, after.channel.as_deref().unwrap_or_default())).unzip();
        let rows: Vec<(String, String, String, i64)> =
            read!(self, |pool| query_as(sql).bind(address).bind(channel).bind(i64::from(most)).fetch_all(pool).await?);
        let listed = |(address, channel, reason, added_at): (String, String, String, i64)| Suppressed {
            address,
            channel: Some(channel).filter(|channel| !channel.is_empty()),
            reason,
            added_at: from_ms(added_at),
        };
        Ok(rows.into_iter().map(listed).collect())
    }
}
