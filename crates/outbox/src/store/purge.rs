//! Removing what is known of people from messages that were settled long ago.

use std::time::Duration;

use chrono::Days;
use sqlx::{SqlitePool, query, query_scalar};

use super::{Pool, Store, transaction};
use crate::Error;
use crate::time::{from_ms, milliseconds};

/// Which messages: an index has them.
macro_rules! settled_before {
    () => {
        "content IS NOT NULL AND state NOT IN ('queued', 'sending', 'unknown') AND state <> 'held' AND changed_at <= $1"
    };
}

// Reasons are the vendor's words, which may quote an address.
const ATTEMPTS: &str = concat!(
    "UPDATE reachout_outbox_attempts SET reason = NULL WHERE reason IS NOT NULL AND message IN (SELECT id FROM reachout_outbox_messages WHERE ",
    settled_before!(),
    ")"
);
const MESSAGES: &str = concat!(
    "UPDATE reachout_outbox_messages SET key = NULL, content = NULL, reason = NULL, sender = '', sequence = NULL WHERE ",
    settled_before!()
);
const ADDRESSES: &str = concat!(
    "DELETE FROM reachout_outbox_addresses WHERE message IN (SELECT id FROM reachout_outbox_messages WHERE ",
    settled_before!(),
    ")"
);
/// Of people all of whose messages were purged.
const PEOPLE: &str = "UPDATE reachout_outbox_enrolments SET details = NULL WHERE details IS NOT NULL AND changed_at <= $1
    AND NOT EXISTS (SELECT 1 FROM reachout_outbox_messages m WHERE m.enrolment = reachout_outbox_enrolments.id AND m.content IS NOT NULL)";
/// Arguments name recipients; who asked for which message, when, is kept.
const AUDIT: &str = "UPDATE reachout_outbox_audit SET arguments = NULL, result = NULL WHERE arguments IS NOT NULL AND started_at <= $1";
/// What vendors delivered, but for what is still to be forwarded. The hashes stay: the same event again is known.
const EVENTS: &str = "UPDATE reachout_outbox_events SET body = NULL, problem = NULL WHERE body IS NOT NULL AND received_at <= $1
    AND NOT EXISTS (SELECT 1 FROM reachout_outbox_readers r WHERE r.name = 'forward' AND r.place < reachout_outbox_events.id)";
/// Vendors deliver again for hours.
const DELIVERIES: &str = "DELETE FROM reachout_outbox_deliveries WHERE seen_at <= $1 AND seen_at <= $2 - 172800000";
const FEED: &str = "DELETE FROM reachout_outbox_feed WHERE at <= $1";
const DAYS: &str = "DELETE FROM reachout_outbox_daily WHERE day < $1";
/// That it is still in the file, should this process end before it is not.
const OWED: &str = "INSERT INTO reachout_outbox_vacuum (owed) VALUES (1) ON CONFLICT DO NOTHING";

impl Store {
    pub(crate) async fn purge(&self, older_than: Duration) -> Result<u64, Error> {
        // A day is over everywhere two days later.
        let now = self.now().await?;
        let before = now - milliseconds(older_than);
        let days = from_ms(now).checked_sub_days(Days::new(2)).map(|day| day.date_naive().to_string()).unwrap_or_default();
        let purged = transaction!(self, |transaction| {
            query(DAYS).bind(days).execute(&mut *transaction).await?;
            query(ATTEMPTS).bind(before).execute(&mut *transaction).await?;
            query(ADDRESSES).bind(before).execute(&mut *transaction).await?;
            let audited = query(AUDIT).bind(before).execute(&mut *transaction).await?.rows_affected();
            let purged = query(MESSAGES).bind(before).execute(&mut *transaction).await?.rows_affected();
            query(PEOPLE).bind(before).execute(&mut *transaction).await?;
            let mut others = audited;
            query(DELIVERIES).bind(before).bind(now).execute(&mut *transaction).await?;
            for sql in [EVENTS, FEED] {
                others += query(sql).bind(before).execute(&mut *transaction).await?.rows_affected();
            }
            if purged + others > 0 {
                query(OWED).execute(&mut *transaction).await?;
            }
            purged
        });
        match &*self.0 {
            Pool::Sqlite { write, .. } => vacuum(write).await?,
            Pool::Postgres { .. } => {}
        }
        Ok(purged)
    }
}

/// Writes the file anew, without what was deleted, and empties the log.
async fn vacuum(pool: &SqlitePool) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    let owed: bool = query_scalar("SELECT EXISTS (SELECT 1 FROM reachout_outbox_vacuum)").fetch_one(&mut *connection).await?;
    if !owed {
        return Ok(());
    }
    query("VACUUM").execute(&mut *connection).await?;
    let busy: i64 = query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    if busy != 0 {
        let why = "what was purged is still in the write-ahead log, which another process reads; purge again";
        return Err(Error::Other(why.to_owned()));
    }
    query("DELETE FROM reachout_outbox_vacuum").execute(&mut *connection).await?;
    Ok(())
}
