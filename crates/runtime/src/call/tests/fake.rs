//! A vendor and its transport without a network.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http_body::Body;
use reqwest::header::HeaderMap;
use reqwest::{Method, ResponseBuilderExt};
use tokio::time::{Instant, sleep};

use crate::client::transport::{SendError, SendErrorClass, Transport};
use crate::{Auth, ClientBuilder, Core, Effect, ErrorShape, Evidence, RateLimit, RateLimitHeaders, RetryPolicy, Route, Token, Vendor};

pub(super) const KEY: &str = "leo_MARKEDsecret";

pub(super) static VENDOR: Vendor = Vendor {
    id: "acme",
    name: "Acme",
    platform: None,
    user_agent: "reachout-acme/1.2.3",
    base_url: "https://api.acme.invalid/v1",
    env: "REACHOUT_TEST_ACME",
    credential_env: "REACHOUT_TEST_ACME_KEY",
    auth: Auth::Bearer,
    rate_limit: Some(RateLimit::new(100, Duration::from_secs(10))),
    rate_limit_headers: RateLimitHeaders {
        limit: Some("X-RateLimit-Max"),
        remaining: Some("X-RateLimit-Remaining"),
        interval_milliseconds: Some("X-RateLimit-Interval-Milliseconds"),
        ..RateLimitHeaders::NONE
    },
    error: ErrorShape { code: Some("code"), message: Some("message"), request_id: Some("traceId") },
    routes: &[GET, PUT, POST, PATCH, PUBLIC, SEND, IMPORTED, TOUCH],
};

pub(super) static GET: &Route = &route(Method::GET, "get");
pub(super) static PUT: &Route = &route(Method::PUT, "put");
pub(super) static POST: &Route = &route(Method::POST, "post").does(Effect::Changes);
pub(super) static PATCH: &Route = &route(Method::PATCH, "patch");
pub(super) static AGENCY: &Route = &route(Method::GET, "agency").takes(Token::Agency);
pub(super) static LOCATION: &Route = &route(Method::GET, "location").takes(Token::Location);
pub(super) static PUBLIC: &Route = &route(Method::GET, "public").public();

pub(super) static SEND: &Route = &route(Method::POST, "send").does(Effect::ReachesAPerson);
pub(super) static IMPORTED: &Route = &route(Method::POST, "imported").does(Effect::Changes).guessed();
/// A GET that does something.
pub(super) static TOUCH: &Route = &Route::new("touch", "things", "touch", Method::GET, "/things/{id}/touch").does(Effect::Changes);

const fn route(method: Method, operation_id: &'static str) -> Route {
    Route::new(operation_id, "things", operation_id, method, "/things")
        .headers(&[("Version", "2021-04-15")])
        .documented(Evidence::Full, "https://docs.acme.invalid/things")
}

/// What a vendor does with a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Response(u16, &'static str, &'static str),
    /// The response takes so long.
    Slow(Duration, u16),
    /// The connection never opens.
    NoConnection,
    /// The body is taken, then the connection breaks.
    Broken,
    /// The body is taken, and the vendor says that it did not process it: an HTTP/2 stream is refused.
    Refused,
    /// The body is taken, and nothing comes back.
    Silence,
    /// The connection opens, and the body is never taken.
    Stuck,
}

/// A 2xx with a small body.
pub(super) const OK: Reply = Reply::Response(200, "", "{}");

/// A request as the vendor saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    /// Whether all of it arrived.
    pub(super) received: bool,
}

type Behaviour = Box<dyn Fn(usize, &reqwest::Request) -> Reply + Send + Sync>;

/// Responds to the `n`th request as `behaviour` says.
pub(super) struct Fake {
    behaviour: Behaviour,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    pub(super) fn new(behaviour: impl Fn(usize, &reqwest::Request) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { behaviour: Box::new(behaviour), seen: Arc::default() })
    }

    /// Takes the replies in order; the last one again and again.
    pub(super) fn script(replies: impl Into<Vec<Reply>>) -> Arc<Self> {
        let replies = replies.into();
        Self::new(move |n, _| replies[n.min(replies.len() - 1)].clone())
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests arrived as a whole.
    pub(super) fn received(&self) -> usize {
        self.seen().iter().filter(|seen| seen.received).count()
    }

    /// Seconds between the requests, as far as they were sent.
    pub(super) fn gaps(&self) -> Vec<f64> {
        self.seen().windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs_f64()).collect()
    }
}

impl Transport for Fake {
    fn send(&self, mut request: reqwest::Request, _: Bytes) -> BoxFuture<'static, Result<reqwest::Response, SendError>> {
        let seen = Arc::clone(&self.seen);
        let index = {
            let mut seen = seen.lock().unwrap();
            let (url, headers) = (request.url().to_string(), request.headers().clone());
            seen.push(Seen { at: Instant::now(), url, headers, received: false });
            seen.len() - 1
        };
        let reply = (self.behaviour)(index, &request);
        Box::pin(async move {
            let takes_body = !matches!(reply, Reply::NoConnection | Reply::Stuck);
            if takes_body {
                if let Some(body) = request.body_mut() {
                    drain(body).await.map_err(|source| SendError { class: SendErrorClass::Broken, source })?;
                }
                seen.lock().unwrap()[index].received = true;
            }
            let failure = |class| SendError { class, source: format!("{reply:?}").into() };
            match reply {
                Reply::Response(status, headers, body) => Ok(response(&request, status, headers, body)),
                Reply::Slow(latency, status) => {
                    sleep(latency).await;
                    Ok(response(&request, status, "", "{}"))
                }
                Reply::NoConnection => Err(failure(SendErrorClass::Connect)),
                Reply::Broken => Err(failure(SendErrorClass::Broken)),
                Reply::Refused => Err(failure(SendErrorClass::Refused)),
                Reply::Silence | Reply::Stuck => std::future::pending().await,
            }
        })
    }
}

async fn drain(body: &mut reqwest::Body) -> Result<(), crate::error::Source> {
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
        frame?;
    }
    Ok(())
}

/// `headers` are `name: value` pairs with `|` between them.
fn response(request: &reqwest::Request, status: u16, headers: &str, body: &'static str) -> reqwest::Response {
    let mut builder = http::Response::builder().status(status).url(request.url().clone());
    for line in headers.split('|').filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap().into()
}

/// A client with default settings, but with pauses as long as they can be.
pub(super) fn core(fake: &Arc<Fake>) -> Core {
    build(fake, |builder| builder)
}

pub(super) fn build(fake: &Arc<Fake>, configure: impl FnOnce(ClientBuilder<Core>) -> ClientBuilder<Core>) -> Core {
    let mut builder = ClientBuilder::new(&VENDOR).credential(KEY).retry(RetryPolicy::new().jitter(|ceiling| ceiling));
    builder.transport = Some(Arc::clone(fake) as Arc<dyn Transport>);
    configure(builder).core().unwrap()
}
