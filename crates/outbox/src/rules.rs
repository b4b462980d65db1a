//! [`Rules`]: how an account may be used.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::civil::{DateTime as CivilDateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use reachout_runtime::RateLimit;
use serde::{Deserialize, Serialize};

use crate::time::from_ms;

/// How an account may be used: kept in the outbox, so that all workers keep to the same.
///
/// ```
/// use reachout_outbox::{Clock, Daily, QuietHours, Rules};
///
/// # fn main() -> Result<(), reachout_outbox::RulesError> {
/// let rules = Rules::new()
///     .steady()
///     .quiet_hours(QuietHours::new("20:00", "08:30", Clock::recipient("Europe/Paris")?)?)
///     .daily_cap(Daily::new(40, "Europe/Paris")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rules {
    /// Replaces the vendor's documented rate limit; the vendor's headers can only lower it.
    #[serde(with = "limit", skip_serializing_if = "Option::is_none")]
    pub limit: Option<RateLimit>,
    /// Spreads the requests evenly over the limit's period, instead of as fast as it allows.
    pub steady: bool,
    /// The name of the budget, where the vendor counts several accounts together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// When nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// How many messages each sender may send in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_cap: Option<Daily>,
}

impl Rules {
    /// The vendor's documented limit, and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`limit`](Self::limit): at most `requests` in any stretch of time as long as `per`.
    #[must_use]
    pub fn limit(mut self, requests: u32, per: Duration) -> Self {
        self.limit = Some(RateLimit::new(requests, per));
        self
    }

    /// Sets [`steady`](Self::steady).
    #[must_use]
    pub fn steady(mut self) -> Self {
        self.steady = true;
        self
    }

    /// Sets [`budget`](Self::budget).
    #[must_use]
    pub fn budget(mut self, name: impl Into<String>) -> Self {
        self.budget = Some(name.into());
        self
    }

    /// Sets [`quiet_hours`](Self::quiet_hours).
    #[must_use]
    pub fn quiet_hours(mut self, hours: QuietHours) -> Self {
        self.quiet_hours = Some(hours);
        self
    }

    /// Sets [`daily_cap`](Self::daily_cap).
    #[must_use]
    pub fn daily_cap(mut self, daily: Daily) -> Self {
        self.daily_cap = Some(daily);
        self
    }
}

impl Rules {
    /// When quiet hours end, if they are at this moment. `recipient_zone`: the recipient's time zone, where it is known.
    pub fn quiet_until(&self, now: DateTime<Utc>, recipient_zone: Option<&str>) -> Option<DateTime<Utc>> {
        self.quiet_hours.as_ref()?.end(now.timestamp_millis(), recipient_zone).map(from_ms)
    }

    /// When the next day of [`daily_cap`](Self::daily_cap) begins, if there is one.
    pub fn next_day(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.daily_cap.as_ref()?.day(now.timestamp_millis()).map(|(_, next)| from_ms(next))
    }
}

/// A setting that cannot be kept to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// Not a time of the day.
    #[error("{0:?} is not a time of the day; write one such as 08:30")]
    Time(String),
    /// Not in the database of time zones.
    #[error("{0:?} is not a known time zone; write one such as Europe/Paris")]
    TimeZone(String),
    /// A daily cap or a limit of nothing.
    #[error("a limit needs at least one request in a period longer than zero; to send nothing, pause the account")]
    Nothing,
    /// Quiet hours that begin when they end.
    #[error("quiet hours begin and end at {0}; to send nothing, pause the account")]
    AllDay(String),
}

/// Whose clock counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Clock {
    /// The sender's, in this time zone.
    Sender(Zone),
    /// The recipient's, as [`Envelope::time_zone`](crate::Envelope::time_zone) has it; this one where it has none.
    Recipient(Zone),
}

impl Clock {
    /// The sender's time zone.
    pub fn sender(zone: &str) -> Result<Self, RulesError> {
        Zone::new(zone).map(Self::Sender)
    }

    /// The recipient's time zone, and the one where it is not known.
    pub fn recipient(otherwise: &str) -> Result<Self, RulesError> {
        Zone::new(otherwise).map(Self::Recipient)
    }

    fn zone(&self, recipient: Option<&str>) -> TimeZone {
        match self {
            Self::Sender(zone) => zone.get(),
            Self::Recipient(zone) => recipient.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| zone.get()),
        }
    }
}

/// The name of a time zone that was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

impl Zone {
    /// Looks the name up: `Europe/Paris`.
    pub fn new(name: &str) -> Result<Self, RulesError> {
        TimeZone::get(name).map(|_| Self(name.to_owned())).map_err(|_| RulesError::TimeZone(name.to_owned()))
    }

    fn get(&self) -> TimeZone {
        // It was found when this was made; where the system's database shrank since, UTC is better than no message.
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }
}

impl TryFrom<String> for Zone {
    type Error = RulesError;

    fn try_from(name: String) -> Result<Self, RulesError> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

/// A time of every day at which nothing is sent: what becomes due in it waits for its end. It may go over midnight.
///
/// On the day the clocks change, a time that does not exist is taken as much later as they jump, and of one that exists twice the first counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuietHours {
    /// The first minute of them.
    pub from: Time,
    /// The first minute after them.
    pub to: Time,
    /// Whose clock counts.
    pub clock: Clock,
}

impl QuietHours {
    /// From a time such as `20:00` to one such as `08:30`.
    pub fn new(from: &str, to: &str, clock: Clock) -> Result<Self, RulesError> {
        let time = |text: &str| text.parse::<Time>().map_err(|_| RulesError::Time(text.to_owned()));
        let hours = Self { from: time(from)?, to: time(to)?, clock };
        if hours.from == hours.to { Err(RulesError::AllDay(from.to_owned())) } else { Ok(hours) }
    }

    /// When they end, if they are now; both in milliseconds since 1970.
    pub(crate) fn end(&self, now_ms: i64, recipient_zone: Option<&str>) -> Option<i64> {
        let zone = self.clock.zone(recipient_zone);
        let local = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(zone.clone());
        let time = local.time();
        let (quiet, tomorrow) = if self.from < self.to {
            (self.from <= time && time < self.to, false)
        } else {
            (self.from <= time || time < self.to, self.from <= time)
        };
        if !quiet {
            return None;
        }
        let date = if tomorrow { local.date().tomorrow().ok()? } else { local.date() };
        instant(date.to_datetime(self.to), &zone)
    }
}

/// How many messages each sender of an account may send in a day: what is more waits for the next day.
///
/// A sender is what [`Message::from`](reachout_messenger::Message::from) says; messages that say nothing have one together. A message counts when
/// its sending begins, and does not when it turns out that it was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Daily {
    /// How many.
    pub most: u32,
    /// In which time zone the day begins at midnight: the sender's.
    pub zone: Zone,
}

impl Daily {
    /// At most `most` messages in a day of `zone`.
    pub fn new(most: u32, zone: &str) -> Result<Self, RulesError> {
        if most == 0 {
            return Err(RulesError::Nothing);
        }
        Ok(Self { most, zone: Zone::new(zone)? })
    }

    /// The day it is, such as `2026-11-21`, and when the next one begins.
    pub(crate) fn day(&self, now_ms: i64) -> Option<(String, i64)> {
        let zone = self.zone.get();
        let date = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(zone.clone()).date();
        let next = date.checked_add(1.day()).ok()?;
        Some((date.to_string(), instant(next.to_datetime(Time::midnight()), &zone)?))
    }
}

fn instant(local: CivilDateTime, zone: &TimeZone) -> Option<i64> {
    zone.to_ambiguous_zoned(local).compatible().ok().map(|zoned| zoned.timestamp().as_millisecond())
}

/// A rate limit as JSON.
mod limit {
    use std::time::Duration;

    use reachout_runtime::RateLimit;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Form {
        requests: u32,
        per_ms: u64,
    }

    #[allow(clippy::ref_option, reason = "serde's form")]
    pub(super) fn serialize<S: Serializer>(limit: &Option<RateLimit>, serializer: S) -> Result<S::Ok, S::Error> {
        let per_ms = |limit: &RateLimit| u64::try_from(limit.per.as_millis()).unwrap_or(u64::MAX);
        limit.as_ref().map(|limit| Form { requests: limit.requests, per_ms: per_ms(limit) }).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RateLimit>, D::Error> {
        let form = Option::<Form>::deserialize(deserializer)?;
        Ok(form.map(|form| RateLimit::new(form.requests, Duration::from_millis(form.per_ms))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn when_quiet_hours_end() {
        let paris = || Clock::sender("Europe/Paris").unwrap();
        let night = QuietHours::new("20:00", "08:30", paris()).unwrap();
        let noon = QuietHours::new("12:00", "14:00", paris()).unwrap();
        let gap = QuietHours::new("22:00", "02:30", paris()).unwrap();
        let theirs = QuietHours::new("20:00", "08:00", Clock::recipient("Europe/Paris").unwrap()).unwrap();
        // Paris is an hour ahead of UTC in winter.
        let cases = [
            (&night, "2026-11-21T18:59:59Z", None, None),
            (&night, "2026-11-21T19:00:00Z", None, Some("2026-11-22T07:30:00Z")),
            (&night, "2026-11-22T00:30:00Z", None, Some("2026-11-22T07:30:00Z")),
            (&night, "2026-11-22T07:30:00Z", None, None),
            (&noon, "2026-11-21T11:00:00Z", None, Some("2026-11-21T13:00:00Z")),
            (&noon, "2026-11-21T13:00:00Z", None, None),
            // 29 March 2026: 02:30 does not exist, and is taken as 03:30 of summer time.
            (&gap, "2026-03-28T22:00:00Z", None, Some("2026-03-29T01:30:00Z")),
            // 25 October 2026: 02:30 exists twice; the first counts.
            (&gap, "2026-10-24T21:00:00Z", None, Some("2026-10-25T00:30:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", Some("America/New_York"), None),
            (&theirs, "2026-11-22T02:00:00Z", Some("America/New_York"), Some("2026-11-22T13:00:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", Some("Nowhere/Atall"), Some("2026-11-22T07:00:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", None, Some("2026-11-22T07:00:00Z")),
        ];
        for (hours, now, recipient, end) in cases {
            assert_eq!(hours.end(ms(now), recipient), end.map(ms), "{now} {hours:?}");
        }
    }

    #[test]
    fn when_a_day_ends() {
        let daily = Daily::new(40, "Europe/Paris").unwrap();
        assert_eq!(daily.day(ms("2026-11-21T22:59:59Z")), Some(("2026-11-21".to_owned(), ms("2026-11-21T23:00:00Z"))));
        assert_eq!(daily.day(ms("2026-11-21T23:00:00Z")), Some(("2026-11-22".to_owned(), ms("2026-11-22T23:00:00Z"))));
        assert_eq!(daily.day(ms("2026-03-28T23:00:00Z")), Some(("2026-03-29".to_owned(), ms("2026-03-29T22:00:00Z"))));
    }

    #[test]
    fn what_cannot_be_kept_to_is_refused() {
        let utc = || Clock::sender("UTC").unwrap();
        assert_eq!(QuietHours::new("8", "25:00", utc()).unwrap_err(), RulesError::Time("8".to_owned()));
        assert_eq!(QuietHours::new("08:00", "08:00", utc()).unwrap_err(), RulesError::AllDay("08:00".to_owned()));
        assert_eq!(Daily::new(0, "UTC").unwrap_err(), RulesError::Nothing);
        assert_eq!(Daily::new(1, "Paris").unwrap_err(), RulesError::TimeZone("Paris".to_owned()));
    }

    #[test]
    fn rules_are_the_same_after_json() {
        let rules = Rules::new()
            .limit(100, Duration::from_secs(10))
            .steady()
            .budget("agency")
            .quiet_hours(QuietHours::new("20:00", "08:30", Clock::recipient("UTC").unwrap()).unwrap())
            .daily_cap(Daily::new(40, "UTC").unwrap());
        for rules in [rules, Rules::new()] {
            let json = serde_json::to_string(&rules).unwrap();
            assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), rules, "{json}");
        }
    }
}
