//! [`Refusal`]: why a message is not to be sent now.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::State;

/// Why a message is not to be sent now. No address is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The account, or everything, is paused; why, if not by a person.
    Paused(Option<String>),
    /// Its campaign, its key or its recipient is paused.
    MessagePaused,
    /// One of its addresses is on the suppression list, for this reason.
    Suppressed(String),
    /// Its sequence was ended for its recipient, for this reason: a reply, for example.
    Stopped(String),
    /// The vendor's check refused its recipient before, with this code, and has not permitted it since.
    Vendor(String),
    /// It is in the quiet hours of the account's [`Rules`](crate::Rules), which end then.
    QuietHours(DateTime<Utc>),
    /// The sender's daily or hourly cap is used up; the next day or hour begins then.
    Cap(DateTime<Utc>),
}

impl Refusal {
    /// Whether the same message may be sent later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::QuietHours(_) | Self::Cap(_))
    }

    /// The state and the code of a queued message that is settled by it; nothing where the message stays queued.
    pub(crate) fn settles(&self) -> Option<(State, &str)> {
        match self {
            Self::Suppressed(_) => Some((State::Suppressed, "suppression-list")),
            Self::Stopped(_) => Some((State::Cancelled, "follow-up-stopped")),
            Self::Vendor(code) => Some((State::Suppressed, code)),
            Self::Paused(_) | Self::MessagePaused | Self::QuietHours(_) | Self::Cap(_) => None,
        }
    }

    /// The reason that a message which is settled by it has.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Suppressed(reason) | Self::Stopped(reason) => reason.clone(),
            refusal => refusal.to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused(Some(reason)) => write!(f, "the account is paused: {reason}"),
            Self::Paused(None) => f.write_str("the account is paused"),
            Self::MessagePaused => f.write_str("its campaign, its key or its recipient is paused"),
            Self::Suppressed(reason) => write!(f, "an address of the message is on the suppression list: {reason}"),
            Self::Stopped(reason) => write!(f, "its sequence was stopped: {reason}"),
            Self::Vendor(code) => write!(f, "the vendor refused the recipient before ({code}), and its check has not permitted it since"),
            Self::QuietHours(until) => write!(f, "it is in the account's quiet hours, which end at {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::Cap(until) => write!(f, "the sender's cap is used up until {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
        }
    }
}
