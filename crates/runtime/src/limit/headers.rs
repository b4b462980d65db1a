//! How long a vendor asks to wait, and what it says of its rate limit.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::vendor::RateLimitHeaders;

/// A longer wait is cut to a day: nobody waits that long, and the sum with a clock must not overflow.
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What the rate-limit headers of a response say. Absent or unreadable headers are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitStatus {
    /// Requests allowed in each interval.
    pub limit: Option<u32>,
    /// Requests left in the current interval.
    pub remaining: Option<u32>,
    /// How long an interval is, at most a day.
    pub interval: Option<Duration>,
    /// Requests allowed in a day.
    pub daily_limit: Option<u32>,
    /// Requests left today.
    pub daily_remaining: Option<u32>,
}

impl RateLimitStatus {
    pub(crate) fn read(names: &RateLimitHeaders, headers: &HeaderMap) -> Self {
        let number = |name: Option<&str>| name.and_then(|name| number(headers, name));
        let count = |name| number(name).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let interval = number(names.interval_milliseconds).map(|millis| Duration::from_millis(millis).min(LONGEST));
        Self {
            limit: count(names.limit).filter(|limit| *limit > 0),
            remaining: count(names.remaining),
            interval: interval.filter(|wait| !wait.is_zero()),
            daily_limit: count(names.daily_limit).filter(|limit| *limit > 0),
            daily_remaining: count(names.daily_remaining),
        }
    }
}

/// The wait that a response asks for: `Retry-After`, else on 429 the interval of a used-up limit.
pub(crate) fn vendor_wait(names: &RateLimitHeaders, status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    retry_after(headers, now).or_else(|| {
        let limit = RateLimitStatus::read(names, headers);
        // With something left, it is not this limit that was reached.
        let used_up = status == StatusCode::TOO_MANY_REQUESTS && limit.remaining.unwrap_or(0) == 0;
        limit.interval.filter(|_| used_up)
    })
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). A date counts from the response's own `Date`, so
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
