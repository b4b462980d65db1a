//! How far events are forwarded, and which deliveries an application has seen.

use sqlx::query;

use super::events::FORWARD;
use super::hash::hash;
use super::{Store, execute};
use crate::Error;

impl Store {
    /// Begins to forward what is delivered from now on; what waited before waits on.
    pub(crate) async fn begin_forwarding(&self) -> Result<(), Error> {
        let sql = "INSERT INTO reachout_outbox_readers (name, place) SELECT $1, COALESCE(MAX(id), 0) FROM reachout_outbox_events
            WHERE true ON CONFLICT (name) DO NOTHING";
        execute!(self, query(sql).bind(FORWARD));
        Ok(())
    }

    /// True for the first who asks about a delivery.
    pub(crate) async fn first_seen(&self, id: &str, at: i64) -> Result<bool, Error> {
        let sql = "INSERT INTO reachout_outbox_deliveries (delivery, seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        Ok(execute!(self, query(sql).bind(hash(id)).bind(at)) > 0)
    }

    /// Forgets a delivery.
    pub(crate) async fn forget(&self, id: &str) -> Result<(), Error> {
        execute!(self, query("DELETE FROM reachout_outbox_deliveries WHERE delivery = $1").bind(hash(id)));
        Ok(())
    }

    /// Forwards nothing more: what waits for it is not kept for it any longer.
    pub(crate) async fn end_forwarding(&self) -> Result<(), Error> {
        execute!(self, query("DELETE FROM reachout_outbox_readers WHERE name = $1").bind(FORWARD));
        Ok(())
    }

    /// An event was forwarded.
    pub(crate) async fn forwarded(&self, id: i64) -> Result<(), Error> {
        let sql = "UPDATE reachout_outbox_readers SET place = $1, problem = NULL WHERE name = $2 AND place < $1";
        execute!(self, query(sql).bind(id).bind(FORWARD));
        Ok(())
    }

    /// Why the next event is not forwarded yet.
    pub(crate) async fn not_forwarded(&self, problem: &str) -> Result<(), Error> {
        execute!(self, query("UPDATE reachout_outbox_readers SET problem = $1 WHERE name = $2").bind(problem).bind(FORWARD));
        Ok(())
    }
}
