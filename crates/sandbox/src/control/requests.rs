//! The log of requests.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::stream;
use reachout_dashboard::next_link;
use reachout_messenger::Vendor;
use serde::Deserialize;

use super::refused::{Refused, Shared, SharedServer, bad, missing};
use crate::fault::{Match, operations};
use crate::log::{Entry, RecordedRequest, Summary, har};
use crate::server::Server;

pub(super) fn router() -> Router<SharedServer> {
    Router::new()
        .route("/_sandbox/requests", get(requests).delete(clear))
        .route("/_sandbox/requests.har", get(archive))
        .route("/_sandbox/requests/{number}", get(request))
}

/// Which requests of the log are asked for, and how much of each.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RequestFilter {
    vendor: Option<Vendor>,
    operation: Option<String>,
    status: Option<u16>,
    outcome: Option<Outcome>,
    /// A text that it holds somewhere.
    search: String,
    /// Only those with a smaller number.
    before: Option<u64>,
    /// At most this many, the newest.
    limit: Option<usize>,
    /// Without headers and bodies.
    summary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Outcome {
    #[serde(rename = "2xx")]
    Success,
    #[serde(rename = "4xx")]
    ClientError,
    #[serde(rename = "5xx")]
    ServerError,
    #[serde(rename = "reset")]
    Reset,
    #[serde(rename = "refused")]
    Refused,
    #[serde(rename = "fault")]
    Fault,
}

impl Outcome {
    fn fits(self, request: &RecordedRequest) -> bool {
        let class = request.status.map(|status| status / 100);
        match self {
            Self::Success => class == Some(2),
            Self::ClientError => class == Some(4),
            Self::ServerError => class == Some(5),
            Self::Reset => class.is_none(),
            Self::Refused => request.refusal.is_some(),
            Self::Fault => request.fault.is_some(),
        }
    }
}

impl RequestFilter {
    fn fits(&self, entry: &Entry) -> bool {
        let request = entry.request();
        self.before.is_none_or(|number| request.number < number)
            && self.vendor.is_none_or(|vendor| request.vendor == vendor)
            && self.operation.as_ref().is_none_or(|operation| request.operation.as_ref() == Some(operation))
            && self.status.is_none_or(|status| request.status == Some(status))
            && self.outcome.is_none_or(|outcome| outcome.fits(request))
            && (self.search.is_empty() || entry.contains(&self.search))
    }
}

/// The newest last. Where older ones fit, `Link` leads to them.
async fn requests(State(server): Shared, uri: Uri, filter: Result<Query<RequestFilter>, QueryRejection>) -> Result<Response, Refused> {
    let Query(filter) = filter?;
    let summary = filter.summary;
    let (headers, found) = find(&server, &uri, filter).await?;
    Ok(if summary {
        let summaries: Vec<Summary<'_>> = found.iter().map(|entry| summarize(&server, entry)).collect();
        (headers, Json(summaries)).into_response()
    } else {
        stream_json(headers, (Bytes::from_static(b"["), Bytes::from_static(b"]")), found, |entry| serde_json::to_string(&entry.show()))
    })
}

/// The same requests as an HTTP archive.
async fn archive(
    State(server): Shared,
    uri: Uri,
    request: HeaderMap,
    filter: Result<Query<RequestFilter>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(filter) = filter?;
    let (mut headers, found) = find(&server, &uri, filter).await?;
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"sandbox.har\""));
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1").to_owned();
    let mounts: Vec<(Vendor, String)> =
        server.simulators().iter().map(|simulator| (simulator.api.vendor, format!("http://{host}{}", simulator.api.mount))).collect();
    let around = har::archive(&[]).to_string();
    // The list of entries is what stands between the only brackets.
    let (before, after) = around.split_once("[]").unwrap_or_default();
    let around = (Bytes::from(format!("{before}[")), Bytes::from(format!("]{after}")));
    Ok(stream_json(headers, around, found, move |entry| {
        let request = entry.show();
        let base_url = mounts.iter().find(|(vendor, _)| *vendor == request.vendor).map_or("", |(_, url)| url);
        serde_json::to_string(&har::entry(&request, base_url))
    }))
}

/// The requests that fit, with a link to older ones.
async fn find(server: &Server, uri: &Uri, mut filter: RequestFilter) -> Result<(HeaderMap, Vec<Arc<Entry>>), Refused> {
    filter.search = filter.search.to_lowercase();
    let operation = Match { vendor: filter.vendor, operation: filter.operation.clone(), ..Match::default() };
    operations(server.simulators().iter().map(|simulator| simulator.api), &operation).map_err(bad)?;
    let limit = filter.limit.unwrap_or(usize::MAX);
    let all: Vec<Arc<Entry>> = server.log().entries().rev().cloned().collect();
    let find = move || all.into_iter().filter(|entry| filter.fits(entry)).take(limit.saturating_add(1)).collect::<Vec<_>>();
    // A search reads every body.
    let mut found = tokio::task::spawn_blocking(find).await.map_err(bad)?;
    let older = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| older).map(|oldest| ("before", oldest.number().to_string()));
    let headers = next_link(uri, next);
    found.reverse();
    Ok((headers, found))
}

/// What a list shows of a request, with the name of its contact.
pub(super) fn summarize<'a>(server: &Server, entry: &'a Entry) -> Summary<'a> {
    let request = entry.request();
    let name = request.contact.as_deref().and_then(|contact| server.simulator(request.vendor).name_of(contact));
    entry.summary(name)
}

/// The whole requests as items of a JSON array, one after the other: all of them at once would be far larger than the log.
fn stream_json(
    headers: HeaderMap,
    (before, after): (Bytes, Bytes),
    entries: Vec<Arc<Entry>>,
    show: impl Fn(&Entry) -> serde_json::Result<String> + Send + 'static,
) -> Response {
    let items = entries.into_iter().enumerate().map(move |(index, entry)| {
        let json = show(&entry).map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(Bytes::from(format!("{}{json}", if index == 0 { "" } else { "," })))
    });
    let all = std::iter::once(Ok(before)).chain(items).chain(std::iter::once(Ok(after)));
    (headers, [(header::CONTENT_TYPE, "application/json")], Body::from_stream(stream::iter(all))).into_response()
}

async fn request(State(server): Shared, Path(number): Path<u64>) -> Result<Json<RecordedRequest>, Refused> {
    let entry = server.log().entries().rev().find(|entry| entry.number() == number).cloned();
    entry.map(|entry| Json(entry.show())).ok_or_else(|| missing(format!("request {number} is not in the log, or not any more")))
}

async fn clear(State(server): Shared) -> StatusCode {
    server.clear_log();
    StatusCode::NO_CONTENT
}
