//! Redirects over real sockets: what is followed, and what the other side gets to see.

use reachout_runtime::{CallOptions, Delivery, ErrorKind, Method};
use serde_json::{Value, json};

use crate::server::{self, Act, Server, response};
use crate::vendor::{self, DELETE, GET, KEY, PATCH, PUT, SEND};

fn redirect(status: &str, location: &str) -> Act {
    Act::Respond(response(status, &format!("location: {location}\r\n"), ""))
}

#[tokio::test]
async fn within_the_host_everything_is_kept() {
    let server = Server::start([redirect("302 Found", "/v2/messages/m1"), server::json("200 OK", r#"{"id":"m1"}"#)]).await;
    let client = vendor::client(&server.url).with(CallOptions::new().header("x-mine", "1"));
    let found = client.core.operation(GET).path_param("messageId", &"m1").send::<Value>().await.unwrap();
    assert_eq!(found["id"], "m1");
    let second = &server.received()[1];
    assert_eq!(second.line(), "GET /v2/messages/m1 HTTP/1.1");
    assert!(second.header("authorization").is_some());
    assert_eq!((second.header("x-mine"), second.header("version")), (Some("1"), Some("2021-04-15")));
}

#[tokio::test]
async fn another_host_gets_no_credential_and_no_header_of_ours() {
    let other = Server::start([server::json("200 OK", r#"{"id":"m1"}"#)]).await;
    let server = Server::start([redirect("307 Temporary Redirect", &format!("{}/file?sig=1", other.url))]).await;
    let client = vendor::client(&server.url).with(CallOptions::new().header("x-mine", "MARKED").header("cookie", "MARKED"));
    client.request(Method::GET, "/file").json(&json!({ "body": "MARKED" })).send::<Value>().await.unwrap();
    let seen = &other.received()[0];
    assert_eq!(seen.line(), "GET /file?sig=1 HTTP/1.1");
    assert!(!seen.head.contains("MARKED") && seen.body.is_empty(), "{}", seen.head);
    for name in ["authorization", "x-mine", "cookie", "version", "content-type", "referer"] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(seen.header("user-agent"), Some("reachout-acme/1.2.3"));
}

#[tokio::test]
async fn another_host_does_not_get_the_credential_in_the_address() {
    let other = Server::start([server::json("200 OK", "{}")]).await;
    let escaped = KEY.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
    for echo in [KEY, &KEY.replace('_', "%5F"), &escaped, &escaped.replace('%', "%25"), "bGVvX01BUktFRHNlY3JldA=="] {
        let server = Server::start([redirect("302 Found", &format!("{}/?key={echo}", other.url))]).await;
        let error = vendor::client(&server.url).request(Method::GET, "/file").send_empty().await.unwrap_err();
        assert_eq!((error.kind(), other.count()), (ErrorKind::Redirect, 0));
        let all = format!("{error} {error:#?} {:?}", error.headers());
        assert!(!all.contains(KEY) && !all.contains(echo) && all.contains("[redacted]"), "{all}");
    }
}

#[tokio::test]
async fn a_writing_method_is_never_redirected() {
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        for route in [SEND, PATCH, PUT, DELETE] {
            let other = Server::start([server::json("200 OK", "{}")]).await;
            let server = Server::start([redirect(status, &other.url)]).await;
            let client = vendor::client(&server.url);
            let mut operation = client.core.operation(route).json(&json!({}));
            if route.path.contains('{') {
                operation = operation.path_param("messageId", &"m1");
            }
            let error = operation.send::<Value>().await.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::Redirect, Delivery::Rejected), "{error}");
            assert_eq!((server.count(), other.count()), (1, 0));
        }
    }
}

#[tokio::test]
async fn loops_and_open_networks() {
    for (location, received) in [("/v1/messages/m1", 11), ("http://93.184.216.34/", 1), ("ftp://127.0.0.1/", 1), ("", 11)] {
        let server = Server::start([redirect("302 Found", location)]).await;
        let client = vendor::client(&server.url);
        let error = client.core.operation(GET).path_param("messageId", &"m1").send::<Value>().await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (ErrorKind::Redirect, received), "{location:?}: {error}");
    }
}

/// A caller's HTTP client that follows redirects by itself does so behind our back. It cannot take a body along, and
/// it is told off.
#[tokio::test]
async fn a_supplied_client_that_follows_by_itself() {
    let server = Server::start([redirect("303 See Other", "/elsewhere"), server::json("200 OK", "{}")]).await;
    let client = vendor::builder(&server.url).http_client(reqwest::Client::new()).build().unwrap();
    let error = client.core.operation(SEND).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Redirect, Delivery::Unknown), "{error}");
    assert!(error.to_string().contains("Policy::none()"));
    let server = Server::start([redirect("307 Temporary Redirect", "/elsewhere"), server::json("200 OK", "{}")]).await;
    let client = vendor::builder(&server.url).http_client(reqwest::Client::new()).build().unwrap();
    client.core.operation(SEND).json(&json!({})).send::<Value>().await.unwrap_err();
    assert_eq!(server.count(), 1, "the body was not sent twice");
}

/// Plain http is for this machine, so a proxy from the environment must not carry the credential off it.
#[test]
fn loopback_goes_around_the_proxies_of_the_environment() {
    const NOWHERE: &str = "http://127.0.0.1:1";
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "faults::success"]).env("HTTP_PROXY", NOWHERE).env("http_proxy", NOWHERE).env("ALL_PROXY", NOWHERE);
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test]
async fn a_supplied_client_and_a_proxy_are_used() {
    let server = Server::start([server::json("200 OK", "{}")]).await;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .default_headers([(reqwest::header::FROM, "me@acme.invalid".parse().unwrap())].into_iter().collect());
    let client = vendor::builder(&server.url).http_client(http.build().unwrap()).build().unwrap();
    client.core.operation(SEND).json(&json!({})).send_empty().await.unwrap();
    assert_eq!(server.received()[0].header("from"), Some("me@acme.invalid"));

    let proxy = Server::start([server::json("200 OK", "{}")]).await;
    let client = vendor::builder("http://127.0.0.1:9").proxy(reqwest::Proxy::all(&proxy.url).unwrap()).build().unwrap();
    client.core.operation(SEND).json(&json!({})).send_empty().await.unwrap();
    assert_eq!(proxy.received()[0].line(), "POST http://127.0.0.1:9/v1/messages HTTP/1.1");
}
