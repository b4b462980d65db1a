//! Times as the tables have them: milliseconds since 1970, by the database's clock.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jiff::civil;
use jiff::tz::TimeZone;

/// For SQL, which has no unsigned numbers. More than 292 million years are as many.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A wait in milliseconds; none if it is over.
pub(crate) fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

pub(crate) fn from_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// When a clock on the wall shows this time; a time that is jumped over is after the jump.
pub(crate) fn instant(local: civil::DateTime, zone: &TimeZone) -> Option<i64> {
    zone.to_ambiguous_zoned(local).compatible().ok().map(|zoned| zoned.timestamp().as_millisecond())
}
