//! Budgets under rate limits.

use std::time::Duration;

use reachout_runtime::{RateLimit, RateLimitStatus};
use sqlx::{query, query_as, query_scalar};

use super::{Store, execute, now, transaction};
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

/// After a slot's period, how long nobody gave it back.
const ABANDONED: Duration = Duration::from_secs(5 * 60);
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

impl Store {
    /// Takes a slot, or tells when to ask again.
    pub(crate) async fn take_slot(&self, terms: &BudgetTerms, holder: &str) -> Result<Taken, Error> {
        // The row is locked by it: whoever else wants a slot of the budget waits for the commit.
        let lock = concat!(
            "INSERT INTO reachout_outbox_budgets (key, requests, per_ms) VALUES ($1, 0, $2)
            ON CONFLICT (key) DO UPDATE SET per_ms = CASE WHEN reachout_outbox_budgets.requests = 0 THEN $2 ELSE reachout_outbox_budgets.per_ms END
            RETURNING requests, per_ms, others, others_until, paused_until, spaced_until, ",
            now!()
        );
        let forget = "DELETE FROM reachout_outbox_slots WHERE key = $1 AND free_at <= $2";
        let used = "SELECT COUNT(*), MIN(CASE WHEN in_use = 0 THEN free_at END) FROM reachout_outbox_slots WHERE key = $1";
        let take = "INSERT INTO reachout_outbox_slots (key, holder, in_use, free_at) VALUES ($1, $2, 1, $3) RETURNING id";
        let space = "UPDATE reachout_outbox_budgets SET spaced_until = $1 WHERE key = $2";
        let key = &terms.key;
        type Row = (i64, i64, i64, i64, i64, i64, i64);
        Ok(transaction!(self, |transaction| {
            let row: Row = query_as(lock).bind(key).bind(milliseconds(terms.limit.per)).fetch_one(&mut *transaction).await?;
            let (requests, per_ms, others, others_until, paused_until, spaced_until, now) = row;
            let limit = terms.limit((requests, per_ms));
            query(forget).bind(key).bind(now).execute(&mut *transaction).await?;
            let (count, first): (i64, Option<i64>) = query_as(used).bind(key).fetch_one(&mut *transaction).await?;
            let others = if others_until > now { others.max(0) } else { 0 };
            let wait = if paused_until > now {
                Some(duration(paused_until - now))
            } else if count + others >= i64::from(limit.requests) {
                let until = first.into_iter().chain(Some(others_until).filter(|_| others > 0)).min();
                Some(until.map_or(RECHECK, |until| duration(until - now)))
            } else if terms.steady && spaced_until > now {
                Some(duration(spaced_until - now))
            } else {
                None
            };
            match wait {
                Some(wait) => Taken::Wait(wait),
                None => {
                    let per = milliseconds(limit.per);
                    let free_at = now.saturating_add(per).saturating_add(milliseconds(ABANDONED));
                    let slot = query_scalar(take).bind(key).bind(holder).bind(free_at).fetch_one(&mut *transaction).await?;
                    if terms.steady {
                        let next = now + per / i64::from(limit.requests.max(1));
                        query(space).bind(next).bind(key).execute(&mut *transaction).await?;
                    }
                    Taken::Slot(slot)
                }
            }
        }))
    }

    /// Gives a slot back.
    pub(crate) async fn give_slot(&self, terms: &BudgetTerms, slot: i64, sent: bool) -> Result<(), Error> {
        if !sent {
            execute!(self, query("DELETE FROM reachout_outbox_slots WHERE id = $1").bind(slot));
            return Ok(());
        }
        let sql = concat!(
            "UPDATE reachout_outbox_slots SET in_use = 0, free_at = ",
            now!(),
            " + COALESCE((SELECT CASE WHEN requests > 0 AND per_ms > $1 THEN per_ms ELSE $1 END FROM reachout_outbox_budgets b
                WHERE b.key = reachout_outbox_slots.key), $1) WHERE id = $2"
        );
        execute!(self, query(sql).bind(milliseconds(terms.limit.per)).bind(slot));
        Ok(())
    }

    /// What the vendor's headers said with a response.
    pub(crate) async fn observe(&self, terms: &BudgetTerms, status: RateLimitStatus) -> Result<(), Error> {
        // A count without a period tells nothing about when to go on.
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
            now!(),
            " + $1, others = $2 - $3 - (SELECT COUNT(*) FROM reachout_outbox_slots s WHERE s.key = reachout_outbox_budgets.key AND s.free_at > ",
            now!(),
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
            now!(),
            " + $1 WHERE key = $2 AND paused_until < ",
            now!(),
            " + $1"
        );
        execute!(self, query(sql).bind(milliseconds(wait)).bind(&terms.key));
        Ok(())
    }
}
