//! Why a queued message is not sent yet.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reachout_outbox::{Account, AccountPause, Entry, Outbox, Rules, State};

use super::{failed, row::Row};
use crate::cli::{arguments::time::clock, failure::Failure};

/// What is known of the accounts that messages wait for.
pub struct Waiting {
    pauses: Vec<AccountPause>,
    rules: HashMap<Account, Rules>,
    now: DateTime<Utc>,
}

impl Waiting {
    /// Reads what the reasons of these messages depend on.
    pub async fn of(outbox: &Outbox, entries: &[Entry]) -> Result<Self, Failure> {
        let mut rules = HashMap::new();
        for entry in entries.iter().filter(|entry| entry.state == State::Queued) {
            if !rules.contains_key(&entry.account) {
                rules.insert(entry.account.clone(), outbox.rules(&entry.account).await.map_err(failed)?);
            }
        }
        Ok(Self { pauses: outbox.account_pauses().await.map_err(failed)?, rules, now: outbox.now().await.map_err(failed)? })
    }

    /// The message with the code and the reason of its wait.
    pub fn row(&self, entry: Entry) -> Row {
        let wait = (entry.state == State::Queued).then(|| self.wait(&entry)).flatten();
        let mut row = Row::from(entry);
        if let Some((code, reason)) = wait {
            (row.code, row.reason) = (Some(code.to_owned()), Some(reason));
        }
        row
    }

    /// Nothing where the message's own code says it, or where it only waits for a worker.
    fn wait(&self, entry: &Entry) -> Option<(&'static str, String)> {
        if self.pauses.iter().any(|pause| pause.account.is_none()) {
            return Some(("paused", "everything is paused".to_owned()));
        }
        if let Some(pause) = self.pauses.iter().find(|pause| pause.account.as_ref() == Some(&entry.account)) {
            let reason = pause.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
            return Some(("paused", format!("{} is paused{reason}", entry.account)));
        }
        if entry.paused {
            return Some(("paused", "its campaign, its key or its recipient is paused".to_owned()));
        }
        if entry.due_at > self.now {
            let not_due = ("not-due", format!("it is to be sent at {} or later", clock(entry.due_at)));
            return entry.code.is_none().then_some(not_due);
        }
        let zone = entry.envelope.as_ref().and_then(|envelope| envelope.time_zone.as_deref());
        let end = self.rules.get(&entry.account)?.quiet_until(self.now, zone)?;
        Some(("quiet-hours", format!("quiet hours end at {}", clock(end))))
    }
}
