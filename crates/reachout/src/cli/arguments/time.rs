//! Times and durations as they are typed: `90s`, `3d`, `2026-12-01`, `2026-12-01T09:00:00+01:00`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::{Span, SpanRelativeTo, Timestamp, Zoned, civil, tz::TimeZone};

/// A parser of durations, whose errors are sentences. A day has 24 hours.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{}` is not a duration; write one such as 90s, 10m, 24h or 3d", text.escape_debug());
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let days = SpanRelativeTo::days_are_24_hours();
    let whole = span.to_duration(days).map_err(|_| format!("{} (a month and a year have no fixed length)", wrong()))?;
    Duration::try_from(whole).map_err(|_| format!("`{}` is negative; a duration is 0s or longer", text.escape_debug()))
}

/// A parser of moments, whose errors are sentences: a time, a date or a time of this machine's time zone, or a duration from now.
pub fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let wrong = || {
        format!(
            "`{}` is not a time; write one such as 2026-12-01T09:00:00+01:00, 2026-12-01 for its first moment here, or 3d for three days from now",
            text.escape_debug()
        )
    };
    let from_now = || Utc::now().checked_add_signed(chrono::Duration::from_std(duration(text).ok()?).ok()?);
    date(text).or_else(from_now).ok_or_else(wrong)
}

/// What is written as a date or a time.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let here = |civil: civil::DateTime| civil.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp());
    let timestamp = if let Ok(zoned) = text.parse::<Zoned>() {
        zoned.timestamp()
    } else if let Ok(timestamp) = text.parse::<Timestamp>() {
        timestamp
    } else {
        here(text.parse().ok()?)?
    };
    DateTime::from_timestamp_millis(timestamp.as_millisecond())
}

/// How long ago something happened: a duration, or the time it happened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(Duration);

impl Age {
    /// A parser of arguments, whose errors are sentences.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(at) = date(text) else {
            return duration(text)
                .map(Self)
                .map_err(|_| format!("`{}` is neither a duration such as 30d nor a date such as 2026-12-01", text.escape_debug()));
        };
        (Utc::now() - at).to_std().map(Self).map_err(|_| format!("`{}` is not in the past", text.escape_debug()))
    }

    pub fn duration(self) -> Duration {
        self.0
    }
}

/// A parser of rate limits such as `100/10s`.
pub fn rate(text: &str) -> Result<(u32, Duration), String> {
    let wrong = || format!("`{}` is not a limit; write one such as 100/10s or 1000/1h", text.escape_debug());
    let (number, per) = text.split_once('/').ok_or_else(wrong)?;
    Ok((number.trim().parse().map_err(|_| wrong())?, duration(per)?))
}

/// A duration for people, in two units at most.
pub fn words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, 0) => format!("{} ms", duration.as_millis()),
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (days, hours, ..) => format!("{days} d {hours} h"),
    }
}

/// A time for people, to the second.
pub fn clock(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A time as vendors take it, to the second unless it was given more exactly.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        let cases = [
            ("90s", 90),
            ("10m", 600),
            ("3d", 3 * 86_400),
            ("1h30m", 5_400),
            ("1h 30min", 5_400),
            ("2 weeks", 14 * 86_400),
            ("PT2H", 7_200),
            ("0s", 0),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "10", "s", "10y", "1mo", "-1s", "99999999999999999999d", "2026-12-01"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(rate("100/10s"), Ok((100, Duration::from_secs(10))));
        assert!(rate("100").is_err() && rate("x/1s").is_err());
        for (seconds, text) in [(5, "5 s"), (65, "1 min 5 s"), (3_700, "1 h 1 min"), (90_000, "1 d 1 h")] {
            assert_eq!(words(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn moments_are_times_dates_or_durations_from_now() {
        let at = |text: &str| moment(text).unwrap_or_else(|error| panic!("{error}"));
        let noon: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
        for text in ["2026-12-01T12:00:00Z", "2026-12-01T13:00:00+01:00", "2026-12-01T13:00[Europe/Paris]"] {
            assert_eq!(at(text), noon, "{text}");
        }
        let here = |text: &str| {
            let civil: civil::DateTime = text.parse().unwrap();
            civil.to_zoned(TimeZone::system()).unwrap().timestamp().as_millisecond()
        };
        for text in ["2026-12-01", "2026-12-01T09:30", "2026-12-01 09:30"] {
            assert_eq!(at(text).timestamp_millis(), here(text), "{text}");
        }
        let days = (at("3d") - Utc::now()).num_minutes();
        assert!((3 * 24 * 60 - 1..=3 * 24 * 60).contains(&days), "{days}");
        for wrong in ["", "tomorrow", "1.12.2026", "2026-13-01", "-3d", "999999999d"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Age::parse("30d"), Ok(Age(Duration::from_hours(30 * 24))));
        assert!(Age::parse("2020-01-01").unwrap().duration() > Duration::from_hours(24 * 365));
        assert!(Age::parse("9999-01-01").is_err() && Age::parse("old").is_err());
    }
}
