//! How long a vendor asks to wait.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// A longer wait is cut to a day: nobody waits that long, and the sum with a clock must not overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The rate-limit headers of Hoop AI and Leadway (the frequently asked questions on OAuth in Hoop's reference).
const INTERVAL: &str = "x-ratelimit-interval-milliseconds";
const MAXIMUM: &str = "x-ratelimit-max";
const REMAINING: &str = "x-ratelimit-remaining";

/// What the rate-limit headers of an answer say. Absent or unreadable headers are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// Requests allowed in each interval.
    pub(crate) maximum: Option<u32>,
    /// Requests left in the current one.
    pub(crate) remaining: Option<u32>,
    pub(crate) interval: Option<Duration>,
}

impl Allowance {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let count = |name| number(headers, name).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Self {
            maximum: count(MAXIMUM).filter(|maximum| *maximum > 0),
            remaining: count(REMAINING),
            interval: number(headers, INTERVAL).map(|millis| Duration::from_millis(millis).min(LONGEST)).filter(|wait| !wait.is_zero()),
        }
    }
}

/// The wait that an answer asks for: `Retry-After`, else on 429 the interval of a used-up allowance.
pub(crate) fn vendor_wait(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry_after(headers, now).or_else(|| {
        let allowance = Allowance::read(headers);
        // With something left, it is not this allowance that ran out.
        let used_up = status == StatusCode::TOO_MANY_REQUESTS && allowance.remaining.unwrap_or(0) == 0;
        allowance.interval.filter(|_| used_up)
    })
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). A date counts from the answer's own `Date`, so
/// that a wrong clock on our side does not matter.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let from = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok()).unwrap_or(now);
    Some(until.duration_since(from).unwrap_or(Duration::ZERO).min(LONGEST))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests;
