//! [`State`]: how far a message is.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How far a message is. The README's table has the promise of each, and what leads from one to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// It waits for a person's approval: [`Outbox::approve`](crate::Outbox::approve). No worker takes it.
    Held,
    /// It waits for its time, for a worker, or for its turn under the rate limit. Nothing of it was sent.
    Queued,
    /// A worker is sending it: the vendor may have it by now.
    Sending,
    /// The vendor took it.
    Accepted,
    /// The vendor refused it; the reason is in the vendor's words.
    Rejected,
    /// It was not sent, and trying again does not help or was tried often enough.
    Failed,
    /// The vendor may or may not have it. It is never sent again by itself.
    Unknown,
    /// It was withdrawn before it was sent.
    Cancelled,
    /// Its recipient must not be written to.
    Suppressed,
}

impl State {
    /// Every state, in the order in which they are reported.
    pub const ALL: [Self; 9] = [
        Self::Held,
        Self::Queued,
        Self::Sending,
        Self::Accepted,
        Self::Rejected,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
        Self::Suppressed,
    ];

    /// Its name: `queued`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
            Self::Suppressed => "suppressed",
        }
    }

    /// Whether the message is done with: it neither waits nor is being sent.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Held | Self::Queued | Self::Sending)
    }

    /// Whether [`Outbox::retry`](crate::Outbox::retry) may queue such messages again: the vendor surely does not have them.
    pub const fn may_retry(self) -> bool {
        matches!(self, Self::Rejected | Self::Failed | Self::Cancelled | Self::Suppressed)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A text that names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a state; these are: {list}", list = State::ALL.map(State::name).join(", "))]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| UnknownState(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        assert!("sent".parse::<State>().unwrap_err().to_string().starts_with("\"sent\" is not a state; these are: held, queued, sending"));
    }
}
