//! A vendor as generated code declares it, and a client of it.

use std::time::Duration;

use reachout_runtime::{
    Auth, CallOptions, ClientBuilder, Core, ErrorShape, Evidence, Method, PageStyle, Pagination, RateLimit, RateLimitHeaders, Request,
    RetryPolicy, Route, Vendor,
};

/// The mark in the key of every test client: it must never come out.
pub const KEY: &str = "leo_MARKEDsecret";

pub static VENDOR: Vendor = Vendor {
    id: "acme",
    name: "Acme",
    platform: None,
    user_agent: "reachout-acme/1.2.3",
    base_url: "https://api.acme.invalid/v1",
    env: "REACHOUT_TEST_ACME",
    credential_env: "REACHOUT_TEST_ACME_KEY",
    auth: Auth::Bearer,
    rate_limit: Some(RateLimit::new(100, Duration::from_secs(10))),
    rate_limit_headers: RateLimitHeaders::NONE,
    error: ErrorShape { code: Some("error.code"), message: Some("error.message"), request_id: Some("traceId") },
    routes: &[SEND, GET, PUT, DELETE, PATCH],
};

const VERSION: &[(&str, &str)] = &[("Version", "2021-04-15")];

pub static SEND: &Route = &route("send_message", Method::POST, "/messages");
pub static GET: &Route = &route("get_message", Method::GET, "/messages/{messageId}");
pub static PUT: &Route = &route("replace_message", Method::PUT, "/messages/{messageId}");
pub static DELETE: &Route = &route("delete_message", Method::DELETE, "/messages/{messageId}");
pub static PATCH: &Route = &route("update_message", Method::PATCH, "/messages/{messageId}");

const fn route(operation_id: &'static str, method: Method, path: &'static str) -> Route {
    Route::new(operation_id, "messages", operation_id, method, path)
        .headers(VERSION)
        .paged(Pagination::new(PageStyle::Offset("offset"), "data"))
        .documented(Evidence::Full, "https://docs.acme.invalid/messages")
}

/// A client as it is generated.
#[derive(Clone, Debug)]
pub struct Client {
    pub core: Core,
}

impl From<Core> for Client {
    fn from(core: Core) -> Self {
        Self { core }
    }
}

impl Client {
    pub fn builder() -> ClientBuilder<Self> {
        ClientBuilder::new(&VENDOR)
    }

    pub fn with(&self, options: CallOptions) -> Self {
        Self { core: self.core.with(options) }
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        self.core.request(method, path)
    }
}

/// A client of `url` that does not wait long between attempts.
pub fn client(url: &str) -> Client {
    builder(url).build().unwrap()
}

pub fn builder(url: &str) -> ClientBuilder<Client> {
    let retry = RetryPolicy::new().jitter(|_| Duration::from_millis(1));
    Client::builder().credential(KEY).base_url(format!("{url}/v1")).retry(retry).timeout(Duration::from_millis(500))
}
