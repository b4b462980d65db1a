use reqwest::Method;

use super::*;

fn target(url: &str) -> Target {
    Target::new(url.parse().unwrap())
}

fn follow(from: &Target, method: &Method, status: u16, location: Option<&str>) -> Result<Target, String> {
    let mut headers = HeaderMap::new();
    if let Some(location) = location {
        headers.insert(LOCATION, location.parse().unwrap());
    }
    from.next(MethodClass::of(method), StatusCode::from_u16(status).unwrap(), &headers)
}

#[test]
fn targets() {
    const SECURE: &str = "https://a.invalid/v1/x?q=1";
    const LOCAL: &str = "http://127.0.0.1:80/x";
    // From, location, and where it leads with or without the credential.
    let rows = [
        (SECURE, "/v1/y", Some(("https://a.invalid/v1/y", true))),
        (SECURE, "y#part", Some(("https://a.invalid/v1/y", true))),
        (SECURE, "?q=2", Some(("https://a.invalid/v1/x?q=2", true))),
        (SECURE, "https://a.invalid:443/y", Some(("https://a.invalid/y", true))),
        (SECURE, "https://A.INVALID/y", Some(("https://a.invalid/y", true))),
        (SECURE, "https://a.invalid:444/y", Some(("https://a.invalid:444/y", false))),
        (SECURE, "https://b.invalid/y", Some(("https://b.invalid/y", false))),
        (SECURE, "//b.invalid/y", Some(("https://b.invalid/y", false))),
        (SECURE, "https://sub.a.invalid/y", Some(("https://sub.a.invalid/y", false))),
        (SECURE, "http://a.invalid/y", None),
        (SECURE, "http://b.invalid/y", None),
        (SECURE, "ftp://a.invalid/y", None),
        (SECURE, "file:///etc/passwd", None),
        (SECURE, "javascript:alert(1)", None),
        (SECURE, "https://user:pass@a.invalid/y", None),
        (SECURE, "https://user@a.invalid/y", None),
        (SECURE, "https://:pass@a.invalid/y", None),
        (SECURE, "https://", None),
        (SECURE, "http://127.0.0.1/y", None),
        (SECURE, "http://[::1]:8080/y", None),
        (SECURE, "http://localhost/y", None),
        ("https://127.0.0.1/x", "http://127.0.0.1:8080/y", Some(("http://127.0.0.1:8080/y", false))),
        (LOCAL, "/y", Some(("http://127.0.0.1/y", true))),
        (LOCAL, "http://127.0.0.1:81/y", Some(("http://127.0.0.1:81/y", false))),
        (LOCAL, "http://localhost/y", Some(("http://localhost/y", false))),
        (LOCAL, "https://127.0.0.1/y", Some(("https://127.0.0.1/y", false))),
        (LOCAL, "http://a.invalid/y", None),
    ];
    for (from, location, expected) in rows {
        let next = follow(&target(from), &Method::GET, 302, Some(location)).ok();
        assert_eq!(next.as_ref().map(|next| (next.url.as_str(), next.trusted)), expected, "{from} to {location}");
    }
}

#[test]
fn statuses_and_methods() {
    let from = target("https://a.invalid/x");
    for status in [301, 302, 303, 307, 308] {
        for method in [Method::GET, Method::HEAD] {
            assert!(follow(&from, &method, status, Some("/y")).is_ok(), "{status} {method}");
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert!(follow(&from, &method, status, Some("/y")).is_err(), "{status} {method}");
        }
        assert!(follow(&from, &Method::GET, status, None).is_err());
    }
    for status in [300, 304, 305, 306] {
        assert!(follow(&from, &Method::GET, status, Some("/y")).is_err(), "{status}");
    }
}

/// The client's base counts, not the redirect before.
#[test]
fn a_detour_does_not_lead_to_this_machine() {
    let mut at = target("https://a.invalid/x");
    at = follow(&at, &Method::GET, 302, Some("https://localhost/x")).unwrap();
    assert!(follow(&at, &Method::GET, 302, Some("http://localhost/x")).unwrap_err().contains("which is not https"));
}

#[test]
fn trust_is_never_regained_and_hops_are_limited() {
    let mut at = target("https://a.invalid/x");
    at = follow(&at, &Method::GET, 302, Some("https://b.invalid/x")).unwrap();
    at = follow(&at, &Method::GET, 302, Some("https://a.invalid/x")).unwrap();
    assert!(!at.trusted);
    for _ in 2..LIMIT {
        at = follow(&at, &Method::GET, 302, Some("/x")).unwrap();
    }
    assert!(!at.trusted);
    assert!(follow(&at, &Method::GET, 302, Some("/x")).unwrap_err().contains("more than 10 times"));
}
