//! Who may use the sandbox: programs, and its own page in a browser. No page of another origin.
//!
//! A browser sends requests for whatever page it shows, also to this machine, and tells in `Host`, `Origin` and `Sec-Fetch-Site` for whom.
//! What it tells is checked before anything else is read, on controls and vendors alike: a page could spend OAuth codes, fill the log, and,
//! once its own name is made to resolve to 127.0.0.1, read and change everything.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use http::uri::Authority;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use serde_json::json;

use crate::body;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::server::Server;

/// Refuses what a page of another origin sends, and reads the body of a control.
pub(crate) async fn guard(State(server): State<Arc<Server>>, request: Request<Body>, next: Next) -> Response<Body> {
    if let Err((status, sentence)) = check(&request, server.hosts()) {
        return Reply::json(status, json!({ "error": sentence })).into_response();
    }
    // The vendors read theirs, and record it.
    if !request.uri().path().starts_with("/_sandbox") {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    match body::read(body).await {
        Ok(bytes) => next.run(Request::from_parts(head, bytes.into())).await,
        Err(refusal) => refuse(&refusal),
    }
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    // All vendors have the same status and sentence for a body that cannot be read.
    let vendor = crate::Vendor::Leonar;
    let reply = Reply::json(refusal.status(vendor), json!({ "error": refusal.sentence(vendor) }));
    reply.with(header::CONNECTION, "close").into_response()
}

type Refused = (StatusCode, String);

/// Whether a program or the page of the sandbox may have sent this.
fn check<B>(request: &Request<B>, hosts: &[String]) -> Result<(), Refused> {
    let headers = request.headers();
    let host = host(request)?;
    if let Some(host) = &host
        && !is_known(host.host(), hosts)
    {
        let sentence = format!("the sandbox is not called {:?}: call it by 127.0.0.1 or localhost, or allow this name", host.host());
        return Err((StatusCode::MISDIRECTED_REQUEST, sentence));
    }
    for origin in headers.get_all(header::ORIGIN) {
        let origin = String::from_utf8_lossy(origin.as_bytes());
        if !is_same(&origin, host.as_ref()) {
            return Err((StatusCode::FORBIDDEN, format!("a page of another origin, {origin:?}, cannot use the sandbox")));
        }
    }
    match text(headers, "sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if is_link_to_page(request) => Ok(()),
        Some(_) => Err((StatusCode::FORBIDDEN, "a page of another origin cannot use the sandbox".to_owned())),
    }
}

/// The host that is called. Programs may leave it out; a browser never does.
fn host<B>(request: &Request<B>) -> Result<Option<Authority>, Refused> {
    let unreadable = || (StatusCode::BAD_REQUEST, "the Host header is not one host".to_owned());
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().map(|host| Authority::try_from(host.as_bytes()).map_err(|_| unreadable())).transpose()?;
    match (request.uri().authority(), &host) {
        _ if named.next().is_some() => Err(unreadable()),
        (Some(called), Some(host)) if called != host => Err(unreadable()),
        (called, _) => Ok(called.cloned().or(host)),
    }
}

/// Whether no page elsewhere can have this name: no DNS server is asked about those of the loopback interface.
fn is_known(host: &str, hosts: &[String]) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
        || hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
}

fn is_same(origin: &str, host: Option<&Authority>) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    matches!(origin.scheme_str(), Some("http" | "https")) && origin.authority().is_some() && origin.authority() == host
}

/// A link on some page to the page of the sandbox, opened in a tab of its own: whoever holds the link sees nothing of it.
fn is_link_to_page<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let is_navigation = text(headers, "sec-fetch-mode") == Some("navigate") && text(headers, "sec-fetch-dest") == Some("document");
    is_navigation && request.method() == Method::GET && request.uri().path() == "/"
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // A value that is not text is none of those that are let through.
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Request line, headers, and the status of the refusal or 0.
    type Case = (&'static str, &'static [(&'static str, &'static str)], u16);

    #[test]
    fn only_programs_and_its_own_page_are_let_in() {
        const OWN: (&str, &str) = ("origin", "http://localhost:4010");
        const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");
        const MISDIRECTED: u16 = 421;
        let cases: [Case; 29] = [
            ("GET /_sandbox", &[("host", "127.0.0.1:4010")], 0),
            ("GET /_sandbox", &[("host", "127.0.0.2")], 0),
            ("GET /_sandbox", &[("host", "LocalHost:1")], 0),
            ("GET /_sandbox", &[("host", "[::1]:4010")], 0),
            ("GET /_sandbox", &[("host", "Sandbox.test:4010")], 0),
            ("GET /_sandbox", &[], 0),
            ("GET http://127.0.0.1/_sandbox", &[], 0),
            // Names that a page elsewhere may have, whatever they resolve to.
            ("GET /_sandbox", &[("host", "evil.example:4010")], MISDIRECTED),
            ("GET /_sandbox", &[("host", "localhost.evil.example")], MISDIRECTED),
            ("GET /_sandbox", &[("host", "127.0.0.1.evil.example")], MISDIRECTED),
            ("GET /_sandbox", &[("host", "sandbox.test.evil.example")], MISDIRECTED),
            ("GET /_sandbox", &[("host", "0.0.0.0:4010")], MISDIRECTED),
            ("GET http://evil.example/_sandbox", &[], MISDIRECTED),
            ("GET http://evil.example/_sandbox", &[("host", "localhost")], 400),
            ("GET /_sandbox", &[("host", "")], 400),
            ("GET /_sandbox", &[("host", "localhost"), ("host", "evil.example")], 400),
            // The page of the sandbox, and pages of other origins; another port is another origin.
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), OWN], 0),
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), OWN, ("sec-fetch-site", "same-origin")], 0),
            ("POST /_sandbox/reset", &[("host", "127.0.0.1:4010"), OWN], 403),
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), ("origin", "http://localhost:3000")], 403),
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), ("origin", "https://evil.example")], 403),
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), ("origin", "null")], 403),
            ("POST /_sandbox/reset", &[("host", "localhost:4010"), OWN, ("origin", "https://evil.example")], 403),
            // What carries no `Origin`: images, scripts, frames, links.
            ("GET /_sandbox/requests", &[("host", "localhost"), ("sec-fetch-site", "none")], 0),
            ("GET /_sandbox/requests", &[("host", "localhost"), ("sec-fetch-site", "same-site")], 403),
            ("GET /leonar/api/v1/contacts", &[("host", "localhost"), ("sec-fetch-site", "cross-site")], 403),
            ("GET /", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")], 0),
            ("GET /", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "iframe")], 403),
            ("GET /_sandbox", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")], 403),
        ];
        for (line, headers, expected) in cases {
            let (method, uri) = line.split_once(' ').unwrap();
            let request =
                headers.iter().fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(*name, *value));
            let refused = check(&request.body(()).unwrap(), &["sandbox.test".to_owned()]);
            assert_eq!(refused.map_or_else(|(status, _)| status.as_u16(), |()| 0), expected, "{line} {headers:?}");
        }
    }
}
