//! The documented rate limits.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Vendor;
use crate::api::Api;

/// HighLevel's limit for a day.
const DAILY: u64 = 200_000;
const DAY: Duration = Duration::from_secs(86_400);
/// Credentials that are counted at a time; more than a test ever uses, and few enough to forget all at once.
const COUNTED: usize = 10_000;

/// What each credential used of its limits.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    used: HashMap<(Vendor, String), Windows>,
}

#[derive(Debug)]
struct Windows {
    burst: Window,
    day: Window,
}

#[derive(Debug)]
struct Window {
    start: Instant,
    used: u64,
}

impl Window {
    fn count(&mut self, now: Instant, length: Duration) -> u64 {
        if now.duration_since(self.start) >= length {
            *self = Self { start: now, used: 0 };
        }
        self.used += 1;
        self.used
    }
}

impl Limits {
    /// Counts a request: the vendor's headers, and whether it is one too many. Nothing where the vendor documents no limit.
    pub(crate) fn count(&mut self, api: &Api, credential: &str) -> Option<(HeaderMap, bool)> {
        let documented = &api.document.root()["x-client"]["rate-limit"];
        let (most, seconds) = (documented["requests"].as_u64()?, documented["seconds"].as_u64()?);
        if self.used.len() >= COUNTED {
            self.used.clear();
        }
        let now = Instant::now();
        let fresh = || Windows { burst: Window { start: now, used: 0 }, day: Window { start: now, used: 0 } };
        let windows = self.used.entry((api.vendor, credential.to_owned())).or_insert_with(fresh);
        let used = windows.burst.count(now, Duration::from_secs(seconds));
        let today = windows.day.count(now, DAY);
        let mut headers = HeaderMap::new();
        let mut tell = |name: &'static str, value: u64| headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        tell("x-ratelimit-remaining", most.saturating_sub(used));
        if api.vendor.is_highlevel() {
            tell("x-ratelimit-max", most);
            tell("x-ratelimit-interval-milliseconds", seconds * 1_000);
            tell("x-ratelimit-limit-daily", DAILY);
            tell("x-ratelimit-daily-remaining", DAILY.saturating_sub(today));
        }
        Some((headers, used > most || (api.vendor.is_highlevel() && today > DAILY)))
    }
}
