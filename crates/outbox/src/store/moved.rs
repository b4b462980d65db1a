//! A clock that was moved.

use sqlx::{query, query_as, query_scalar};

use super::{Store, execute, now, read, tick};
use crate::Error;
use crate::time_source::TimeReading;

/// Clocks that differ by less show the same.
const SAME_MS: f64 = 50.0;

impl Store {
    /// Whether the outbox goes by another clock than the server's.
    pub(crate) async fn is_moved(&self) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_time)";
        Ok(read!(self, |pool| query_scalar(sql).fetch_one(pool).await?))
    }

    pub(crate) async fn set_time(&self, reading: TimeReading) -> Result<(), Error> {
        let TimeReading { now, speed } = reading;
        let ms = now.timestamp_millis();
        let sql = concat!("SELECT ", now!(), ", (SELECT speed FROM reachout_outbox_time)");
        let (current, goes): (i64, Option<f64>) = read!(self, |pool| query_as(sql).fetch_one(pool).await?);
        #[expect(clippy::cast_precision_loss, reason = "a difference of centuries is none that counts")]
        let differs = (current - ms) as f64;
        if goes.is_some_and(|goes| (goes - speed).abs() < f64::EPSILON) && differs.abs() <= SAME_MS * speed.max(1.0) {
            return Ok(());
        }
        // One row, also when two runners set it at once.
        let insert = concat!(
            "INSERT INTO reachout_outbox_time (id, time_ms, server_ms, speed) VALUES (1, $1, ",
            tick!(),
            ", $2) ON CONFLICT (id) DO UPDATE SET time_ms = excluded.time_ms, server_ms = excluded.server_ms, speed = excluded.speed"
        );
        execute!(self, query(insert).bind(ms).bind(speed));
        Ok(())
    }

    pub(crate) async fn reset_time(&self) -> Result<(), Error> {
        execute!(self, query("DELETE FROM reachout_outbox_time"));
        Ok(())
    }

    /// The outbox's clock, in milliseconds since 1970.
    pub(crate) async fn now(&self) -> Result<i64, Error> {
        Ok(read!(self, |pool| query_scalar("SELECT ms FROM reachout_outbox_clock").fetch_one(pool).await?))
    }
}
