//! [`Refusal`]: why a message that does not go through the outbox should not be sent.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::resolved::Resolved;
use crate::time::from_ms;
use crate::{Envelope, Error, Outbox};

/// Why a message is not to be sent now: [`Outbox::refusal`]. No address is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// One of its addresses is on the suppression list, for this reason.
    Suppressed(String),
    /// The account, or everything, is paused; why, if not by a person.
    Paused(Option<String>),
    /// It is in the quiet hours of the account's [`Rules`](crate::Rules), which end then.
    QuietHours(DateTime<Utc>),
    /// The sender's daily cap is used up; the next day begins then.
    DailyCap(DateTime<Utc>),
}

impl Refusal {
    /// Whether the same message may be sent later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::QuietHours(_) | Self::DailyCap(_))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suppressed(reason) => write!(f, "an address of the message is on the suppression list: {reason}"),
            Self::Paused(Some(reason)) => write!(f, "the account is paused: {reason}"),
            Self::Paused(None) => f.write_str("the account is paused"),
            Self::QuietHours(until) => write!(f, "it is in the account's quiet hours, which end at {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::DailyCap(until) => write!(f, "the sender's daily cap is used up until {}", until.format("%Y-%m-%dT%H:%M:%SZ")),
        }
    }
}

impl Outbox {
    /// Why a message that is sent beside the outbox should not be sent now, by the suppression list, the pauses and the account's rules;
    /// nothing if it may be. What is queued is checked by the workers.
    pub async fn refusal(&self, envelope: &Envelope) -> Result<Option<Refusal>, Error> {
        let Resolved { envelope: Envelope { lane, message, time_zone, .. }, own, copies, .. } = Resolved::new(1, envelope, self.region)?;
        if let Some(channel) = message.channel {
            for address in own.iter().chain(&copies) {
                if let Some(reason) = self.store.listed(address, channel).await? {
                    return Ok(Some(Refusal::Suppressed(reason)));
                }
            }
        }
        if let Some(reason) = self.store.pause_of(&lane).await? {
            return Ok(Some(Refusal::Paused(reason)));
        }
        let (rules, now) = (self.rules(&lane).await?, self.store.now().await?);
        if let Some(end) = rules.quiet_hours.as_ref().and_then(|quiet| quiet.end(now, time_zone.as_deref())) {
            return Ok(Some(Refusal::QuietHours(from_ms(end))));
        }
        if let Some((daily, (day, next))) = rules.daily_cap.as_ref().and_then(|daily| Some((daily, daily.day(now)?))) {
            let used = self.store.used_of_day(&lane, message.from.as_deref().unwrap_or_default(), &day).await?;
            if used >= i64::from(daily.most) {
                return Ok(Some(Refusal::DailyCap(from_ms(next))));
            }
        }
        Ok(None)
    }
}
