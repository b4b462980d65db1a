use std::future::IntoFuture;

use reqwest::Method;
use serde_json::{Value, json};

use super::fake::{self, Fake, GET, KEY, OK, POST, Reply, Seen};
use crate::error::{Delivery, ErrorKind};
use crate::{CallOptions, Core};

/// The request that `send` made.
fn only(fake: &Fake) -> Seen {
    let mut seen = fake.seen();
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

fn is_send<T: Send>(future: T) -> T {
    future
}

#[tokio::test(start_paused = true)]
async fn headers_and_who_wins() {
    let fake = Fake::script([OK]);
    let client = fake::build(&fake, |builder| builder.header("x-a", "client").header("x-b", "client").header("x-c", "client"));
    let client =
        client.with(CallOptions::new().header("x-a", "first").header("x-b", "first")).with(CallOptions::new().header("x-a", "second"));
    is_send(client.operation(POST).header("x-d", &7).json(&json!({})).send::<Value>()).await.unwrap();
    let headers = only(&fake).headers;
    for (name, value) in [
        ("x-a", "second"),
        ("x-b", "first"),
        ("x-c", "client"),
        ("x-d", "7"),
        ("version", "2021-04-15"),
        ("user-agent", "reachout-acme/1.2.3"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert_eq!(headers["authorization"].to_str().unwrap(), format!("Bearer {KEY}"));
    assert!(headers["authorization"].is_sensitive());
    assert!(headers["x-a"].is_sensitive(), "it may be a secret, for all we know");
    assert!(!format!("{headers:?}").contains(KEY));
}

#[tokio::test(start_paused = true)]
async fn versions_and_user_agents() {
    let fake = Fake::script([OK]);
    let client = fake::build(&fake, |builder| builder.api_version("v3").user_agent("mine/1"));
    client.operation(GET).send::<Value>().await.unwrap();
    let headers = only(&fake).headers;
    assert_eq!((&headers["version"], &headers["user-agent"]), (&"v3".parse().unwrap(), &"mine/1".parse().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn the_escape_hatch() {
    let fake = Fake::script([OK]);
    let client = fake::core(&fake);
    is_send(
        client.request(Method::POST, "/secret/endpoint?a=1").query("b", &["x", "y"]).header("x-d", &1).json(&json!({})).send::<Value>(),
    )
    .await
    .unwrap();
    let seen = only(&fake);
    assert_eq!(seen.url, "https://api.acme.invalid/v1/secret/endpoint?a=1&b=x&b=y");
    assert_eq!(seen.headers["version"], "2021-04-15", "as most operations have it");
    assert_eq!(seen.headers["authorization"].to_str().unwrap(), format!("Bearer {KEY}"));

    let rows = [(Method::GET, 3), (Method::DELETE, 3), (Method::PUT, 3), (Method::POST, 1), (Method::PATCH, 1), (Method::OPTIONS, 1)];
    for (method, attempts) in rows {
        let fake = Fake::script([Reply::Response(503, "", "")]);
        let error = fake::core(&fake).request(method.clone(), "/x").send_empty().await.unwrap_err();
        assert_eq!(fake.seen().len(), attempts, "{method}");
        assert_eq!(error.operation(), Some(&*format!("{method} /x")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_escape_hatch_does_not_leave_the_base() {
    let fake = Fake::script([OK]);
    let client = fake::core(&fake);
    for path in ["https://evil.invalid/x", "//evil.invalid/x", "/../v2", "/%2e%2e/v2", "x", "", "/x#y", "\\\\evil.invalid"] {
        let error = client.request(Method::GET, path).send_empty().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidRequest, Delivery::NotSent), "{path}");
    }
    assert!(fake.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn arguments_that_cannot_be_sent() {
    let fake = Fake::script([OK]);
    let client = fake::core(&fake);
    let refused = [
        client.operation(GET).path_param("id", &"x").send_empty().await,
        client.operation(GET).query("q", &json!({ "a": 1 })).send_empty().await,
        client.operation(GET).header("x-d", &"MARKED\r\nx-evil: 1").send_empty().await,
        client.operation(GET).header("x d", &1).send_empty().await,
        client.operation(POST).json(&std::collections::BTreeMap::from([((1, 2), 3)])).send_empty().await,
        client.operation(POST).form(&[1]).send_empty().await,
        client.with(CallOptions::new().header("x", "MARKED\n")).operation(GET).send_empty().await,
        client.request(Method::GET, "/x").header("y", &"MARKED\0").send_empty().await,
    ];
    for result in refused {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::InvalidRequest, Delivery::NotSent, 0), "{error}");
        assert_eq!(error.vendor(), Some("Acme"));
        assert!(!format!("{error} {error:#?}").contains("MARKED"));
    }
    assert!(fake.seen().is_empty());
}

/// A caller's `content-length: 5` cut bodies short, and `transfer-encoding` joins a body to the next request.
#[tokio::test(start_paused = true)]
async fn headers_that_frame_a_message_are_the_client_s_own() {
    let fake = Fake::script([OK]);
    let client = fake::core(&fake);
    let names = "connection content-length expect host keep-alive proxy-connection te trailer transfer-encoding upgrade";
    for name in names.split(' ').chain(["Content-Length", "HOST"]) {
        let refused = [
            client.operation(POST).header(name, &5).json(&json!({})).send_empty().await,
            client.request(Method::POST, "/x").header(name, &5).json(&json!({})).send_empty().await,
            client.with(CallOptions::new().header(name, "5")).operation(POST).json(&json!({})).send_empty().await,
        ];
        for result in refused {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::InvalidRequest, Delivery::NotSent, 0), "{name}");
            let lower = name.to_lowercase();
            assert!(error.to_string().contains(&format!("the header `{lower}` cannot be set: the client frames its requests")), "{error}");
        }
    }
    assert!(fake.seen().is_empty());
}

/// A path comes from wherever the caller has it, and the error ends up in a log.
#[tokio::test(start_paused = true)]
async fn a_raw_path_is_escaped_in_the_error() {
    let client = fake::core(&Fake::script([OK]));
    let rows = [
        ("/x\r\nforged: line", r"GET /x\r\nforged: line"),
        ("/x\u{1b}[31m", r"GET /x\u{1b}[31m"),
        ("/x\u{202e}y\u{2028}z", r"GET /x\u{202e}y\u{2028}z"),
        ("/\u{fc}\\", "GET /\u{fc}\\"),
    ];
    for (path, operation) in rows {
        let error = client.request(Method::GET, path).header("x d", &1).send_empty().await.unwrap_err();
        assert_eq!(error.operation(), Some(operation));
        assert!(error.to_string().starts_with(&format!("Acme {operation}: ")), "{error}");
    }
}

/// Callers put these futures into others; a large one would be copied again and again.
#[test]
fn futures_are_of_moderate_size() {
    let fake = Fake::script([OK]);
    let client = fake::core(&fake);
    let future = client.operation(POST).json(&json!({})).send::<Value>();
    let size = std::mem::size_of_val(&future);
    assert!(size < 8 * 1024, "{size} bytes");
    let boxed = future.into_future();
    let size = std::mem::size_of_val(&*boxed.0);
    assert!(size <= 1024, "{size} bytes are allocated for each call");
    assert_eq!(size_of::<crate::Error>(), size_of::<usize>());
}

#[test]
fn debug_forms_show_no_secret() {
    let fake = Fake::script([OK]);
    let client: Core = fake::build(&fake, |builder| {
        let builder = builder.header("x-secret", "MARKED").credential("MARKED");
        assert!(!format!("{builder:?}").contains("MARKED"));
        builder
    });
    let client = client.with(CallOptions::new().header("x-other", "MARKED"));
    let operation = client.operation(POST).header("x", &"MARKED").query("q", &"MARKED").json(&"MARKED");
    let request = client.request(Method::POST, "/x?q=MARKED").header("x", &"MARKED").json(&"MARKED");
    assert!(!format!("{client:?} {operation:?} {request:?}").contains("MARKED"));
}
