use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::limit::headers::{LONGEST, RateLimitStatus, vendor_wait};
use crate::vendor::RateLimitHeaders;

const NAMES: RateLimitHeaders = RateLimitHeaders {
    limit: Some("X-RateLimit-Max"),
    remaining: Some("X-RateLimit-Remaining"),
    interval_milliseconds: Some("X-RateLimit-Interval-Milliseconds"),
    daily_limit: Some("X-RateLimit-Limit-Daily"),
    daily_remaining: Some("X-RateLimit-Daily-Remaining"),
};

/// 2026-11-21 12:00:00 UTC.
fn noon() -> SystemTime {
    httpdate::parse_http_date("Sat, 21 Nov 2026 12:00:00 GMT").unwrap()
}

fn headers(text: &str) -> HeaderMap {
    let pair = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
    };
    text.split('|').filter(|line| !line.is_empty()).map(pair).collect()
}

#[test]
fn waits() {
    const USED_UP: &str = "x-ratelimit-interval-milliseconds: 10000|x-ratelimit-remaining: 0";
    let rows = [
        (429, "", None),
        (429, "retry-after: 7", Some(7_000)),
        (503, "retry-after: 7", Some(7_000)),
        (429, "retry-after: 0", Some(0)),
        (429, "retry-after: 007", Some(7_000)),
        (429, "retry-after: -1", None),
        (429, "retry-after: 1.5", None),
        (429, "retry-after: soon", None),
        (429, "retry-after: ", None),
        // Cut to a day, however many digits.
        (429, "retry-after: 86401", Some(86_400_000)),
        (429, "retry-after: 99999999999999999999999999", Some(86_400_000)),
        (429, "retry-after: Sat, 21 Nov 2026 12:00:30 GMT", Some(30_000)),
        (429, "retry-after: Saturday, 21-Nov-26 12:00:30 GMT", Some(30_000)),
        (429, "retry-after: Sat Nov 21 12:00:30 2026", Some(30_000)),
        (429, "retry-after: Sat, 21 Nov 2026 11:00:00 GMT", Some(0)),
        (429, "retry-after: Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400_000)),
        // Our clock is an hour late; the vendor's own date counts.
        (429, "retry-after: Sat, 21 Nov 2026 13:00:05 GMT|date: Sat, 21 Nov 2026 13:00:00 GMT", Some(5_000)),
        (429, "retry-after: Sat, 21 Nov 2026 12:00:05 GMT|date: yesterday", Some(5_000)),
        (429, USED_UP, Some(10_000)),
        (429, "x-ratelimit-interval-milliseconds: 10000", Some(10_000)),
        (429, "x-ratelimit-interval-milliseconds: 10000|x-ratelimit-remaining: 3", None),
        (429, "x-ratelimit-interval-milliseconds: 0|x-ratelimit-remaining: 0", None),
        (429, "x-ratelimit-remaining: 0", None),
        (429, "retry-after: 2|x-ratelimit-interval-milliseconds: 10000|x-ratelimit-remaining: 0", Some(2_000)),
        (429, "retry-after: soon|x-ratelimit-interval-milliseconds: 10000|x-ratelimit-remaining: 0", Some(10_000)),
        // The limit has nothing to do with a server that is down.
        (503, USED_UP, None),
    ];
    for (status, text, expected) in rows {
        let wait = vendor_wait(&NAMES, StatusCode::from_u16(status).unwrap(), &headers(text), noon());
        assert_eq!(wait, expected.map(Duration::from_millis), "{status} with {text:?}");
    }
}

#[test]
fn rate_limit_headers() {
    let read = |text| RateLimitStatus::read(&NAMES, &headers(text));
    let all = "X-RateLimit-Max: 100|X-RateLimit-Remaining: 58|X-RateLimit-Interval-Milliseconds: 10000|\
               X-RateLimit-Limit-Daily: 200000|X-RateLimit-Daily-Remaining: 7";
    let interval = Some(Duration::from_secs(10));
    assert_eq!(
        read(all),
        RateLimitStatus { limit: Some(100), remaining: Some(58), interval, daily_limit: Some(200_000), daily_remaining: Some(7) }
    );
    assert_eq!(read(""), RateLimitStatus::default());
    assert_eq!(read("x-ratelimit-max: 0|x-ratelimit-remaining: -1|x-ratelimit-interval-milliseconds: ten"), RateLimitStatus::default());
    assert_eq!(read("x-ratelimit-max: 99999999999").limit, Some(u32::MAX));
    assert_eq!(read("x-ratelimit-interval-milliseconds: 18446744073709551615").interval, Some(LONGEST));
    // Only what the vendor documents is read.
    assert_eq!(RateLimitStatus::read(&RateLimitHeaders::NONE, &headers(all)), RateLimitStatus::default());
    let elsewhere = RateLimitHeaders { remaining: Some("Budget-Left"), ..RateLimitHeaders::NONE };
    assert_eq!(RateLimitStatus::read(&elsewhere, &headers("budget-left: 3|x-ratelimit-remaining: 5")).remaining, Some(3));
}

proptest! {
    #[test]
    fn any_header_is_read_without_panic_and_within_a_day(
        values in prop::array::uniform5(prop::collection::vec(any::<u8>(), 0..40)),
        digits in "[0-9]{0,30}",
        status in 100_u16..=999,
    ) {
        let names =
            ["retry-after", "date", "x-ratelimit-interval-milliseconds", "x-ratelimit-remaining", "x-ratelimit-max"];
        let mut map: HeaderMap = names.into_iter().zip(&values)
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?)))
            .collect();
        let status = StatusCode::from_u16(status).unwrap();
        for _ in 0..2 {
            let wait = vendor_wait(&NAMES, status, &map, noon());
            prop_assert!(wait.is_none_or(|wait| wait <= LONGEST));
            map.insert("retry-after", digits.parse().unwrap());
        }
        prop_assert_eq!(vendor_wait(&NAMES, status, &map, noon()).is_some(), !digits.is_empty() || RateLimitStatus::read(&NAMES, &map).interval.is_some()
            && status == 429 && RateLimitStatus::read(&NAMES, &map).remaining.unwrap_or(0) == 0);
    }

    #[test]
    fn every_http_date_is_understood(seconds in 0_u64..86_400) {
        let until = noon() + Duration::from_secs(seconds);
        let map = headers(&format!("retry-after: {}", httpdate::fmt_http_date(until)));
        prop_assert_eq!(vendor_wait(&NAMES, StatusCode::TOO_MANY_REQUESTS, &map, noon()), Some(Duration::from_secs(seconds)));
    }
}
