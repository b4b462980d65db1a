//! Budgets under rate limits.

use std::time::Duration;

use reachout_runtime::{RateLimit, RateLimitStatus};
use sqlx::query;

use super::{Store, execute, relaxed, tick};
use crate::Error;
use crate::time::{duration, milliseconds};

/// What a budget allows.
#[derive(Clone, Debug)]
pub(crate) struct BudgetTerms {
    pub(crate) key: String,
    pub(crate) limit: RateLimit,
    /// Whether a limit in the vendor's headers replaces `limit`, or can only lower it.
    pub(crate) follows_vendor: bool,
    pub(crate) steady: bool,
}

/// A slot, or when to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Slot(i64),
    Wait(Duration),
}

/// After a slot's period, how long nobody released it.
const ABANDONED: Duration = Duration::from_mins(5);
/// Of a steady budget: how many slots late is a pause.
const LATE: i64 = 5;
/// How soon to ask again where all slots are in use, and any of them may come back unused.
const RECHECK: Duration = Duration::from_millis(200);

/// Whether `one` lets fewer requests pass than `other`, in the long run.
fn is_stricter(one: RateLimit, other: RateLimit) -> bool {
    u128::from(one.requests) * other.per.as_nanos() < u128::from(other.requests) * one.per.as_nanos()
}

impl BudgetTerms {
    /// The limit that holds, with what the vendor said last.
    fn limit(&self, stated: (i64, i64)) -> RateLimit {
        let stated =
            u32::try_from(stated.0).ok().filter(|requests| *requests > 0).map(|requests| RateLimit::new(requests, duration(stated.1)));
        stated.filter(|stated| self.follows_vendor || is_stricter(*stated, self.limit)).unwrap_or(self.limit)
    }
}

/// Takes a slot in a transaction: [`Taken`]. The budget's row is locked by it, so whoever else wants a slot waits for the commit.
macro_rules! take {
    ($transaction:expr, $terms:expr, $holder:expr) => {{
        let terms: &$crate::store::BudgetTerms = $terms;
        let lock = sqlx::query_as($crate::store::budget::LOCK).bind(&terms.key).bind($crate::time::milliseconds(terms.limit.per));
        let row: $crate::store::budget::Row = lock.fetch_one(&mut *$transaction).await?;
        sqlx::query($crate::store::budget::FORGET).bind(&terms.key).bind(row.6).execute(&mut *$transaction).await?;
        let used = sqlx::query_as($crate::store::budget::USED).bind(&terms.key).fetch_one(&mut *$transaction).await?;
        match terms.next(row, used) {
            Err(wait) => $crate::store::Taken::Wait(wait),
            Ok($crate::store::budget::Free { free_at, spaced_until }) => {
                let slot = sqlx::query_scalar($crate::store::budget::TAKE).bind(&terms.key).bind($holder).bind(free_at);
                let slot = slot.fetch_one(&mut *$transaction).await?;
                if let Some(until) = spaced_until {
                    sqlx::query($crate::store::budget::SPACE).bind(until).bind(&terms.key).execute(&mut *$transaction).await?;
                }
                $crate::store::Taken::Slot(slot)
            }
        }
    }};
}
pub(super) use take;

pub(super) const LOCK: &str = concat!(
    "INSERT INTO reachout_outbox_budgets (key, requests, per_ms) VALUES ($1, 0, $2)
    ON CONFLICT (key) DO UPDATE SET per_ms = CASE WHEN reachout_outbox_budgets.requests = 0 THEN $2 ELSE reachout_outbox_budgets.per_ms END
    RETURNING requests, per_ms, others, others_until, paused_until, spaced_until, ",
    tick!()
);
pub(super) const FORGET: &str = "DELETE FROM reachout_outbox_slots WHERE key = $1 AND free_at <= $2";
pub(super) const USED: &str = "SELECT COUNT(*), MIN(CASE WHEN in_use = 0 THEN free_at END) FROM reachout_outbox_slots WHERE key = $1";
pub(super) const TAKE: &str = "INSERT INTO reachout_outbox_slots (key, holder, in_use, free_at) VALUES ($1, $2, 1, $3) RETURNING id";
pub(super) const SPACE: &str = "UPDATE reachout_outbox_budgets SET spaced_until = $1 WHERE key = $2";
pub(super) const GIVE_UNSENT: &str = "DELETE FROM reachout_outbox_slots WHERE id = $1";
pub(super) const GIVE_SENT: &str = concat!(
    "UPDATE reachout_outbox_slots SET in_use = 0, free_at = ",
    tick!(),
    " + COALESCE((SELECT CASE WHEN requests > 0 AND per_ms > $1 THEN per_ms ELSE $1 END FROM reachout_outbox_budgets b
        WHERE b.key = reachout_outbox_slots.key), $1) WHERE id = $2"
);

/// What [`LOCK`] returns; the last is the time.
pub(super) type Row = (i64, i64, i64, i64, i64, i64, i64);

/// A slot can be taken.
pub(super) struct Free {
    /// When it is free again if nobody gives it back.
    pub(super) free_at: i64,
    /// Of a steady budget: when the next may be taken.
    pub(super) spaced_until: Option<i64>,
}

impl BudgetTerms {
    /// Whether there is a slot, by the number of those taken, and the time at which the first of them that is not in use is free.
    pub(super) fn next(&self, row: Row, (count, first): (i64, Option<i64>)) -> Result<Free, Duration> {
        let (requests, per_ms, others, others_until, paused_until, spaced_until, now) = row;
        let limit = self.limit((requests, per_ms));
        let others = if others_until > now { others.max(0) } else { 0 };
        if paused_until > now {
            return Err(duration(paused_until - now));
        }
        if count + others >= i64::from(limit.requests) {
            let until = first.into_iter().chain(Some(others_until).filter(|_| others > 0)).min();
            return Err(until.map_or(RECHECK, |until| duration(until - now)));
        }
        if self.steady && spaced_until > now {
            return Err(duration(spaced_until - now));
        }
        let per = milliseconds(limit.per);
        let free_at = now.saturating_add(per).saturating_add(milliseconds(ABANDONED));
        Ok(Free { free_at, spaced_until: self.steady.then(|| Self::after(limit, spaced_until, now)) })
    }

    /// When the slot after this one may be taken. Who was late for a slot does not delay those after it, but for a pause.
    fn after(limit: RateLimit, planned: i64, now: i64) -> i64 {
        let spacing = milliseconds(limit.per) / i64::from(limit.requests.max(1));
        let begun = if planned < now - LATE * spacing { now } else { planned };
        begun + spacing
    }
}

/// Releases a slot in a transaction, or by itself; `sent`: the vendor may have counted its request.
macro_rules! give {
    ($terms:expr, $slot:expr, $sent:expr, |$query:ident| $execute:expr) => {
        if $sent {
            let $query = sqlx::query($crate::store::budget::GIVE_SENT).bind($crate::time::milliseconds($terms.limit.per)).bind($slot);
            $execute
        } else {
            let $query = sqlx::query($crate::store::budget::GIVE_UNSENT).bind($slot);
            $execute
        }
    };
}
pub(super) use give;

impl Store {
    /// Takes a slot, or returns when to ask again.
    pub(crate) async fn take_slot(&self, terms: &BudgetTerms, holder: &str) -> Result<Taken, Error> {
        Ok(relaxed!(self, |transaction| take!(transaction, terms, holder)))
    }

    /// Releases a slot.
    pub(crate) async fn give_slot(&self, terms: &BudgetTerms, slot: i64, sent: bool) -> Result<(), Error> {
        relaxed!(self, |transaction| give!(terms, slot, sent, |query| query.execute(&mut *transaction).await?.rows_affected()));
        Ok(())
    }

    /// What the vendor's headers said with a response.
    pub(crate) async fn observe(&self, terms: &BudgetTerms, status: RateLimitStatus) -> Result<(), Error> {
        // A count without a period does not say when to go on.
        let Some(interval) = status.interval else { return Ok(()) };
        let state = "UPDATE reachout_outbox_budgets SET requests = $1, per_ms = $2 WHERE key = $3 AND (requests <> $1 OR per_ms <> $2)";
        let key = &terms.key;
        let per = milliseconds(interval);
        if let Some(limit) = status.limit {
            execute!(self, query(state).bind(i64::from(limit)).bind(per).bind(key));
        }
        let Some(remaining) = status.remaining else { return Ok(()) };
        let limit = status.limit.map_or(terms.limit.requests, |limit| terms.limit((i64::from(limit), per)).requests);
        // Others use the same budget: what is missing without our doing is theirs. Negative where our last slots were not counted yet.
        // That nothing remains needs no pause of its own: then all slots are ours or theirs.
        let sql = concat!(
            "UPDATE reachout_outbox_budgets SET others_until = ",
            tick!(),
            " + $1, others = $2 - $3 - (SELECT COUNT(*) FROM reachout_outbox_slots s WHERE s.key = reachout_outbox_budgets.key AND s.free_at > ",
            tick!(),
            ") WHERE key = $4"
        );
        let (limit, remaining) = (i64::from(limit), i64::from(remaining));
        execute!(self, query(sql).bind(per).bind(limit).bind(remaining).bind(key));
        Ok(())
    }

    /// Nobody may pass for `wait`.
    pub(crate) async fn pause_budget(&self, terms: &BudgetTerms, wait: Duration) -> Result<(), Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_budgets SET paused_until = ",
            tick!(),
            " + $1 WHERE key = $2 AND paused_until < ",
            tick!(),
            " + $1"
        );
        execute!(self, query(sql).bind(milliseconds(wait)).bind(&terms.key));
        Ok(())
    }
}
