//! The feed of what happened, which triggers write in the transactions in which it does.

use sqlx::{query, query_as, query_scalar};

use super::{Pool, Store, read, transaction};
use crate::Error;
use crate::feed::FeedEntry;
use crate::time::from_ms;

/// How many entries get their places at a time.
const PLACES: i64 = 10_000;

type Row = (
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn entry(row: Row) -> FeedEntry {
    let (place, at, kind, vendor, credential, campaign, message, event, address, channel, code, reason) = row;
    FeedEntry {
        place,
        at: from_ms(at),
        kind,
        vendor: vendor.and_then(|vendor| vendor.parse().ok()),
        credential,
        campaign,
        message,
        event,
        address,
        channel,
        code,
        reason,
    }
}

impl Store {
    /// At most `most` entries after a place.
    pub(crate) async fn feed(&self, after: i64, most: u32) -> Result<Vec<FeedEntry>, Error> {
        if matches!(&*self.0, Pool::Postgres { .. }) {
            self.place_entries().await?;
        }
        let sql = "SELECT place, at, kind, vendor, credential, campaign, message, event, address, channel, code, reason
            FROM reachout_outbox_feed WHERE place > $1 ORDER BY place LIMIT $2";
        let rows: Vec<Row> = read!(self, |pool| query_as(sql).bind(after).bind(i64::from(most)).fetch_all(pool).await?);
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Gives committed entries their places, in Postgres: what is committed later comes later, whenever its transaction began. Writers of
    /// SQLite take turns, so that their entries have them at once.
    async fn place_entries(&self) -> Result<(), Error> {
        let waits = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_feed WHERE place IS NULL)";
        // Those who give places take turns by it; the next statement then sees what the one before gave.
        let last = "SELECT last FROM reachout_outbox_feed_place FOR UPDATE";
        let give = "UPDATE reachout_outbox_feed f SET place = $1 + n.number FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number
            FROM (SELECT id FROM reachout_outbox_feed WHERE place IS NULL ORDER BY id LIMIT $2) AS first) AS n WHERE f.id = n.id";
        while read!(self, |pool| query_scalar(waits).fetch_one(pool).await?) {
            transaction!(self, |transaction| {
                let last: i64 = query_scalar(last).fetch_one(&mut *transaction).await?;
                let given = query(give).bind(last).bind(PLACES).execute(&mut *transaction).await?.rows_affected();
                let given = i64::try_from(given).unwrap_or(i64::MAX);
                query("UPDATE reachout_outbox_feed_place SET last = last + $1").bind(given).execute(&mut *transaction).await?;
            });
        }
        Ok(())
    }
}
