//! How far events are forwarded.

use sqlx::query;

use super::events::FORWARD;
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
