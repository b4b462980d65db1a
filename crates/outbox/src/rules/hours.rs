//! [`QuietHours`] and [`Daily`]: rules about the time of the day.

use chrono::{DateTime, Utc};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{Clock, RulesError, Zone};
use crate::time::instant;

const HOUR_MS: i64 = 3_600_000;

/// A time of every day at which nothing is sent: what becomes due in it waits for its end. It may go over midnight.
///
/// What a clock on the wall shows is what counts: on the day the clocks change, an hour that comes twice is quiet twice, and quiet hours whose
/// end is jumped over end with the jump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
        let now = Timestamp::from_millisecond(now_ms).ok()?;
        let zone = self.clock.time_zone(recipient_zone);
        if !self.includes(now.to_zoned(zone.clone()).time()) {
            return None;
        }
        // They end when the clock shows their end, which it may do twice on a day, or when it jumps over it.
        let today = now.to_zoned(zone.clone()).date();
        let days = [Some(today), today.checked_add(1.day()).ok(), today.checked_add(2.days()).ok()];
        let shown = days.into_iter().flatten().flat_map(|date| {
            let end = zone.to_ambiguous_zoned(date.to_datetime(self.to));
            [end.clone().earlier(), end.later()].into_iter().flatten().map(|end| end.timestamp())
        });
        let jumps = zone.following(now).take(2).map(|transition| transition.timestamp());
        let ends = shown.chain(jumps).filter(|end| *end > now && !self.includes(end.to_zoned(zone.clone()).time())).min();
        // Every day has a time that is not quiet, so that there is an end; nothing is sent should that be wrong.
        Some(ends.map_or(now_ms.saturating_add(HOUR_MS), Timestamp::as_millisecond))
    }

    fn includes(&self, time: Time) -> bool {
        if self.from < self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }
}

/// How many messages each sender of an account may send in a day: what is more waits for the next day.
///
/// A sender is what [`Message::from`](reachout_messenger::Message::from) says; messages that say nothing have one together. A message counts when
/// its sending begins, and does not when it turns out that it was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Daily {
    /// How many.
    pub limit: u32,
    /// In which time zone the day begins at midnight: the sender's.
    pub zone: Zone,
    /// How it grows to that, where the sender is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<WarmUp>,
}

/// A daily cap that grows from day to day: a provider distrusts a new sender that writes much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct WarmUp {
    /// How many messages on the first day.
    pub first: u32,
    /// How many more on each further day.
    pub more: u32,
    /// The first day.
    pub since: Date,
}

impl Daily {
    /// At most `limit` messages in a day of `zone`.
    pub fn new(limit: u32, zone: &str) -> Result<Self, RulesError> {
        if limit == 0 {
            return Err(RulesError::Nothing);
        }
        Ok(Self { limit, zone: Zone::new(zone)?, warm_up: None })
    }

    /// Begins with `first` messages on the day of `since`, and allows `more` on each day after it, up to the limit.
    pub fn warm_up(mut self, first: u32, more: u32, since: DateTime<Utc>) -> Result<Self, RulesError> {
        let since = self.date(since.timestamp_millis()).filter(|_| first > 0).ok_or(RulesError::Nothing)?;
        self.warm_up = Some(WarmUp { first, more, since });
        Ok(self)
    }

    fn date(&self, now_ms: i64) -> Option<Date> {
        Some(Timestamp::from_millisecond(now_ms).ok()?.to_zoned(self.zone.get()).date())
    }

    /// How many messages the day may have.
    pub(crate) fn limit_at(&self, now_ms: i64) -> u32 {
        let Some((warm_up, date)) = self.warm_up.zip(self.date(now_ms)) else { return self.limit };
        let days = (date - warm_up.since).get_days();
        let grown = warm_up.more.saturating_mul(u32::try_from(days).unwrap_or(0));
        warm_up.first.saturating_add(grown).min(self.limit)
    }

    /// The day it is, such as `2026-11-21`, and when the next one begins.
    pub(crate) fn day(&self, now_ms: i64) -> Option<(String, i64)> {
        let (zone, date) = (self.zone.get(), self.date(now_ms)?);
        let next = date.checked_add(1.day()).ok()?;
        Some((date.to_string(), instant(next.to_datetime(Time::midnight()), &zone)?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

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
        let late = QuietHours::new("02:30", "04:00", paris()).unwrap();
        let theirs = QuietHours::new("20:00", "08:00", Clock::recipient("Europe/Paris").unwrap()).unwrap();
        // Paris is an hour ahead of UTC in winter.
        let cases = [
            (&night, "2026-11-21T18:59:59Z", None, None),
            (&night, "2026-11-21T19:00:00Z", None, Some("2026-11-22T07:30:00Z")),
            (&night, "2026-11-22T00:30:00Z", None, Some("2026-11-22T07:30:00Z")),
            (&night, "2026-11-22T07:30:00Z", None, None),
            (&noon, "2026-11-21T11:00:00Z", None, Some("2026-11-21T13:00:00Z")),
            (&noon, "2026-11-21T13:00:00Z", None, None),
            // 29 March 2026: it is 03:00 after 01:59.
            (&gap, "2026-03-28T22:00:00Z", None, Some("2026-03-29T01:00:00Z")),
            (&gap, "2026-03-29T00:59:59Z", None, Some("2026-03-29T01:00:00Z")),
            (&gap, "2026-03-29T01:00:00Z", None, None),
            // 25 October 2026: after 02:59 it is 02:00 again, and quiet again until 02:30.
            (&gap, "2026-10-24T21:00:00Z", None, Some("2026-10-25T00:30:00Z")),
            (&gap, "2026-10-25T00:30:00Z", None, None),
            (&gap, "2026-10-25T01:00:00Z", None, Some("2026-10-25T01:30:00Z")),
            (&gap, "2026-10-25T01:29:59Z", None, Some("2026-10-25T01:30:00Z")),
            (&gap, "2026-10-25T01:30:00Z", None, None),
            // The same day: they begin at 02:30, which the clock goes back before.
            (&late, "2026-10-25T00:45:00Z", None, Some("2026-10-25T01:00:00Z")),
            (&late, "2026-10-25T01:15:00Z", None, None),
            (&late, "2026-10-25T01:45:00Z", None, Some("2026-10-25T03:00:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", Some("America/New_York"), None),
            (&theirs, "2026-11-22T02:00:00Z", Some("America/New_York"), Some("2026-11-22T13:00:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", Some("Nowhere/Atall"), Some("2026-11-22T07:00:00Z")),
            (&theirs, "2026-11-21T19:00:00Z", None, Some("2026-11-22T07:00:00Z")),
        ];
        for (hours, now, recipient, end) in cases {
            assert_eq!(hours.end(ms(now), recipient), end.map(ms), "{now} {hours:?}");
        }
    }

    /// Minute by minute around changes of the clock, in all time zones: the end is the first minute that is not quiet.
    #[test]
    fn quiet_hours_end_at_the_first_minute_that_is_not_quiet() {
        let hours = [("22:00", "02:30"), ("20:00", "01:45"), ("00:00", "00:30"), ("02:15", "03:10"), ("23:30", "00:00")];
        let days = ["2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z", "2026-11-01T05:00:00Z", "2026-04-23T21:00:00Z", "2026-04-04T14:00:00Z"];
        for name in jiff::tz::db().available().filter(|name| name.as_str().contains('/')) {
            let zone = TimeZone::get(name.as_str()).unwrap();
            for day in days.map(ms) {
                // The sixth hour after a change is as any other.
                if zone
                    .following(Timestamp::from_millisecond(day).unwrap())
                    .next()
                    .is_none_or(|next| next.timestamp().as_millisecond() > day + 6 * HOUR_MS)
                {
                    continue;
                }
                for (from, to) in hours {
                    let quiet = QuietHours::new(from, to, Clock::sender(name.as_str()).unwrap()).unwrap();
                    let is_quiet = |at: i64| quiet.includes(Timestamp::from_millisecond(at).unwrap().to_zoned(zone.clone()).time());
                    for now in (0..6 * 4).map(|quarter| day + quarter * HOUR_MS / 4 + 1_000) {
                        let end = quiet.end(now, None);
                        let minute = now - now.rem_euclid(60_000);
                        let first =
                            is_quiet(now).then(|| (1..=1_440).map(|minutes| minute + minutes * 60_000).find(|at| !is_quiet(*at)).unwrap());
                        assert_eq!(end, first, "{} {from}-{to} at {now}", name.as_str());
                    }
                }
            }
        }
    }

    #[test]
    fn a_new_sender_warms_up() {
        let since = "2026-11-30T22:30:00Z".parse().unwrap();
        let daily = Daily::new(50, "UTC").unwrap().warm_up(10, 5, since).unwrap();
        let limits = [
            ("2026-11-29T00:00:00Z", 10),
            ("2026-11-30T23:00:00Z", 10),
            ("2026-12-01T00:00:00Z", 15),
            ("2026-12-08T12:00:00Z", 50),
            ("2027-12-08T12:00:00Z", 50),
        ];
        for (now, limit) in limits {
            assert_eq!(daily.limit_at(ms(now)), limit, "{now}");
        }
        assert!(Daily::new(50, "UTC").unwrap().warm_up(0, 5, since).is_err());
    }

    #[test]
    fn when_a_day_ends() {
        let daily = Daily::new(40, "Europe/Paris").unwrap();
        assert_eq!(daily.day(ms("2026-11-21T22:59:59Z")), Some(("2026-11-21".to_owned(), ms("2026-11-21T23:00:00Z"))));
        assert_eq!(daily.day(ms("2026-11-21T23:00:00Z")), Some(("2026-11-22".to_owned(), ms("2026-11-22T23:00:00Z"))));
        assert_eq!(daily.day(ms("2026-03-28T23:00:00Z")), Some(("2026-03-29".to_owned(), ms("2026-03-29T22:00:00Z"))));
    }
}
