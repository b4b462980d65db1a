//! What somebody who watches an outbox looks at, beside its messages and their counts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::entry::{Deferred, Filter};
use crate::{Account, Error, Outbox};

/// How fast an account sends, and what it still has to send. It is cheap to look at, however many messages are queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pace {
    /// The account.
    pub account: Account,
    /// How many of its messages were accepted within the last hour; those whose content was purged meanwhile are not counted.
    pub accepted_last_hour: u64,
    /// How many messages all its senders have had of today, where it has a [daily cap](crate::Rules::daily_cap).
    pub used_today: Option<u64>,
    /// How many of its messages wait for their time, their turn or the end of the account's pause; those in a [pause](Outbox::pauses) of their
    /// own are not counted.
    pub waiting: u64,
    /// How many of them are to be sent by now.
    pub due: u64,
    /// When the next of them is to be sent; it may be in the past.
    pub next_due_at: Option<DateTime<Utc>>,
    /// When the last of them is to be sent.
    pub last_due_at: Option<DateTime<Utc>>,
}

/// An account that is paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccountPause {
    /// The account; `None` for all of them.
    pub account: Option<Account>,
    /// Why, if not by a person.
    pub reason: Option<String>,
}

/// The end of a sequence before its last step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stop {
    /// The sequence, or the name of the campaign; `None` once it was purged.
    pub sequence: Option<String>,
    /// Why: `replied`, `bounced`, `unsubscribed`, `withdrawn`, or a sentence.
    pub reason: String,
    /// Since when.
    pub stopped_at: DateTime<Utc>,
}

impl Outbox {
    /// A number that differs once messages came into another state, or campaigns, accounts, pauses or stops changed. It is cheap to look at,
    /// however many messages there are.
    pub async fn revision(&self) -> Result<u64, Error> {
        self.store.revision().await
    }

    /// The pauses of accounts, and of everything.
    pub async fn account_pauses(&self) -> Result<Vec<AccountPause>, Error> {
        self.store.account_pauses().await
    }

    /// The pauses of messages, each as the filter that [`resume_messages`](Self::resume_messages) takes. One of a key under which nothing is
    /// queued is left out.
    pub async fn pauses(&self) -> Result<Vec<Filter>, Error> {
        self.store.pauses().await
    }

    /// The sequences of these messages that ended before their last step, the oldest first.
    pub async fn stops(&self, filter: &Filter) -> Result<Vec<Stop>, Error> {
        self.store.stops(&self.canonical(filter)?).await
    }

    /// Why queued messages are not due yet, the soonest first; those in a pause of their own are not among them.
    pub async fn waits(&self) -> Result<Vec<Deferred>, Error> {
        self.store.waits().await
    }

    /// How fast each account sends, and what waits for it.
    pub async fn pace(&self) -> Result<Vec<Pace>, Error> {
        let (mut all, now) = (self.store.pace().await?, self.store.now().await?);
        for pace in &mut all {
            // Rules that cannot be read are shown where they are asked for.
            let Ok(rules) = self.rules(&pace.account).await else { continue };
            if let Some((day, _)) = rules.daily_cap.as_ref().and_then(|daily| daily.day(now)) {
                pace.used_today = Some(self.store.used_by_all(&pace.account, &day).await?);
            }
        }
        Ok(all)
    }
}
