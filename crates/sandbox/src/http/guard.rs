//! The guard before controls and vendors alike: a page could spend OAuth codes and fill the log.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use reachout_dashboard::Guard;
use reachout_messenger::Vendor;
use serde_json::json;

use super::body;
use crate::api::refusal::Refusal;
use crate::api::response::{Reply, ReplyBody};

/// The longest state that is imported, in bytes.
const STATE_LIMIT: usize = 512 << 20;

/// Refuses what a page of another origin sends, and reads the body of a control.
pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request<Body>, next: Next) -> Response<Body> {
    let origin = match guard.check(&request) {
        Ok(origin) => origin,
        Err((status, sentence)) => return Reply::json(status, json!({ "error": sentence })).into_response(),
    };
    match origin {
        None => forward(request, next).await,
        Some(origin) if is_preflight(&request) => share(preflight(&request), &origin),
        Some(origin) => share(forward(request, next).await, &origin),
    }
}

async fn forward(request: Request<Body>, next: Next) -> Response<Body> {
    // The vendors read theirs, and record it.
    if !request.uri().path().starts_with("/_sandbox") {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match body::read_up_to(body, limit(head.uri.path())).await {
        Ok(bytes) => next.run(Request::from_parts(head, bytes.into())).await,
        Err(refusal) => refuse(&refusal),
    }
}

/// A state that is imported is as long as the objects are many.
fn limit(path: &str) -> usize {
    if path == "/_sandbox/state" { STATE_LIMIT } else { body::LIMIT }
}

/// Whether a browser asks what a page of another origin may send.
fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight<B>(request: &Request<B>) -> Response<Body> {
    let mut response = Reply::new(StatusCode::NO_CONTENT, ReplyBody::Empty)
        .with(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
        .with(header::ACCESS_CONTROL_MAX_AGE, "600")
        .into_response();
    if let Some(wanted) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

/// Lets a page of this origin read the response.
fn share(mut response: Response<Body>, origin: &HeaderValue) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    // All vendors have the same status and sentence for a body that cannot be read.
    let vendor = Vendor::Leonar;
    let reply = Reply::json(refusal.status(vendor), json!({ "error": refusal.sentence(vendor) }));
    reply.with(header::CONNECTION, "close").into_response()
}
