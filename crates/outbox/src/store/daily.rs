//! How many messages each sender has sent in a day.

use sqlx::{query, query_scalar};

use super::hash::hash;
use super::{Store, execute, now, read};
use crate::{Account, Error};

/// A sender's day, and how many messages it may have.
#[derive(Clone)]
pub(crate) struct DailyUse {
    pub(crate) day: String,
    pub(crate) limit: u32,
}

/// Counts a message, if the day has room for one.
pub(super) const COUNT: &str = "INSERT INTO reachout_outbox_daily (vendor, credential, sender, day, used) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (vendor, credential, sender, day) DO UPDATE SET used = reachout_outbox_daily.used + 1
    WHERE reachout_outbox_daily.used < $5";
/// Of a sender's day: a message that was not sent does not count.
pub(super) const UNCOUNT: &str = "UPDATE reachout_outbox_daily SET used = used - 1
    WHERE vendor = $1 AND credential = $2 AND sender = $3 AND day = $4 AND used > 0";

impl Store {
    /// Begins a message of an account whose next one may begin `after` milliseconds later; or how long it is until one may begin.
    pub(crate) async fn space(&self, account: &Account, after: i64) -> Result<Option<i64>, Error> {
        let take = concat!(
            "UPDATE reachout_outbox_accounts SET spaced_until = ",
            now!(),
            " + $1 WHERE vendor = $2 AND credential = $3 AND spaced_until <= ",
            now!()
        );
        let left = concat!("SELECT spaced_until - ", now!(), " FROM reachout_outbox_accounts WHERE vendor = $1 AND credential = $2");
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        if execute!(self, query(take).bind(after).bind(vendor).bind(credential)) > 0 {
            return Ok(None);
        }
        let left: Option<i64> = read!(self, |pool| query_scalar(left).bind(vendor).bind(credential).fetch_optional(pool).await?);
        Ok(Some(left.unwrap_or(0).max(1)))
    }

    /// How many messages a sender has had of a day.
    pub(crate) async fn used_of_day(&self, account: &Account, sender: &str, day: &str) -> Result<i64, Error> {
        let sql = "SELECT used FROM reachout_outbox_daily WHERE vendor = $1 AND credential = $2 AND sender = $3 AND day = $4";
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let used: Option<i64> =
            read!(self, |pool| query_scalar(sql).bind(vendor).bind(credential).bind(hash(sender)).bind(day).fetch_optional(pool).await?);
        Ok(used.unwrap_or(0))
    }
}
