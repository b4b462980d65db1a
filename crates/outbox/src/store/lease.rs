//! Leases of workers, and what becomes of the messages of those that ended.

use std::time::Duration;

use sqlx::{query, query_scalar};

use super::{Store, execute, now, read, tick, transaction};
use crate::Error;
use crate::time::milliseconds;

impl Store {
    /// Begins a worker's lease.
    pub(crate) async fn register(&self, worker: &str, lease: Duration) -> Result<(), Error> {
        let sql = concat!("INSERT INTO reachout_outbox_workers (id, lease_until) VALUES ($1, ", tick!(), " + $2)");
        execute!(self, query(sql).bind(worker).bind(milliseconds(lease)));
        Ok(())
    }

    /// Extends a worker's lease; false if it had ended and somebody settled what it held.
    pub(crate) async fn extend(&self, worker: &str, lease: Duration) -> Result<bool, Error> {
        let sql = concat!("UPDATE reachout_outbox_workers SET lease_until = ", tick!(), " + $1 WHERE id = $2");
        let extended = execute!(self, query(sql).bind(milliseconds(lease)).bind(worker));
        Ok(extended > 0)
    }

    /// Ends a worker's lease: what it held and did not begin is free.
    pub(crate) async fn unregister(&self, worker: &str) -> Result<(), Error> {
        let free = "UPDATE reachout_outbox_messages SET worker = NULL WHERE worker = $1 AND state = 'queued'";
        // Not where something is still `sending`: then the lease ends by itself, and that becomes `unknown`.
        let end = "DELETE FROM reachout_outbox_workers WHERE id = $1
            AND NOT EXISTS (SELECT 1 FROM reachout_outbox_messages WHERE worker = $1 AND state = 'sending')";
        transaction!(self, |transaction| {
            query(free).bind(worker).execute(&mut *transaction).await?;
            query(end).bind(worker).execute(&mut *transaction).await?;
        });
        Ok(())
    }

    /// Settles what workers whose lease ended had begun: how many messages are `unknown` by it. What they held is free again.
    pub(crate) async fn reap(&self) -> Result<u64, Error> {
        // Where nobody died, which is nearly always, no lock is taken.
        let ended = concat!("SELECT id FROM reachout_outbox_workers WHERE lease_until < ", tick!());
        let dead: Vec<String> = read!(self, |pool| query_scalar(ended).fetch_all(pool).await?);
        let mut unknown = 0;
        for worker in dead {
            unknown += self.expire(&worker).await?;
        }
        Ok(unknown)
    }

    async fn expire(&self, worker: &str) -> Result<u64, Error> {
        let end = concat!("DELETE FROM reachout_outbox_workers WHERE id = $1 AND lease_until < ", tick!());
        let free = "UPDATE reachout_outbox_messages SET worker = NULL WHERE worker = $1 AND state = 'queued'";
        // The worker's name stays: should it live after all, it knows the outcome better.
        let lose = concat!(
            "UPDATE reachout_outbox_messages SET state = 'unknown', code = 'worker-died', changed_at = ",
            now!(),
            ", reason = 'the worker ended while it was sending' WHERE worker = $1 AND state = 'sending'"
        );
        let attempts = concat!(
            "UPDATE reachout_outbox_attempts SET outcome = 'unknown', finished_at = ",
            now!(),
            ", code = 'worker-died', reason = 'the worker ended while it was sending' WHERE outcome IS NULL
            AND message IN (SELECT id FROM reachout_outbox_messages WHERE worker = $1 AND state = 'unknown')"
        );
        // The vendor may have counted what it was about to send.
        let slots = concat!(
            "UPDATE reachout_outbox_slots SET in_use = 0, free_at = ",
            tick!(),
            " + (SELECT per_ms FROM reachout_outbox_budgets b WHERE b.key = reachout_outbox_slots.key) WHERE holder = $1 AND in_use = 1"
        );
        Ok(transaction!(self, |transaction| {
            if query(end).bind(worker).execute(&mut *transaction).await?.rows_affected() == 0 {
                // It extended its lease, or another did this.
                return Ok(0);
            }
            query(free).bind(worker).execute(&mut *transaction).await?;
            let unknown = query(lose).bind(worker).execute(&mut *transaction).await?.rows_affected();
            query(attempts).bind(worker).execute(&mut *transaction).await?;
            query(slots).bind(worker).execute(&mut *transaction).await?;
            unknown
        }))
    }
}
