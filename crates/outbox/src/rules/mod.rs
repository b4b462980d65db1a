//! [`Rules`]: how an account may be used.

mod hours;
mod spacing;
mod zone;

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reachout_runtime::RateLimit;
use serde::{Deserialize, Serialize};

use crate::store::CapUse;
use crate::time::from_ms;

pub use hours::{Daily, QuietHours, WarmUp};
pub use spacing::Spacing;
pub use zone::{Clock, Zone};

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
#[serde(default, deny_unknown_fields)]
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
    /// How many messages each sender may send in an hour, of which each begins at its first minute in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hourly_cap: Option<NonZeroU32>,
    /// How long after a message the next one may begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spacing: Option<Spacing>,
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

    /// Sets [`hourly_cap`](Self::hourly_cap).
    #[must_use]
    pub fn hourly_cap(mut self, messages: NonZeroU32) -> Self {
        self.hourly_cap = Some(messages);
        self
    }

    /// Sets [`spacing`](Self::spacing).
    #[must_use]
    pub fn spacing(mut self, spacing: Spacing) -> Self {
        self.spacing = Some(spacing);
        self
    }

    /// Rules as they are stored; without any, only the vendor's documented limit holds.
    ///
    /// What this version does not understand in them, it could not keep to: another field, a time zone that is not in its database. So that
    /// is an error and never left out.
    pub(crate) fn read(stored: Option<&str>) -> Result<Self, RulesError> {
        let Some(text) = stored else { return Ok(Self::default()) };
        let unreadable = |error: serde_json::Error| RulesError::Unreadable(error.to_string());
        // An object: a list would be taken for its fields in their order.
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).map_err(unreadable)?;
        let rules: Self = serde_json::from_value(fields.into()).map_err(unreadable)?;
        rules.check().map_err(|error| RulesError::Unreadable(error.to_string()))?;
        Ok(rules)
    }

    /// When quiet hours end, if they are at this moment. `recipient_zone`: the recipient's time zone, where it is known.
    pub fn quiet_until(&self, now: DateTime<Utc>, recipient_zone: Option<&str>) -> Option<DateTime<Utc>> {
        self.quiet_hours.as_ref()?.end(now.timestamp_millis(), recipient_zone).map(from_ms)
    }

    /// When the next day of [`daily_cap`](Self::daily_cap) begins, if there is one.
    pub fn next_day(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.daily_cap.as_ref()?.day(now.timestamp_millis()).map(|(_, next)| from_ms(next))
    }

    pub(crate) const fn has_cap(&self) -> bool {
        self.daily_cap.is_some() || self.hourly_cap.is_some()
    }

    /// A sender's periods at this moment that are limited.
    pub(crate) fn caps(&self, now_ms: i64) -> Vec<CapUse> {
        let hour = self.hourly_cap.map(|limit| CapUse::hour(now_ms, limit.get(), "hourly-cap"));
        let day = self.daily_cap.as_ref().and_then(|daily| {
            let (period, ends_at) = daily.day(now_ms)?;
            Some(CapUse { period, limit: daily.limit_at(now_ms), ends_at, campaign: None, code: "daily-cap" })
        });
        hour.into_iter().chain(day).collect()
    }

    /// Whether they can be kept to.
    pub(crate) fn check(&self) -> Result<(), RulesError> {
        let nothing = self.limit.is_some_and(|limit| limit.requests == 0 || limit.per.is_zero());
        if nothing || self.daily_cap.as_ref().is_some_and(|daily| daily.limit == 0) {
            return Err(RulesError::Nothing);
        }
        if self.spacing.is_some_and(|spacing| spacing.from_ms > spacing.to_ms || spacing.to_ms == 0) {
            return Err(RulesError::Spacing);
        }
        match &self.quiet_hours {
            Some(hours) if hours.from == hours.to => Err(RulesError::AllDay(hours.from.strftime("%H:%M").to_string())),
            _ => Ok(()),
        }
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
    #[error("{name:?} is not a known time zone; write one such as {}", nearest.join(" or "))]
    TimeZone {
        /// What was given.
        name: String,
        /// Time zones whose names are like it, the nearest first; `Europe/Paris` where none is.
        nearest: Vec<String>,
    },
    /// A daily cap or a limit of nothing.
    #[error("a limit needs at least one request in a period longer than zero; to send nothing, pause the account")]
    Nothing,
    /// A spacing whose shortest time is longer than its longest.
    #[error("a spacing is from a shorter time to a longer one; write such as 2m-5m")]
    Spacing,
    /// Quiet hours that begin when they end.
    #[error("quiet hours begin and end at {0}; to send nothing, pause the account")]
    AllDay(String),
    /// Stored rules that this version cannot keep to: a later one wrote them, or a person.
    #[error("cannot be read: {0}; set them anew with `reachout outbox rules --reset`, or `Outbox::set_rules`")]
    Unreadable(String),
}

/// A rate limit as JSON.
mod limit {
    use std::time::Duration;

    use reachout_runtime::RateLimit;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        requests: u32,
        per_ms: u64,
    }

    #[expect(clippy::ref_option, reason = "serde's form")]
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

    #[test]
    fn what_cannot_be_kept_to_is_refused() {
        let utc = || Clock::sender("UTC").unwrap();
        assert_eq!(QuietHours::new("8", "25:00", utc()).unwrap_err(), RulesError::Time("8".to_owned()));
        assert_eq!(QuietHours::new("08:00", "08:00", utc()).unwrap_err(), RulesError::AllDay("08:00".to_owned()));
        assert_eq!(Daily::new(0, "UTC").unwrap_err(), RulesError::Nothing);
        for (given, near) in
            [("Paris", "Europe/Paris"), ("europe/pariss", "Europe/Paris"), ("New York", "America/New_York"), ("Xyzzy", "Europe/Paris")]
        {
            let wrong = Daily::new(1, given).unwrap_err();
            assert!(matches!(&wrong, RulesError::TimeZone { name, nearest } if name == given && nearest[0] == near), "{wrong}");
        }
    }

    #[test]
    fn rules_are_the_same_after_json() {
        let rules = Rules::new()
            .limit(100, Duration::from_secs(10))
            .steady()
            .budget("agency")
            .quiet_hours(QuietHours::new("20:00", "08:30", Clock::recipient("UTC").unwrap()).unwrap())
            .daily_cap(Daily::new(40, "UTC").unwrap())
            .hourly_cap(NonZeroU32::MIN);
        for rules in [rules, Rules::new()] {
            let json = serde_json::to_string(&rules).unwrap();
            assert_eq!(Rules::read(Some(&json)).unwrap(), rules, "{json}");
        }
    }

    #[test]
    fn stored_rules_that_cannot_be_kept_to_are_an_error() {
        let quiet = |clock: &str| format!(r#"{{"quiet_hours":{{"from":"20:00:00","to":"08:00:00","clock":{clock}}}}}"#);
        let daily = |rest: &str| format!(r#"{{"daily_cap":{{"zone":"UTC","limit":{rest}}}}}"#);
        assert!(Rules::read(Some(&quiet(r#"{"sender":"UTC"}"#))).is_ok() && Rules::read(Some(&daily("5"))).is_ok());
        for unreadable in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            r#"{"steady":true"#.to_owned(),
            r#"{"steady":true,"weekends":false}"#.to_owned(),
            r#"{"steady":1}"#.to_owned(),
            r#"{"limit":{"requests":0,"per_ms":1000}}"#.to_owned(),
            r#"{"limit":{"requests":1,"per_ms":0}}"#.to_owned(),
            r#"{"limit":{"requests":1,"per_ms":1000,"burst":2}}"#.to_owned(),
            quiet(r#"{"sender":"Mars/Olympus"}"#),
            quiet(r#"{"account":"UTC"}"#),
            r#"{"quiet_hours":{"from":"20:00:00","to":"20:00:00","clock":{"sender":"UTC"}}}"#.to_owned(),
            r#"{"quiet_hours":{"from":"20:00:00","to":"08:00:00","clock":{"sender":"UTC"},"days":["sunday"]}}"#.to_owned(),
            r#"{"hourly_cap":0}"#.to_owned(),
            daily("0"),
            daily("-1"),
            daily(r#"5,"per":"week""#),
        ] {
            let error = Rules::read(Some(&unreadable)).expect_err(&unreadable).to_string();
            assert!(error.starts_with("cannot be read: ") && error.contains("outbox rules --reset"), "{unreadable}: {error}");
        }
    }
}
