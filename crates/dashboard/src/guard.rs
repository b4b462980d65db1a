//! [`Guard`]: who may use a local server: programs, and its own page in a browser. No page of another origin.
//!
//! A browser sends requests for whatever page it shows, also to this machine, and tells in `Host`, `Origin` and `Sec-Fetch-Site` for whom.
//! What it tells is checked before anything else is read: a page could read and change everything, once its own name is made to resolve to
//! 127.0.0.1.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};

/// By which names a server may be called, and from which pages.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Names beside those of the loopback interface.
    pub hosts: Vec<String>,
    /// Other origins whose pages may use it, as a browser writes them.
    pub origins: Vec<String>,
    /// Whether other machines may call it, by whatever address it has.
    pub any_address: bool,
}

/// Refuses what a page of another origin sends.
#[derive(Clone, Debug)]
pub struct Guard {
    /// What is guarded, for errors: `the sandbox`.
    pub name: &'static str,
    /// Who is let in.
    pub access: Access,
    /// Whether people follow links to this path from pages elsewhere.
    pub is_page: fn(&str) -> bool,
}

/// The status and the sentence of a refusal.
pub type Refused = (StatusCode, String);

impl Guard {
    /// Whether a program, the page itself or a page of an allowed origin may have sent this; the latter's origin.
    pub fn check<B>(&self, request: &Request<B>) -> Result<Option<HeaderValue>, Refused> {
        let (name, access) = (self.name, &self.access);
        let headers = request.headers();
        let host = host(request)?;
        if let Some(host) = &host
            && !is_known(host.host(), access)
        {
            let sentence = format!("{name} is not called {:?}: call it by 127.0.0.1 or localhost, or allow this name", host.host());
            return Err((StatusCode::MISDIRECTED_REQUEST, sentence));
        }
        let mut allowed = None;
        for value in headers.get_all(header::ORIGIN) {
            let origin = String::from_utf8_lossy(value.as_bytes());
            if access.origins.iter().any(|known| *known == origin) {
                allowed = Some(value.clone());
            } else if !is_same(&origin, host.as_ref()) {
                return Err((StatusCode::FORBIDDEN, format!("a page of another origin, {origin:?}, cannot use {name}")));
            }
        }
        match text(headers, "sec-fetch-site") {
            None | Some("same-origin" | "none") => Ok(allowed),
            Some(_) if allowed.is_some() || is_link_to_page(request, self.is_page) => Ok(allowed),
            Some(_) => Err((StatusCode::FORBIDDEN, format!("a page of another origin cannot use {name}"))),
        }
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
///
/// Nor about an address, so that any will do where the server serves other machines.
fn is_known(host: &str, access: &Access) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| access.any_address || address.to_canonical().is_loopback())
        || access.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
}

fn is_same(origin: &str, host: Option<&Authority>) -> bool {
    let Ok(origin) = origin.parse::<Uri>() else { return false };
    matches!(origin.scheme_str(), Some("http" | "https")) && origin.authority().is_some() && origin.authority() == host
}

/// A link on some page to a page of the server, opened in a tab of its own: whoever holds the link sees nothing of it.
/// An app sends its users to the consent page so.
fn is_link_to_page<B>(request: &Request<B>, is_page: fn(&str) -> bool) -> bool {
    let headers = request.headers();
    let is_navigation = text(headers, "sec-fetch-mode") == Some("navigate") && text(headers, "sec-fetch-dest") == Some("document");
    is_navigation && request.method() == Method::GET && is_page(request.uri().path())
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
        let cases: [Case; 33] = [
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
            // What carries no `Origin`: images, models, frames, links.
            ("GET /_sandbox/requests", &[("host", "localhost"), ("sec-fetch-site", "none")], 0),
            ("GET /_sandbox/requests", &[("host", "localhost"), ("sec-fetch-site", "same-site")], 403),
            ("GET /leonar/api/v1/contacts", &[("host", "localhost"), ("sec-fetch-site", "cross-site")], 403),
            ("GET /", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")], 0),
            ("GET /", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "iframe")], 403),
            ("GET /_sandbox", &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")], 403),
            (
                "GET /leadway/v2/oauth/chooselocation",
                &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")],
                0,
            ),
            (
                "POST /leadway/v2/oauth/chooselocation",
                &[("host", "localhost"), ("sec-fetch-site", "cross-site"), NAVIGATE, ("sec-fetch-dest", "document")],
                403,
            ),
            // An origin that was allowed, with and without its name.
            ("GET /_sandbox", &[("host", "localhost"), ("origin", "https://app.test"), ("sec-fetch-site", "cross-site")], 0),
            ("GET /_sandbox", &[("host", "evil.example"), ("origin", "https://app.test")], MISDIRECTED),
        ];
        let access = Access { hosts: vec!["sandbox.test".to_owned()], origins: vec!["https://app.test".to_owned()], any_address: false };
        let guard = Guard { name: "the sandbox", access, is_page: |path| path == "/" || path.ends_with("/oauth/chooselocation") };
        for (line, headers, expected) in cases {
            let (method, uri) = line.split_once(' ').unwrap();
            let request =
                headers.iter().fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(*name, *value));
            let refused = guard.check(&request.body(()).unwrap());
            assert_eq!(refused.map_or_else(|(status, _)| status.as_u16(), |_| 0), expected, "{line} {headers:?}");
        }
    }
}
