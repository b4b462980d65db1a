//! [`Event`] and [`Summary`]: what a runner does.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::{Account, State};

/// Something that a runner did. No content and no address is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message came into a state in which it stays.
    Settled {
        /// The message.
        id: i64,
        /// The state.
        state: State,
        /// The vendor's error code, or a word of our own.
        code: Option<String>,
    },
    /// A message was requeued, to be sent later.
    Requeued {
        /// The message.
        id: i64,
        /// How much later at least.
        wait: Duration,
        /// Why, in a word: `rate-limit`, `quiet-hours`, `daily-cap`, `not-sent`, …
        code: String,
    },
    /// An account's rate limit is used up: nothing is sent through it for so long.
    Waiting {
        /// The account.
        account: Account,
        /// How long.
        wait: Duration,
    },
    /// The database fails, and is asked again until it does not. Nothing is sent meanwhile.
    DatabaseFailed {
        /// How.
        reason: String,
    },
    /// The database works again.
    DatabaseBack,
    /// An account was paused: its credential does not serve, or its rules cannot be read.
    Paused {
        /// The account.
        account: Account,
        /// Why.
        reason: String,
    },
    /// A campaign paused by itself, because too much of it was refused.
    CampaignPaused {
        /// Its name.
        name: String,
        /// The share that is beyond its bound.
        reason: String,
    },
}

/// What a runner did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many messages it settled in which state.
    pub settled: BTreeMap<State, u64>,
    /// How often a message was requeued, to be sent later.
    pub requeued: u64,
}

impl Summary {
    /// How many messages it settled in a state.
    pub fn count(&self, state: State) -> u64 {
        self.settled.get(&state).copied().unwrap_or(0)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.settled.iter().map(|(state, count)| format!("{count} {state}")).collect();
        f.write_str(if parts.is_empty() { "nothing was sent" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}
