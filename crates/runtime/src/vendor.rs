//! What a client knows about its vendor before it is configured.

use std::time::Duration;

use crate::route::Route;

/// A vendor's constants, as its spec states them. Each generated client has one as `VENDOR`.
#[derive(Debug)]
pub struct Vendor {
    /// Short name in file and crate names, such as `hoop-ai`.
    pub id: &'static str,
    /// Name for people, such as `Hoop AI`.
    pub name: &'static str,
    /// Short name of the platform that the vendor is an edition of.
    pub platform: Option<&'static str>,
    /// The `User-Agent` of its client, such as `reachout-hoop-ai/0.1.0`.
    pub user_agent: &'static str,
    /// Where the API is, without a trailing slash.
    pub base_url: &'static str,
    /// Prefix of the environment variables; `<env>_BASE_URL` overrides `base_url`.
    pub env: &'static str,
    /// The environment variable with the credential, such as `LEONAR_API_KEY`.
    pub credential_env: &'static str,
    /// How the credential is sent.
    pub auth: Auth,
    /// The documented rate limit, if there is one.
    pub rate_limit: Option<RateLimit>,
    /// The headers of a response that say what is left of it.
    pub rate_limit_headers: RateLimitHeaders,
    /// Where the parts of an error are in the vendor's JSON.
    pub error: ErrorShape,
    /// Every documented operation.
    pub routes: &'static [&'static Route],
}

impl Vendor {
    /// The vendor's own account of an operation: at an edition, of one that is the platform's.
    pub(crate) fn route(&self, route: &'static Route) -> &'static Route {
        let own = |own: &&'static Route| own.platform.is_some_and(|platform| std::ptr::eq(platform, route));
        self.platform.and_then(|_| self.routes.iter().copied().find(own)).unwrap_or(route)
    }
}

/// How a vendor wants the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// `Authorization: Bearer <credential>`.
    Bearer,
    /// `Authorization: Basic`, of a credential that is `user:password` (RFC 7617).
    Basic,
    /// The credential alone in the named header, such as `x-api-key`.
    Header(&'static str),
    /// The credential alone in the named parameter of the query.
    Query(&'static str),
    /// Several at once. The credential has a part for each, in this order, with a space between them.
    Each(&'static [Auth]),
}

impl Auth {
    /// Whether a header carries the credential.
    pub(crate) fn is_header(self, name: &str) -> bool {
        match self {
            Self::Bearer | Self::Basic => name.eq_ignore_ascii_case("authorization"),
            Self::Header(own) => name.eq_ignore_ascii_case(own),
            Self::Query(_) => false,
            Self::Each(each) => each.iter().any(|auth| auth.is_header(name)),
        }
    }

    /// Whether a part of the credential stands in the URL.
    pub(crate) fn is_in_query(self) -> bool {
        match self {
            Self::Query(_) => true,
            Self::Each(each) => each.iter().any(|auth| auth.is_in_query()),
            Self::Bearer | Self::Basic | Self::Header(_) => false,
        }
    }
}

/// At most `requests` in any stretch of time as long as `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In which stretch of time.
    pub per: Duration,
}

impl RateLimit {
    /// At most `requests` in any stretch of time as long as `per`.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }
}

/// Names of the response headers in which a vendor states its rate limit, in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RateLimitHeaders {
    /// Requests allowed in each interval.
    pub limit: Option<&'static str>,
    /// Requests left in the current interval.
    pub remaining: Option<&'static str>,
    /// How long an interval is, in milliseconds.
    pub interval_milliseconds: Option<&'static str>,
    /// Requests allowed in a day.
    pub daily_limit: Option<&'static str>,
    /// Requests left today.
    pub daily_remaining: Option<&'static str>,
}

impl RateLimitHeaders {
    /// A vendor that documents none.
    pub const NONE: Self = Self { limit: None, remaining: None, interval_milliseconds: None, daily_limit: None, daily_remaining: None };
}

/// Dot paths into the JSON of a vendor's error, such as `error.code`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ErrorShape {
    /// The machine-readable code.
    pub code: Option<&'static str>,
    /// The message: a string, or a list of strings.
    pub message: Option<&'static str>,
    /// The id of the request or trace.
    pub request_id: Option<&'static str>,
}
