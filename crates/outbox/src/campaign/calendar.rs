//! [`Calendar`]: when the messages of a campaign may be sent.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::Delay;
use crate::Clock;
use crate::time::instant;

/// The longest that a calendar is looked through for a time at which it is open.
const LONGEST_DAYS: i64 = 400;
const DAY_MS: i64 = 86_400_000;

/// When the messages of a campaign may be sent: windows of the week, without holidays, by a clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Calendar {
    /// Whose clock counts.
    pub clock: Clock,
    /// Whether people are refused whose time zone is not known, where theirs counts.
    #[serde(default)]
    pub requires_zone: bool,
    /// None: at any time, but for holidays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// Days on which nothing is sent, and which are no working days.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<Date>,
}

/// A time of some days of the week: `09:00` is in it, `17:30` is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Window {
    /// On which days.
    pub days: BTreeSet<Day>,
    /// The first minute of it.
    pub from: Time,
    /// The first minute after it.
    pub to: Time,
}

impl Window {
    /// From one time of the day to a later one, on these days.
    pub fn new(days: impl IntoIterator<Item = Day>, from: Time, to: Time) -> Result<Self, WindowError> {
        let days: BTreeSet<_> = days.into_iter().collect();
        if days.is_empty() {
            return Err(WindowError::NoDay);
        }
        if from >= to { Err(WindowError::Order) } else { Ok(Self { days, from, to }) }
    }
}

/// A window in which nothing can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// It is on no day.
    #[error("a window is on at least one day; write `days: [mon, tue, wed, thu, fri]`")]
    NoDay,
    /// It ends before it begins.
    #[error("a window ends after it begins, on the same day; one over midnight is two windows")]
    Order,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the days")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// Monday to Friday.
    pub const WORKING: [Self; 5] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri];

    const NAMES: [(&'static str, Self); 7] = [
        ("mon", Self::Mon),
        ("tue", Self::Tue),
        ("wed", Self::Wed),
        ("thu", Self::Thu),
        ("fri", Self::Fri),
        ("sat", Self::Sat),
        ("sun", Self::Sun),
    ];

    fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// A text that is no day of the week.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a day; these are: mon, tue, wed, thu, fri, sat, sun", .0.escape_debug())]
pub struct NotADay(String);

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::NAMES.iter().find(|(name, _)| *name == text).map(|(_, day)| *day).ok_or_else(|| NotADay(text.to_owned()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(_, day)| day == self).map_or("", |(name, _)| name))
    }
}

impl Calendar {
    /// Open at any time, by this clock.
    pub const fn new(clock: Clock) -> Self {
        Self { clock, requires_zone: false, windows: Vec::new(), holidays: BTreeSet::new() }
    }

    /// When it is open next, where it is not now; both in milliseconds since 1970. `recipient_zone`: the recipient's time zone.
    pub(crate) fn closed_until(&self, now_ms: i64, recipient_zone: Option<&str>) -> Option<i64> {
        let now = Timestamp::from_millisecond(now_ms).ok()?;
        let zone = self.clock.time_zone(recipient_zone);
        let local = now.to_zoned(zone.clone());
        if self.is_open(local.date(), local.time()) {
            return None;
        }
        let opening = (0..=LONGEST_DAYS).find_map(|days| {
            let date = local.date().checked_add(days.days()).ok()?;
            self.openings(date).filter_map(|opens| instant(date.to_datetime(opens), &zone)).filter(|at| *at > now_ms).min()
        });
        // Nothing is sent where it never opens.
        Some(opening.unwrap_or_else(|| now_ms.saturating_add(DAY_MS)))
    }

    /// When a step is due that follows one which was accepted at `accepted_ms`; on a later day, unless `same_day`.
    pub(crate) fn due(&self, accepted_ms: i64, delay: Delay, same_day: bool, recipient_zone: Option<&str>) -> i64 {
        let zone = self.clock.time_zone(recipient_zone);
        let Ok(accepted) = Timestamp::from_millisecond(accepted_ms) else { return accepted_ms };
        let local = accepted.to_zoned(zone.clone());
        let delayed = match delay {
            Delay::Time(time) => accepted_ms.saturating_add(crate::time::milliseconds(time)),
            Delay::WorkingDays(days) => {
                let date = self.after_working_days(local.date(), days);
                instant(date.to_datetime(local.time()), &zone).unwrap_or_else(|| accepted_ms + i64::from(days) * DAY_MS)
            }
        };
        let tomorrow = local.date().tomorrow().ok().and_then(|date| instant(date.to_datetime(Time::midnight()), &zone));
        let earliest = if same_day { accepted_ms } else { tomorrow.unwrap_or(accepted_ms + DAY_MS) };
        let due = delayed.max(earliest);
        self.closed_until(due, recipient_zone).unwrap_or(due)
    }

    /// The day it is for somebody, and when the next one begins.
    pub(crate) fn day(&self, now_ms: i64, recipient_zone: Option<&str>) -> Option<(Date, i64)> {
        let zone = self.clock.time_zone(recipient_zone);
        let date = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(zone.clone()).date();
        Some((date, instant(date.tomorrow().ok()?.to_datetime(Time::midnight()), &zone)?))
    }

    fn is_open(&self, date: Date, time: Time) -> bool {
        let in_window = |window: &Window| window.days.contains(&Day::of(date)) && window.from <= time && time < window.to;
        !self.holidays.contains(&date) && (self.windows.is_empty() || self.windows.iter().any(in_window))
    }

    /// When it opens on a day.
    fn openings(&self, date: Date) -> impl Iterator<Item = Time> + '_ {
        let open = !self.holidays.contains(&date);
        let windows = self.windows.iter().filter(move |window| open && window.days.contains(&Day::of(date))).map(|window| window.from);
        windows.chain((open && self.windows.is_empty()).then(Time::midnight))
    }

    fn after_working_days(&self, from: Date, days: u16) -> Date {
        let (mut date, mut left) = (from, days);
        for _ in 0..LONGEST_DAYS.saturating_add(i64::from(days) * 3) {
            if left == 0 {
                break;
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
            left -= u16::from(Day::WORKING.contains(&Day::of(date)) && !self.holidays.contains(&date));
        }
        date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn office() -> Calendar {
        let window = |from: &str, to: &str| Window::new(Day::WORKING, from.parse().unwrap(), to.parse().unwrap()).unwrap();
        let mut calendar = Calendar::new(Clock::recipient("Europe/Paris").unwrap());
        calendar.windows = vec![window("09:00", "12:00"), window("14:00", "17:30")];
        calendar.holidays = ["2026-12-25".parse().unwrap()].into();
        calendar
    }

    #[test]
    fn when_a_calendar_opens() {
        // Paris is an hour ahead of UTC in winter. 2026-11-30 is a Monday.
        for (now, zone, opens) in [
            ("2026-11-30T07:59:59Z", None, Some("2026-11-30T08:00:00Z")),
            ("2026-11-30T08:00:00Z", None, None),
            ("2026-11-30T11:00:00Z", None, Some("2026-11-30T13:00:00Z")),
            ("2026-11-30T16:29:59Z", None, None),
            ("2026-11-30T16:30:00Z", None, Some("2026-12-01T08:00:00Z")),
            ("2026-12-04T16:30:00Z", None, Some("2026-12-07T08:00:00Z")),
            ("2026-12-24T16:30:00Z", None, Some("2026-12-28T08:00:00Z")),
            ("2026-11-30T08:00:00Z", Some("America/New_York"), Some("2026-11-30T14:00:00Z")),
            // The clocks go forward on 29 March 2026, a Sunday.
            ("2026-03-27T16:30:00Z", None, Some("2026-03-30T07:00:00Z")),
        ] {
            assert_eq!(office().closed_until(ms(now), zone), opens.map(ms), "{now} {zone:?}");
        }
        let mut never = office();
        never.windows[0].days.clear();
        never.windows.truncate(1);
        assert!(never.closed_until(ms("2026-11-30T08:00:00Z"), None).is_some(), "what never opens stays closed");
    }

    #[test]
    fn when_a_step_is_due() {
        let calendar = office();
        let utc = Calendar::new(Clock::sender("UTC").unwrap());
        for (calendar, accepted, delay, same_day, due) in [
            (&calendar, "2026-11-30T09:00:00Z", "3d", false, "2026-12-03T09:00:00Z"),
            (&calendar, "2026-12-02T09:00:00Z", "3d", false, "2026-12-07T08:00:00Z"),
            (&calendar, "2026-12-03T16:00:00Z", "1 working day", false, "2026-12-04T16:00:00Z"),
            (&calendar, "2026-12-04T16:00:00Z", "1 working day", false, "2026-12-07T16:00:00Z"),
            (&calendar, "2026-12-24T16:00:00Z", "1 working day", false, "2026-12-28T16:00:00Z"),
            (&calendar, "2026-11-30T08:30:00Z", "2h", false, "2026-12-01T08:00:00Z"),
            (&calendar, "2026-11-30T08:30:00Z", "2h", true, "2026-11-30T10:30:00Z"),
            (&utc, "2026-11-30T23:59:00Z", "1d", false, "2026-12-01T23:59:00Z"),
            (&utc, "2026-11-30T23:59:00Z", "0s", false, "2026-12-01T00:00:00Z"),
        ] {
            assert_eq!(calendar.due(ms(accepted), delay.parse().unwrap(), same_day, None), ms(due), "{accepted} {delay}");
        }
        // A day of 25 hours: the next message is on another day all the same.
        let paris = Calendar::new(Clock::sender("Europe/Paris").unwrap());
        assert_eq!(paris.due(ms("2026-10-24T22:00:00Z"), Delay::days(1), false, None), ms("2026-10-25T23:00:00Z"));
    }
}
