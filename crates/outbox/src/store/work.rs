//! What workers do before and after the step to `sending`: claim messages, and record the outcome; and the expiry of leases.

use std::time::Duration;

use sqlx::{query, query_as, query_scalar};

use super::budget::{BudgetTerms, give};
use super::daily::{DailyUse, UNCOUNT};
use super::hash::hash;
use super::{Store, execute, now, read, relaxed, transaction};
use crate::Account;
use crate::entry::from_content;
use crate::envelope::Envelope;
use crate::time::milliseconds;
use crate::{Error, Rules, State};

/// A message that a worker holds: still queued, and nobody else's until the worker's lease ends.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) id: i64,
    /// How many attempts began before.
    pub(crate) attempt: i64,
    /// How many of them before it was last queued by a person.
    pub(crate) first_attempt: i64,
    /// How often since then the vendor was asked about the recipient, and what it said was not understood.
    pub(crate) unclear_checks: u32,
    pub(crate) due_at: i64,
    pub(crate) worker: String,
    pub(crate) envelope: Envelope,
}

/// An account with messages to be sent.
#[derive(Clone)]
pub(crate) struct DueAccount {
    pub(crate) account: Account,
    pub(crate) paused: bool,
    /// An error where they cannot be read: why.
    pub(crate) rules: Result<Rules, String>,
    /// In how many milliseconds the next one is due; negative if it is.
    pub(crate) due_in: Option<i64>,
}

/// What an attempt used up, to be released with its outcome.
#[derive(Default)]
pub(crate) struct Used<'a> {
    /// A slot under a rate limit, and whether the vendor may have counted the request.
    pub(crate) slot: Option<(&'a BudgetTerms, i64, bool)>,
    /// A message of the sender's day, which counts unless nothing was sent.
    pub(crate) daily: Option<&'a DailyUse>,
}

/// The outcome of an attempt.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// `Queued` where nothing was sent and another attempt follows.
    pub(crate) state: State,
    /// When another attempt may follow.
    pub(crate) wait: Duration,
    pub(crate) reason: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) http_status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) sent: crate::Sent,
}

/// Settles a held message of which nothing was sent.
pub(super) const SETTLE: &str = concat!(
    "UPDATE reachout_outbox_messages SET state = $1, worker = NULL, code = $2, reason = $3, changed_at = ",
    now!(),
    " WHERE id = $4 AND worker IS NOT DISTINCT FROM $5 AND attempt = $6 AND state = 'queued'"
);

type AccountRow = (String, String, i64, Option<String>, Option<i64>);
type ClaimedRow = (i64, i64, i64, i64, i64, Option<String>, Option<String>);

impl Store {
    /// Begins a worker's lease.
    pub(crate) async fn register(&self, worker: &str, lease: Duration) -> Result<(), Error> {
        let sql = concat!("INSERT INTO reachout_outbox_workers (id, lease_until) VALUES ($1, ", now!(), " + $2)");
        execute!(self, query(sql).bind(worker).bind(milliseconds(lease)));
        Ok(())
    }

    /// Extends a worker's lease; false if it had ended and somebody settled what it held.
    pub(crate) async fn extend(&self, worker: &str, lease: Duration) -> Result<bool, Error> {
        let sql = concat!("UPDATE reachout_outbox_workers SET lease_until = ", now!(), " + $1 WHERE id = $2");
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
        let ended = concat!("SELECT id FROM reachout_outbox_workers WHERE lease_until < ", now!());
        let dead: Vec<String> = read!(self, |pool| query_scalar(ended).fetch_all(pool).await?);
        let mut unknown = 0;
        for worker in dead {
            unknown += self.expire(&worker).await?;
        }
        Ok(unknown)
    }

    async fn expire(&self, worker: &str) -> Result<u64, Error> {
        let end = concat!("DELETE FROM reachout_outbox_workers WHERE id = $1 AND lease_until < ", now!());
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
            now!(),
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

    /// The accounts that messages were queued for, and when each has something to do.
    pub(crate) async fn due(&self) -> Result<Vec<DueAccount>, Error> {
        let sql = concat!(
            "SELECT vendor, credential, paused, rules, (SELECT due_at FROM reachout_outbox_messages m
                WHERE m.state = 'queued' AND m.worker IS NULL AND m.paused = 0 AND m.vendor = l.vendor AND m.credential = l.credential
                ORDER BY due_at LIMIT 1) - ",
            now!(),
            " FROM reachout_outbox_accounts l ORDER BY vendor, credential"
        );
        let rows: Vec<AccountRow> = read!(self, |pool| query_as(sql).fetch_all(pool).await?);
        let all = rows.iter().any(|(vendor, _, paused, ..)| vendor.is_empty() && *paused != 0);
        let account = |(vendor, credential, paused, rules, due_in): AccountRow| {
            let account = Account { vendor: vendor.parse().ok()?, credential };
            let rules = Rules::read(rules.as_deref()).map_err(|error| format!("the rules of {account} {error}"));
            Some(DueAccount { account, paused: all || paused != 0, rules, due_in })
        };
        Ok(rows.into_iter().filter_map(account).collect())
    }

    /// Whether something is queued in an account that is not paused, or being sent.
    pub(crate) async fn is_busy(&self) -> Result<bool, Error> {
        let held = "SELECT EXISTS (SELECT 1 FROM reachout_outbox_workers w
            JOIN reachout_outbox_messages m ON m.worker = w.id AND m.state IN ('queued', 'sending'))";
        // A message goes from due to held and back while this is found out.
        let waits = async || Ok::<_, Error>(self.due().await?.iter().any(|account| !account.paused && account.due_in.is_some()));
        if waits().await? || read!(self, |pool| query_scalar(held).fetch_one(pool).await?) {
            return Ok(true);
        }
        waits().await
    }

    /// Holds up to `most` messages of an account for a worker whose lease lasts: the earliest due first.
    pub(crate) async fn claim(&self, worker: &str, account: &Account, most: u32) -> Result<Vec<Claimed>, Error> {
        let sql = self.either(
            concat!(
                "UPDATE reachout_outbox_messages SET worker = $1 WHERE id IN (SELECT id FROM reachout_outbox_messages
                    WHERE state = 'queued' AND worker IS NULL AND paused = 0 AND vendor = $2 AND credential = $3 AND due_at <= ",
                now!(),
                " ORDER BY due_at, id LIMIT $4) AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
                now!(),
                ") RETURNING id, attempt, first_attempt, unclear_checks, due_at, content, sequence"
            ),
            concat!(
                "UPDATE reachout_outbox_messages SET worker = $1 WHERE id IN (SELECT id FROM reachout_outbox_messages
                    WHERE state = 'queued' AND worker IS NULL AND paused = 0 AND vendor = $2 AND credential = $3 AND due_at <= ",
                now!(),
                " ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
                AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
                now!(),
                ") RETURNING id, attempt, first_attempt, unclear_checks, due_at, content, sequence"
            ),
        );
        // Who finds that the lease has ended must not miss what is claimed meanwhile, so it waits for this to be committed.
        let lives = self.either("SELECT $1", "SELECT 1 FROM reachout_outbox_workers WHERE id = $1 FOR KEY SHARE");
        let (vendor, credential) = (account.vendor.id(), &account.credential);
        let rows: Vec<ClaimedRow> = relaxed!(self, |transaction| {
            query(lives).bind(worker).execute(&mut *transaction).await?;
            query_as(sql).bind(worker).bind(vendor).bind(credential).bind(i64::from(most)).fetch_all(&mut *transaction).await?
        });
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            claimed.extend(self.claimed(worker, account, row).await?);
        }
        claimed.sort_by_key(|claimed| (claimed.due_at, claimed.id));
        Ok(claimed)
    }

    /// Holds this message for a worker whose lease lasts: nothing unless it is queued, due and nobody else's.
    pub(crate) async fn claim_one(&self, worker: &str, id: i64) -> Result<Option<Claimed>, Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET worker = $1 WHERE id = $2 AND state = 'queued' AND worker IS NULL AND paused = 0 AND due_at <= ",
            now!(),
            " AND EXISTS (SELECT 1 FROM reachout_outbox_workers WHERE id = $1 AND lease_until > ",
            now!(),
            ") RETURNING vendor, credential"
        );
        let columns =
            "SELECT id, attempt, first_attempt, unclear_checks, due_at, content, sequence FROM reachout_outbox_messages WHERE id = $1";
        let lives = self.either("SELECT $1", "SELECT 1 FROM reachout_outbox_workers WHERE id = $1 FOR KEY SHARE");
        let found: Option<(String, String)> = relaxed!(self, |transaction| {
            query(lives).bind(worker).execute(&mut *transaction).await?;
            query_as(sql).bind(worker).bind(id).fetch_optional(&mut *transaction).await?
        });
        let Some((vendor, credential)) = found else { return Ok(None) };
        let vendor = vendor.parse().map_err(|_| Error::Unreadable { id, field: "vendor" })?;
        let row: ClaimedRow = read!(self, |pool| query_as(columns).bind(id).fetch_one(pool).await?);
        self.claimed(worker, &Account { vendor, credential }, row).await
    }

    /// A message that was just claimed; nothing where its content cannot be read: then it is settled at once, so that the others are not held up
    /// by it.
    async fn claimed(&self, worker: &str, account: &Account, row: ClaimedRow) -> Result<Option<Claimed>, Error> {
        let (id, attempt, first_attempt, unclear_checks, due_at, content, sequence) = row;
        let Ok(Some(envelope)) = from_content(id, account, content.as_deref(), sequence, None) else {
            self.settle(id, worker, attempt, State::Failed, "unreadable", "its content cannot be read").await?;
            return Ok(None);
        };
        let unclear_checks = u32::try_from(unclear_checks).unwrap_or(u32::MAX);
        Ok(Some(Claimed { id, attempt, first_attempt, unclear_checks, due_at, worker: worker.to_owned(), envelope }))
    }

    /// The messages that a worker holds and did not begin to send.
    pub(crate) async fn held(&self, worker: &str) -> Result<Vec<i64>, Error> {
        let sql = "SELECT id FROM reachout_outbox_messages WHERE worker = $1 AND state = 'queued'";
        Ok(read!(self, |pool| query_scalar(sql).bind(worker).fetch_all(pool).await?))
    }

    /// Requeues a held message, to be sent after `wait`; `code` and `reason` say why it waits. `unclear`: the vendor was asked about its
    /// recipient, and what it said was not understood.
    pub(crate) async fn requeue(
        &self,
        id: i64,
        worker: &str,
        wait: Duration,
        why: (&str, Option<&str>),
        unclear: bool,
    ) -> Result<(), Error> {
        let sql = concat!(
            "UPDATE reachout_outbox_messages SET worker = NULL, code = $1, reason = $2, due_at = CASE WHEN $3 = 0 THEN due_at ELSE ",
            now!(),
            " + $3 END, unclear_checks = unclear_checks + $4 WHERE id = $5 AND worker IS NOT DISTINCT FROM $6 AND state = 'queued'"
        );
        let (code, reason) = why;
        relaxed!(self, |transaction| {
            let back = query(sql).bind(code).bind(reason).bind(milliseconds(wait)).bind(i64::from(unclear)).bind(id).bind(worker);
            back.execute(&mut *transaction).await?.rows_affected()
        });
        Ok(())
    }

    /// Settles a held message of which nothing was sent.
    pub(crate) async fn settle_unsent(&self, claimed: &Claimed, state: State, code: &str, reason: &str) -> Result<(), Error> {
        self.settle(claimed.id, &claimed.worker, claimed.attempt, state, code, reason).await
    }

    async fn settle(&self, id: i64, worker: &str, attempt: i64, state: State, code: &str, reason: &str) -> Result<(), Error> {
        execute!(self, query(SETTLE).bind(state.name()).bind(code).bind(reason).bind(id).bind(worker).bind(attempt));
        Ok(())
    }

    /// The database's clock.
    pub(crate) async fn now(&self) -> Result<i64, Error> {
        Ok(read!(self, |pool| query_scalar("SELECT ms FROM reachout_outbox_clock").fetch_one(pool).await?))
    }

    /// Records the outcome of an attempt that [`begin`](Self::begin_all) began. Also where the message was called `unknown` meanwhile: the
    /// worker that sent it knows better. False if it was settled otherwise.
    pub(crate) async fn finish(&self, claimed: &Claimed, outcome: &Outcome, used: &Used<'_>) -> Result<bool, Error> {
        let Claimed { id, attempt, worker, envelope, .. } = claimed;
        let settle = concat!(
            "UPDATE reachout_outbox_messages SET state = $1, worker = NULL, reason = $2, code = $3, conversation = COALESCE($4, conversation),
                due_at = CASE WHEN $5 = 0 THEN due_at ELSE ",
            now!(),
            " + $5 END, changed_at = ",
            now!(),
            " WHERE id = $6 AND worker IS NOT DISTINCT FROM $7 AND attempt = $8 AND state IN ('sending', 'unknown')"
        );
        let record = concat!(
            "UPDATE reachout_outbox_attempts SET finished_at = ",
            now!(),
            ", outcome = $1, reason = $2, code = $3, http_status = $4, request_id = $5 WHERE message = $6 AND attempt = $7"
        );
        // A worker that was suspended may come late: what the vendor has by its message's id settled another message meanwhile.
        let mistaken = concat!(
            "UPDATE reachout_outbox_messages SET state = 'unknown', code = 'anothers-id', changed_at = ",
            now!(),
            ", reason = 'what the vendor has by the id that settled it is another message' WHERE vendor = $1 AND state = 'accepted' AND code = 'resolved'
            AND id <> $3 AND id IN (SELECT message FROM reachout_outbox_ids WHERE vendor = $1 AND vendor_id = $2)"
        );
        let take = "DELETE FROM reachout_outbox_ids WHERE vendor = $1 AND vendor_id = $2 AND message <> $3
            AND message IN (SELECT id FROM reachout_outbox_messages WHERE state = 'unknown' AND code = 'anothers-id')";
        let name = "INSERT INTO reachout_outbox_ids (vendor, vendor_id, message) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let turn = self.turn();
        let Outcome { state, wait, reason, code, http_status, request_id, sent } = outcome;
        let (vendor, credential) = (envelope.account.vendor.id(), &envelope.account.credential);
        let sender = hash(envelope.message.from.as_deref().unwrap_or_default());
        Ok(relaxed!(self, |transaction| {
            if let Some(own) = sent.message_ids.first() {
                query(turn).bind(own).execute(&mut *transaction).await?;
                if query(mistaken).bind(vendor).bind(own).bind(id).execute(&mut *transaction).await?.rows_affected() > 0 {
                    query(take).bind(vendor).bind(own).bind(id).execute(&mut *transaction).await?;
                }
            }
            let settled = query(settle).bind(state.name()).bind(reason).bind(code).bind(&sent.conversation_id).bind(milliseconds(*wait));
            let settled = settled.bind(id).bind(worker).bind(attempt + 1).execute(&mut *transaction).await?.rows_affected() > 0;
            let done = query(record).bind(state.name()).bind(reason).bind(code).bind(http_status.map(i64::from)).bind(request_id);
            done.bind(id).bind(attempt + 1).execute(&mut *transaction).await?;
            for vendor_id in &sent.message_ids {
                query(name).bind(vendor).bind(vendor_id).bind(id).execute(&mut *transaction).await?;
            }
            if let Some((terms, slot, sent)) = used.slot {
                give!(terms, slot, sent, |query| query.execute(&mut *transaction).await?.rows_affected());
            }
            if let Some(DailyUse { day, .. }) = used.daily.filter(|_| *state == State::Queued) {
                query(UNCOUNT).bind(vendor).bind(credential).bind(&sender).bind(day).execute(&mut *transaction).await?;
            }
            settled
        }))
    }
}
