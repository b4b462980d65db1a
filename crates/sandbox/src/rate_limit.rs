//! The documented rate limits, and how much of them is used.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName, HeaderValue};
use reachout_messenger::Vendor;
use serde::Serialize;

use crate::api::Api;
use crate::credentials;

/// HighLevel's limit for a day.
const DAILY: u64 = 200_000;
const DAY: Duration = Duration::from_secs(86_400);
/// Credentials that are counted at a time; more than a test ever uses, and few enough to forget all at once.
const COUNTED: usize = 10_000;

/// What each credential used of its limits.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
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
    const fn empty(start: Instant) -> Self {
        Self { start, used: 0 }
    }

    fn count(&mut self, now: Instant, length: Duration) -> u64 {
        if now.duration_since(self.start) >= length {
            *self = Self { start: now, used: 0 };
        }
        self.used += 1;
        self.used
    }
}

impl RateLimits {
    /// Counts a request: the vendor's headers, and whether it is one too many. Nothing where the vendor documents no limit.
    pub(crate) fn count(&mut self, api: &Api, credential: &str) -> Option<(HeaderMap, bool)> {
        let (most, seconds) = documented(api)?;
        if self.used.len() >= COUNTED {
            self.used.clear();
        }
        let now = Instant::now();
        let fresh = || Windows { burst: Window::empty(now), day: Window::empty(now) };
        let windows = self.used.entry((api.vendor, credential.to_owned())).or_insert_with(fresh);
        let used = windows.burst.count(now, Duration::from_secs(seconds));
        let today = windows.day.count(now, DAY);
        let mut headers = HeaderMap::new();
        let mut add = |name: &'static str, value: u64| headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        add("x-ratelimit-remaining", most.saturating_sub(used));
        if api.is_highlevel() {
            add("x-ratelimit-max", most);
            add("x-ratelimit-interval-milliseconds", seconds * 1_000);
            add("x-ratelimit-limit-daily", DAILY);
            add("x-ratelimit-daily-remaining", DAILY.saturating_sub(today));
        }
        Some((headers, used > most || (api.is_highlevel() && today > DAILY)))
    }

    /// How much of its limits each credential has used.
    pub(crate) fn meters(&self, apis: impl Iterator<Item = &'static Api>) -> Vec<Meter> {
        let now = Instant::now();
        let mut meters = Vec::new();
        for api in apis {
            let Some((limit, seconds)) = documented(api) else { continue };
            let mut used: Vec<_> = self.used.iter().filter(|((vendor, _), _)| *vendor == api.vendor).collect();
            used.sort_by_key(|((_, credential), _)| (credential != credentials::api_key(api.vendor), credential));
            for (index, ((_, credential), windows)) in used.into_iter().enumerate() {
                let meter = |window: &Window, limit: u64, length: Duration| {
                    let left = length.saturating_sub(now.duration_since(window.start));
                    Meter {
                        vendor: api.vendor,
                        // A key of another's may be a real one.
                        credential: if credential == credentials::api_key(api.vendor) {
                            credential.clone()
                        } else {
                            format!("another, {}", index + 1)
                        },
                        used: if left.is_zero() { 0 } else { window.used },
                        limit,
                        seconds: length.as_secs(),
                        resets_in_seconds: left.as_secs(),
                    }
                };
                meters.push(meter(&windows.burst, limit, Duration::from_secs(seconds)));
                if api.is_highlevel() {
                    meters.push(meter(&windows.day, DAILY, DAY));
                }
            }
        }
        meters
    }
}

/// How much one credential has used of one limit.
#[derive(Debug, Serialize)]
pub(crate) struct Meter {
    vendor: Vendor,
    credential: String,
    used: u64,
    limit: u64,
    /// The length of the window.
    seconds: u64,
    resets_in_seconds: u64,
}

/// The requests that the vendor allows, and in how many seconds.
fn documented(api: &Api) -> Option<(u64, u64)> {
    let limit = api.client.rate_limit?;
    Some((limit.requests.into(), limit.per.as_secs()))
}
