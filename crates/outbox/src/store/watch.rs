//! What somebody who watches asks.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sqlx::{query_as, query_scalar};

use super::filter::{Terms, bound, narrowed, selected};
use super::stops::stopped;
use super::{Store, now, read};
use crate::entry::Filter;
use crate::time::from_ms;
use crate::watch::{AccountPause, Pace, Stop};
use crate::{Account, Error};

/// Rows that differ when what is shown differs; each is found without a look at all messages.
const REVISION: &str = "SELECT state || ' ' || CAST(SUM(messages) AS TEXT) FROM reachout_outbox_counts GROUP BY state
    UNION ALL SELECT vendor || ' ' || credential || ' ' || CAST(paused AS TEXT) || COALESCE(reason, '') || COALESCE(rules, '') FROM reachout_outbox_accounts
    UNION ALL SELECT vendor || ' ' || credential || ' ' || campaign || ' ' || address FROM reachout_outbox_pauses
    UNION ALL SELECT name || ' ' || COALESCE(reason, '') FROM reachout_outbox_campaigns
    UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM reachout_outbox_stops ORDER BY 1";

type PaceRow = (String, String, i64, i64, i64, Option<i64>, Option<i64>);
type PauseRow = (String, String, String, String, i64, Option<String>);

impl Store {
    pub(crate) async fn revision(&self) -> Result<u64, Error> {
        let rows: Vec<String> = read!(self, |pool| query_scalar(REVISION).fetch_all(pool).await?);
        let mut hasher = DefaultHasher::new();
        rows.hash(&mut hasher);
        Ok(hasher.finish())
    }

    pub(crate) async fn account_pauses(&self) -> Result<Vec<AccountPause>, Error> {
        let sql = "SELECT vendor, credential, reason FROM reachout_outbox_accounts WHERE paused = 1 ORDER BY vendor, credential";
        let rows: Vec<(String, String, Option<String>)> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let pause = |(vendor, credential, reason): (String, String, Option<String>)| {
            let account = if vendor.is_empty() { None } else { Some(Account { vendor: vendor.parse().ok()?, credential }) };
            Some(AccountPause { account, reason })
        };
        Ok(rows.into_iter().filter_map(pause).collect())
    }

    pub(crate) async fn pauses(&self) -> Result<Vec<Filter>, Error> {
        let sql = "SELECT p.vendor, p.credential, p.campaign, p.address, CAST(LENGTH(p.key_hash) AS BIGINT), m.key
            FROM reachout_outbox_pauses p LEFT JOIN reachout_outbox_messages m ON m.key_hash = p.key_hash
            ORDER BY p.campaign, p.address, p.vendor, p.credential, m.key";
        let rows: Vec<PauseRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let named = |text: String| Some(text).filter(|text| !text.is_empty());
        let pause = |(vendor, credential, campaign, person, hashed, key): PauseRow| {
            let vendor = if vendor.is_empty() { None } else { Some(vendor.parse().ok()?) };
            (hashed == 0 || key.is_some()).then(|| Filter {
                vendor,
                credential: named(credential),
                campaign: named(campaign),
                key,
                person: named(person),
                ..Filter::default()
            })
        };
        Ok(rows.into_iter().filter_map(pause).collect())
    }

    pub(crate) async fn stops(&self, filter: &Filter) -> Result<Vec<Stop>, Error> {
        let terms = Terms::of(filter);
        let of_campaigns = narrowed!(
            &terms,
            "SELECT DISTINCT c.name, e.stopped, e.changed_at FROM reachout_outbox_messages m
                JOIN reachout_outbox_enrolments e ON e.id = m.enrolment JOIN reachout_outbox_campaigns c ON c.id = e.campaign
                WHERE e.stopped IS NOT NULL AND ",
            ""
        );
        let of_others = narrowed!(
            &terms,
            concat!(
                "SELECT DISTINCT m.sequence, s.reason, s.stopped_at FROM reachout_outbox_messages m JOIN reachout_outbox_stops s ON ",
                stopped!("m"),
                " WHERE m.campaign IS NULL AND "
            ),
            ""
        );
        let mut stops = Vec::new();
        for sql in [of_campaigns, of_others] {
            let rows: Vec<(Option<String>, String, i64)> = read!(self, |pool| bound!(query_as(sql), terms).fetch_all(pool).await?);
            stops.extend(rows.into_iter().map(|(sequence, reason, at)| Stop { sequence, reason, stopped_at: from_ms(at) }));
        }
        stops.sort_by_key(|stop| stop.stopped_at);
        Ok(stops)
    }

    /// Of each account. One index has those that were settled and not purged by the time of that, another one all that is read of what waits.
    pub(crate) async fn pace(&self) -> Result<Vec<Pace>, Error> {
        let sql = concat!(
            "SELECT l.vendor, l.credential, COALESCE(n.accepted, 0), COALESCE(q.waiting, 0), COALESCE(q.due, 0), q.next_due_at, q.last_due_at
            FROM reachout_outbox_accounts l LEFT JOIN (
                SELECT vendor, credential, COUNT(*) AS accepted FROM reachout_outbox_messages
                WHERE content IS NOT NULL AND state NOT IN ('queued', 'sending', 'unknown') AND state = 'accepted' AND changed_at > ",
            now!(),
            " - 3600000 GROUP BY vendor, credential
            ) n ON n.vendor = l.vendor AND n.credential = l.credential LEFT JOIN (
                SELECT vendor, credential, COUNT(*) AS waiting, SUM(CASE WHEN due_at <= ",
            now!(),
            " THEN 1 ELSE 0 END) AS due, MIN(due_at) AS next_due_at, MAX(due_at) AS last_due_at FROM reachout_outbox_messages
                WHERE state = 'queued' AND worker IS NULL AND paused = 0 GROUP BY vendor, credential
            ) q ON q.vendor = l.vendor AND q.credential = l.credential WHERE l.vendor <> '' ORDER BY l.vendor, l.credential"
        );
        let rows: Vec<PaceRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let counted = |count: i64| u64::try_from(count).unwrap_or(0);
        let pace = |(vendor, credential, accepted, waiting, due, next, last): PaceRow| {
            Some(Pace {
                account: Account { vendor: vendor.parse().ok()?, credential },
                accepted_last_hour: counted(accepted),
                used_today: None,
                waiting: counted(waiting),
                due: counted(due),
                next_due_at: next.map(from_ms),
                last_due_at: last.map(from_ms),
            })
        };
        Ok(rows.into_iter().filter_map(pace).collect())
    }

    /// How many messages all senders of an account have had of a day.
    pub(crate) async fn used_by_all(&self, account: &Account, day: &str) -> Result<u64, Error> {
        let sql =
            "SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) FROM reachout_outbox_daily WHERE vendor = $1 AND credential = $2 AND day = $3";
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let used: i64 = read!(self, |pool| query_scalar(sql).bind(vendor).bind(credential).bind(day).fetch_one(pool).await?);
        Ok(u64::try_from(used).unwrap_or(0))
    }
}
