//! Arbitrary `Retry-After` and rate-limit headers: no panic, and no wait that overflows a clock.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::{arbitrary, fuzz_target};
use reachout_runtime::header::{HeaderMap, HeaderName, HeaderValue};
use reachout_runtime::{RateLimitHeaders, StatusCode, fuzzing};

const NAMES: [&str; 5] =
    ["retry-after", "date", "x-ratelimit-interval-milliseconds", "x-ratelimit-max", "x-ratelimit-remaining"];
const RATE_LIMIT: RateLimitHeaders = RateLimitHeaders {
    limit: Some(NAMES[3]),
    remaining: Some(NAMES[4]),
    interval_milliseconds: Some(NAMES[2]),
    ..RateLimitHeaders::NONE
};

#[derive(arbitrary::Arbitrary, Debug)]
struct Response<'a> {
    too_many_requests: bool,
    now: u32,
    headers: Vec<(u8, &'a [u8])>,
}

fuzz_target!(|response: Response<'_>| {
    let mut headers = HeaderMap::new();
    for (name, value) in response.headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(NAMES[usize::from(name) % NAMES.len()]), value);
        }
    }
    let status = if response.too_many_requests { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(response.now.into());
    if let Some(wait) = fuzzing::vendor_wait(&RATE_LIMIT, status, &headers, now) {
        assert!(wait <= Duration::from_secs(24 * 60 * 60));
    }
});
