//! The events that vendors' webhooks delivered, and how far those are who read them.

use reachout_messenger::Vendor;
use sqlx::{query, query_as, query_scalar};

use super::{Store, execute, now, read};
use crate::received::{Forwarding, VendorEvent};
use crate::time::from_ms;
use crate::{Error, SignalKind};

/// An event that was just delivered.
pub(crate) struct NewEvent {
    pub(crate) vendor: Vendor,
    pub(crate) name: String,
    pub(crate) delivery: Vec<u8>,
    pub(crate) subject: Option<Vec<u8>>,
    pub(crate) body: Vec<u8>,
    pub(crate) problem: Option<String>,
}

/// The event that this one is, by the id of its delivery, or by the message and what it says of it. A delivery's id that comes with another
/// message is another event: an id that a vendor reuses must not lose a reply.
pub(super) const KNOWN: &str = "SELECT id FROM reachout_outbox_events WHERE vendor = $1
    AND (subject = $3 OR (delivery = $2 AND (subject IS NULL OR $3 IS NULL))) ORDER BY id LIMIT 1";
pub(super) const INSERT: &str = concat!(
    "INSERT INTO reachout_outbox_events (vendor, name, delivery, subject, body, kind, problem, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, ",
    now!(),
    ") RETURNING id"
);
pub(super) const COUNTS: &str = "UPDATE reachout_outbox_events SET messages = $1, stopped = $2, suppressed = $3 WHERE id = $4";

/// The reader that sends events on.
pub(super) const FORWARD: &str = "forward";

type Row = (i64, String, String, Option<Vec<u8>>, Option<String>, Option<String>, i64, i64, i64, i64);

fn event(row: Row) -> Result<VendorEvent, Error> {
    let (id, vendor, name, body, kind, problem, messages, stopped, suppressed, received_at) = row;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(VendorEvent {
        id,
        vendor: vendor.parse().map_err(|_| Error::Unreadable { id, field: "vendor" })?,
        name,
        kind: kind.and_then(|word| SignalKind::ALL.into_iter().find(|kind| kind.word() == word)),
        problem,
        messages: count(messages),
        stopped: count(stopped),
        suppressed: count(suppressed),
        received_at: from_ms(received_at),
        body,
    })
}

impl Store {
    /// At most `most` events after the one with the id `after`.
    pub(crate) async fn events(&self, after: i64, most: u32) -> Result<Vec<VendorEvent>, Error> {
        let sql = "SELECT id, vendor, name, body, kind, problem, messages, stopped, suppressed, received_at FROM reachout_outbox_events
            WHERE id > $1 ORDER BY id LIMIT $2";
        let rows: Vec<Row> = read!(self, |pool| query_as(sql).bind(after).bind(i64::from(most)).fetch_all(pool).await?);
        rows.into_iter().map(event).collect()
    }

    /// Where events were forwarded up to, what waits, and why.
    pub(crate) async fn forwarding(&self) -> Result<Option<Forwarding>, Error> {
        let sql = "SELECT place, (SELECT COUNT(*) FROM reachout_outbox_events WHERE id > place), problem FROM reachout_outbox_readers
            WHERE name = $1";
        let row: Option<(i64, i64, Option<String>)> = read!(self, |pool| query_as(sql).bind(FORWARD).fetch_optional(pool).await?);
        Ok(row.map(|(place, waiting, problem)| Forwarding { place, waiting: u64::try_from(waiting).unwrap_or(0), problem }))
    }

    /// How far a reader of the feed is, from the beginning of what is kept where it is new.
    pub(crate) async fn place_of(&self, reader: &str) -> Result<i64, Error> {
        let sql = "SELECT place FROM reachout_outbox_readers WHERE name = $1";
        let place: Option<i64> = read!(self, |pool| query_scalar(sql).bind(format!("feed {reader}")).fetch_optional(pool).await?);
        Ok(place.unwrap_or(0))
    }

    /// A reader of the feed is done with everything up to a place.
    pub(crate) async fn set_place(&self, reader: &str, place: i64) -> Result<(), Error> {
        let sql =
            "INSERT INTO reachout_outbox_readers (name, place) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET place = excluded.place";
        execute!(self, query(sql).bind(format!("feed {reader}")).bind(place));
        Ok(())
    }
}
