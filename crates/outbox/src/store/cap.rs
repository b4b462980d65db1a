//! How many messages each sender has sent in an hour or a day.

use sqlx::{query, query_scalar};

use super::hash::hash;
use super::{Store, execute, now, read};
use crate::time::from_ms;
use crate::{Account, Error};

/// A period of a sender, and how many messages it may have.
#[derive(Clone)]
pub(crate) struct CapUse {
    /// Such as `2026-11-21` or `2026-11-21T14`, with the campaign where only its messages count.
    pub(crate) period: String,
    pub(crate) limit: u32,
    /// When the next one begins, in milliseconds since 1970.
    pub(crate) ends_at: i64,
    pub(crate) campaign: Option<i64>,
    /// What a message that waits for the next one has as its code.
    pub(crate) code: &'static str,
}

impl CapUse {
    /// The hour it is, in UTC.
    pub(crate) fn hour(now_ms: i64, limit: u32, code: &'static str) -> Self {
        let begins_at = now_ms - now_ms.rem_euclid(HOUR_MS);
        let period = from_ms(begins_at).format("%Y-%m-%dT%H").to_string();
        Self { period, limit, ends_at: begins_at + HOUR_MS, campaign: None, code }
    }

    /// The same, of a campaign's messages alone.
    pub(crate) fn of_campaign(self, campaign: i64) -> Self {
        Self { period: format!("{} campaign {campaign}", self.period), campaign: Some(campaign), ..self }
    }
}

const HOUR_MS: i64 = 3_600_000;

/// Counts a message, if the period has room for one.
pub(super) const COUNT: &str = "INSERT INTO reachout_outbox_daily (vendor, credential, sender, day, used) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (vendor, credential, sender, day) DO UPDATE SET used = reachout_outbox_daily.used + 1
    WHERE reachout_outbox_daily.used < $5";
/// Of a sender's period: a message that was not sent does not count.
pub(super) const UNCOUNT: &str = "UPDATE reachout_outbox_daily SET used = used - 1
    WHERE vendor = $1 AND credential = $2 AND sender = $3 AND day = $4 AND used > 0";

/// How many steps of people who are in the middle of a campaign are due before a period ends: its room is theirs before it is new people's. Those
/// that a worker holds are in another index.
pub(super) const IN_PROGRESS: &str = "SELECT COUNT(*) FROM (SELECT m.id FROM reachout_outbox_messages m
        WHERE m.state = 'queued' AND m.worker IS NULL AND m.paused = 0 AND m.vendor = $1 AND m.credential = $2 AND m.begins = 0 AND m.due_at < $4
            AND m.enrolment IS NOT NULL AND m.sender = $3 AND ($5 IS NULL OR m.campaign = $5)
    UNION ALL SELECT m.id FROM reachout_outbox_workers w JOIN reachout_outbox_messages m ON m.worker = w.id AND m.state = 'queued'
        WHERE m.vendor = $1 AND m.credential = $2 AND m.begins = 0 AND m.enrolment IS NOT NULL AND m.sender = $3
            AND ($5 IS NULL OR m.campaign = $5)
    LIMIT $6) AS due";
pub(super) const USED: &str = "SELECT used FROM reachout_outbox_daily WHERE vendor = $1 AND credential = $2 AND sender = $3 AND day = $4";

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

    /// How many messages a sender has had of a period.
    pub(crate) async fn used_of(&self, account: &Account, sender: &str, period: &str) -> Result<i64, Error> {
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let used: Option<i64> = read!(self, |pool| query_scalar(USED)
            .bind(vendor)
            .bind(credential)
            .bind(hash(sender))
            .bind(period)
            .fetch_optional(pool)
            .await?);
        Ok(used.unwrap_or(0))
    }
}
