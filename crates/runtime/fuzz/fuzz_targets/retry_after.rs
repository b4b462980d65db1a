//! Arbitrary `Retry-After` and rate-limit headers: no panic, and no wait that overflows a clock.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::{arbitrary, fuzz_target};
use reachout_runtime::header::{HeaderMap, HeaderName, HeaderValue};
use reachout_runtime::{StatusCode, fuzzing};

const NAMES: [&str; 5] =
    ["retry-after", "date", "x-ratelimit-interval-milliseconds", "x-ratelimit-max", "x-ratelimit-remaining"];

#[derive(arbitrary::Arbitrary, Debug)]
struct Answer<'a> {
    too_many_requests: bool,
    now: u32,
    headers: Vec<(u8, &'a [u8])>,
}

fuzz_target!(|answer: Answer<'_>| {
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(NAMES[usize::from(name) % NAMES.len()]), value);
        }
    }
    let status = if answer.too_many_requests { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(answer.now.into());
    if let Some(wait) = fuzzing::vendor_wait(status, &headers, now) {
        assert!(wait <= Duration::from_secs(24 * 60 * 60));
    }
});
