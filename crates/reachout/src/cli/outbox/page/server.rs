//! The server of the page: who may use it, and what is where.

use std::{collections::hash_map::RandomState, hash::BuildHasher as _, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use reachout_dashboard::{Access as Names, File, Guard, POLICY, files};
use reachout_outbox::{Error, Outbox, Region, Settler};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};
use uuid::Uuid;

use super::{actions, messages, overview, person};
use crate::cli::{call::Access, failure::Failure, outbox::ByProfile};

/// The style of what an outbox shows, beside that of all pages.
pub const STYLE: &str = include_str!("ui/outbox.css");

const FILES: [File; 7] = [
    ("outbox.css", STYLE),
    ("app.js", include_str!("ui/app.js")),
    ("accounts.js", include_str!("ui/accounts.js")),
    ("campaigns.js", include_str!("ui/campaigns.js")),
    ("messages.js", include_str!("ui/messages.js")),
    ("pictures.js", include_str!("ui/pictures.js")),
    ("people.js", include_str!("ui/people.js")),
];

/// How often it is looked whether something changed, while a page waits for that.
const LOOK: Duration = Duration::from_secs(1);
/// How long a page waits for a change in one request.
const PATIENCE: Duration = Duration::from_secs(25);

/// What the handlers have.
pub(super) struct Page {
    pub(super) outbox: Outbox,
    pub(super) settler: Settler,
    /// Of which country phone numbers are that are written without one.
    pub(super) region: Option<Region>,
    guard: Guard,
    /// What the link has, and nobody else.
    token: String,
    changes: watch::Sender<u64>,
}

pub(super) type Shared = State<Arc<Page>>;

/// Serves the page at an address of this machine until the program ends: its link.
pub async fn serve(address: SocketAddr, outbox: &Outbox, region: Option<Region>, access: &Access<'_>) -> Result<String, Failure> {
    let guard = Guard { name: "the page of the outbox", access: Names::default(), is_page: |path| path == "/" };
    let page = Arc::new(Page {
        outbox: outbox.clone(),
        settler: Settler::new(outbox, ByProfile::new(access)),
        region,
        guard,
        token: format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
        changes: watch::Sender::new(0),
    });
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("the page cannot listen at {address}")).map_err(Failure::Usage)?;
    let url = format!("http://{}/#token={}", listener.local_addr().map_err(Failure::unsent)?, page.token);
    tokio::spawn(look(Arc::clone(&page)));
    let router = router(page);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

fn router(page: Arc<Page>) -> Router {
    let api = Router::new()
        .route("/changes", get(changes))
        .merge(actions::router())
        .merge(messages::router())
        .merge(overview::router())
        .merge(person::router())
        .fallback(|| async { Refused(StatusCode::NOT_FOUND, "nothing is here".to_owned()) })
        .layer(middleware::from_fn_with_state(Arc::clone(&page), authenticate));
    Router::new()
        .route("/", get(|| async { reachout_dashboard::page(POLICY, include_str!("ui/index.html")) }))
        .merge(files("/ui", &FILES))
        .nest("/api", api)
        .layer(middleware::from_fn_with_state(Arc::clone(&page), guard))
        .with_state(page)
}

/// Before anything else: no page of another origin.
async fn guard(State(page): Shared, request: Request, next: Next) -> Response {
    match page.guard.check(&request) {
        Ok(_) => next.run(request).await,
        Err((status, sentence)) => Refused(status, sentence).into_response(),
    }
}

/// Before everything that shows or does something: the token of the link; and before what does something, the origin, which every browser
/// sends with it and the guard has compared.
async fn authenticate(State(page): Shared, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    if !given.is_some_and(|given| is_same(given, &page.token)) {
        let sentence = "the token of the link is missing, or of a page that has ended; open the link that is printed now";
        return Refused(StatusCode::UNAUTHORIZED, sentence.to_owned()).into_response();
    }
    if request.method() != Method::GET && !headers.contains_key(header::ORIGIN) {
        return Refused(StatusCode::FORBIDDEN, "an action is asked for by the page itself, with its origin".to_owned()).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether two texts are the same, in a time that says nothing of where they differ: their hashes under a key of the moment are compared.
fn is_same(given: &str, token: &str) -> bool {
    let keyed = RandomState::new();
    keyed.hash_one(given) == keyed.hash_one(token) && given == token
}

#[derive(Deserialize)]
struct Since {
    after: Option<String>,
}

/// A number that differs once something changed, as soon as it is not `after`, or after a while.
async fn changes(State(page): Shared, Query(since): Query<Since>) -> Result<Json<Value>, Refused> {
    let known = since.after.and_then(|after| after.parse::<u64>().ok());
    let mut changes = page.changes.subscribe();
    if known.is_none() {
        let now = page.outbox.revision().await?;
        return Ok(Json(json!({ "after": now.to_string() })));
    }
    // Nobody else ends the waiting: the sender is there as long as the page.
    let _ = tokio::time::timeout(PATIENCE, changes.wait_for(|now| *now != 0 && Some(*now) != known)).await;
    let now = *changes.borrow();
    Ok(Json(json!({ "after": if now == 0 { known.unwrap_or_default() } else { now }.to_string() })))
}

/// Looks whether something changed, while a page waits for that. Never ends.
async fn look(page: Arc<Page>) {
    loop {
        tokio::time::sleep(LOOK).await;
        if page.changes.receiver_count() == 0 {
            continue;
        }
        // A database that is away is an error of what is asked for next.
        if let Ok(now) = page.outbox.revision().await {
            page.changes.send_if_modified(|known| std::mem::replace(known, now) != now);
        }
    }
}

/// What is refused: a status and a sentence.
#[derive(Debug)]
pub(super) struct Refused(pub(super) StatusCode, pub(super) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let status = match error {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::State { .. } | Error::Attempt { .. } | Error::AnothersId { .. } => StatusCode::CONFLICT,
            Error::Database(_) | Error::FileChanged { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self(StatusCode::BAD_REQUEST, failure.to_string())
    }
}
