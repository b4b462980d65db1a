//! [`Settler`]: the loop that settles what is unknown.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::VendorReconcile;
use crate::clients::{AccountClient, Accounts};
use crate::time::from_ms;
use crate::{Account, Entry, Error, Filter, Found, Outbox, Reconcile, Resolution, State};

/// How many messages are read at a time.
const PAGE: u32 = 200;
/// Lists of vendors may not have a message at once.
const GRACE: Duration = Duration::from_mins(2);

/// Asks the vendors about messages that are [`Unknown`](State::Unknown), and settles those that can be.
///
/// ```no_run
/// # async fn example(outbox: &reachout_outbox::Outbox) -> Result<(), reachout_outbox::Error> {
/// use reachout_outbox::{EnvAccounts, Filter, Settler};
///
/// for settled in Settler::new(outbox, EnvAccounts).settle(&Filter::all()).await? {
///     println!("{}: {}", settled.id, settled.found);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked before `settle`"]
pub struct Settler {
    outbox: Outbox,
    accounts: Arc<dyn Accounts>,
    reconcile: Arc<dyn Reconcile>,
    grace: Duration,
}

/// What was found out about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Settled {
    /// The message.
    pub id: i64,
    /// Through whom it was sent.
    pub account: Account,
    /// `sent`: it is accepted; `not-sent`: it is queued again; `unclear`: a person decides; `too-early`: it is looked for later; `changed`:
    /// another settled it, or sent it again, while it was looked for; `error`.
    pub found: &'static str,
    /// Why it could not be settled.
    pub reason: Option<String>,
}

impl Settler {
    /// For the messages of an outbox, with the clients that `accounts` gives, by [`VendorReconcile`].
    pub fn new(outbox: &Outbox, accounts: impl Accounts + 'static) -> Self {
        let reconcile = Arc::new(VendorReconcile::new(outbox));
        Self { outbox: outbox.clone(), accounts: Arc::new(accounts), reconcile, grace: GRACE }
    }

    /// Asks by another way.
    pub fn reconcile(mut self, reconcile: impl Reconcile + 'static) -> Self {
        self.reconcile = Arc::new(reconcile);
        self
    }

    /// Leaves alone what was begun a shorter time ago, because the vendor's lists may not have it yet: two minutes if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Looks for each message that is unknown, and settles it if it can be: what was found, in the order of the ids.
    ///
    /// What a vendor or an account fails at is part of the result, and the others go on.
    pub async fn settle(&self, filter: &Filter) -> Result<Vec<Settled>, Error> {
        let filter = filter.clone().state(State::Unknown);
        let (mut settled, mut accounts, mut after) = (Vec::new(), HashMap::new(), 0);
        loop {
            let entries = self.outbox.list(&filter, after, PAGE).await?;
            let Some(last) = entries.last() else { return Ok(settled) };
            after = last.id;
            for entry in &entries {
                let (found, reason) = match self.one(entry, &mut accounts).await {
                    Ok(found) => found,
                    // The database's own failures end the loop with the next page.
                    Err(error) => ("error", Some(error.to_string())),
                };
                settled.push(Settled { id: entry.id, account: entry.account.clone(), found, reason });
            }
        }
    }

    async fn one(&self, entry: &Entry, accounts: &mut HashMap<Account, AccountClient>) -> Result<(&'static str, Option<String>), Error> {
        let attempts = self.outbox.attempts(entry.id).await?;
        let Some(attempt) = attempts.last().filter(|attempt| attempt.number == entry.attempts) else {
            return Ok(("unclear", Some("its last attempt is not known".to_owned())));
        };
        // Of the same clock as the attempt's time.
        let now = from_ms(self.outbox.store.now().await?);
        let grace = chrono::TimeDelta::from_std(self.grace).unwrap_or(chrono::TimeDelta::MAX);
        if now - attempt.started_at < grace {
            return Ok(("too-early", Some("it was begun a moment ago".to_owned())));
        }
        if !accounts.contains_key(&entry.account) {
            let account = self.outbox.client(&entry.account, &*self.accounts).await?;
            accounts.insert(entry.account.clone(), account);
        }
        let Some(account) = accounts.get(&entry.account) else { return Ok(("unclear", None)) };
        let (found, resolution) = match self.reconcile.look(account, entry, attempt).await? {
            Found::Sent(sent) => ("sent", Resolution::Sent(sent)),
            Found::NotSent => ("not-sent", Resolution::Resend),
            Found::Unclear(reason) => return Ok(("unclear", Some(reason))),
        };
        match self.outbox.resolve(entry.id, attempt.number, resolution).await {
            Ok(()) => Ok((found, None)),
            Err(error @ (Error::State { .. } | Error::Attempt { .. } | Error::AnothersId { .. })) => {
                Ok(("changed", Some(error.to_string())))
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for Settler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settler").field("outbox", &self.outbox).field("accounts", &self.accounts).finish_non_exhaustive()
    }
}
