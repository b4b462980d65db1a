//! What becomes of a request under each fault, and how often the vendor fully received it.

use std::time::Duration;

use reachout_runtime::{CallOptions, Delivery, Error, ErrorKind, Route};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{self, Act, Server, response};
use crate::vendor::{self, Client, DELETE, GET, KEY, PATCH, PUT, SEND};

async fn call(client: &Client, route: &'static Route) -> Result<Value, Error> {
    let mut operation = client.core.operation(route);
    if route.path.contains('{') {
        operation = operation.path_param("messageId", &"m1");
    }
    if route.method != "GET" && route.method != "DELETE" {
        operation = operation.json(&json!({ "text": "hi" }));
    }
    operation.send::<Value>().await
}

#[tokio::test]
async fn success() {
    let server = Server::start([server::json("200 OK", r#"{"id":"m1"}"#)]).await;
    let sent = call(&vendor::client(&server.url), SEND).await.unwrap();
    assert_eq!(sent["id"], "m1");
    let request = &server.received()[0];
    assert_eq!(request.line(), "POST /v1/messages HTTP/1.1");
    assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
    assert_eq!(request.header("version"), Some("2021-04-15"));
    assert_eq!(request.header("user-agent"), Some("reachout-acme/1.2.3"));
    assert_eq!(request.header("content-length"), Some("13"));
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.body, br#"{"text":"hi"}"#);
}

/// What happens, the kind of the error, its delivery, how often a POST and a GET are received, and the status.
type Fault = (&'static str, Act, ErrorKind, Delivery, [usize; 2], Option<u16>);

fn faults() -> Vec<Fault> {
    use Delivery::{Accepted, Rejected, Unknown};
    use ErrorKind::{Decode, RateLimited, Refused, Server as Failed, Timeout, TooLarge, Transport, Unauthorized};
    let said = |text: &str| Act::Respond(text.replace('\n', "\r\n").into_bytes());
    let broken = |text: &str| Act::Partial(text.replace('\n', "\r\n").into_bytes());
    let html = |status, page| Act::Respond(response(status, "content-type: text/html\r\n", page));
    let stalled = Act::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec());
    let begun = "HTTP/1.1 200 OK\ncontent-length: 100\n\n{\"id\":";
    let chunked = "HTTP/1.1 201 Created\ntransfer-encoding: chunked\n\n6\n{\"id\":\n";
    let too_many = Act::Respond(response("429 Too Many Requests", "retry-after: 0\r\n", ""));
    vec![
        ("reset after the request is read", Act::ResetRead, Transport, Unknown, [1, 3], None),
        ("no response", Act::Silence, Timeout, Unknown, [1, 3], None),
        ("reset within the status line", broken("HTTP/1.1 200"), Transport, Unknown, [1, 3], None),
        ("closed without a response", said(""), Transport, Unknown, [1, 3], None),
        ("no HTTP at all", said("220 smtp.acme.invalid\n"), Transport, Unknown, [1, 3], None),
        ("reset within the body", broken(begun), Transport, Accepted, [1, 3], Some(200)),
        ("a body shorter than announced", said(begun), Transport, Accepted, [1, 3], Some(200)),
        ("a chunked body without its end", said(chunked), Transport, Accepted, [1, 3], Some(201)),
        ("a body that never ends", stalled, Timeout, Accepted, [1, 3], Some(200)),
        ("a body over the limit", html("200 OK", " ".repeat(2000)), TooLarge, Accepted, [1, 1], Some(200)),
        ("a body that is not JSON", html("200 OK", "<html>welcome</html>".to_owned()), Decode, Accepted, [1, 1], Some(200)),
        ("a 400", server::json("400 Bad Request", r#"{"error":{"message":"no"}}"#), Refused, Rejected, [1, 1], Some(400)),
        ("an empty 401", html("401 Unauthorized", String::new()), Unauthorized, Rejected, [1, 1], Some(401)),
        ("a 408", html("408 Request Timeout", String::new()), Refused, Unknown, [1, 3], Some(408)),
        ("a 429", too_many, RateLimited, Rejected, [3, 3], Some(429)),
        ("a 500 in JSON", server::json("500 Oops", r#"{"error":{"code":"boom"}}"#), Failed, Unknown, [1, 3], Some(500)),
        ("a 502 in HTML", html("502 Bad Gateway", "<html>bad gateway</html>".to_owned()), Failed, Unknown, [1, 3], Some(502)),
        ("a 503 that breaks off", broken("HTTP/1.1 503 Oops\ncontent-length: 100\n\nover"), Failed, Unknown, [1, 3], Some(503)),
    ]
}

#[tokio::test]
async fn every_fault() {
    // Building a client takes long enough to let the timeouts of others pass, so all are built before any is used.
    let mut cases = Vec::new();
    for fault in faults() {
        // A PATCH is like a POST. A PUT and a DELETE are tried again like a GET, unless the vendor accepted them.
        for route in [SEND, PATCH, GET, PUT, DELETE] {
            let server = Server::start([fault.1.clone()]).await;
            let client = vendor::builder(&server.url).max_body(1000).build().unwrap();
            cases.push((fault.clone(), route, server, client));
        }
    }
    futures_util::future::join_all(cases.iter().map(async |(fault, route, server, client)| {
        let (what, _, kind, written, [once, repeated], status) = fault;
        let what = format!("{what}, {}", route.operation_id);
        let error = call(client, route).await.unwrap_err();
        // A server error did nothing if there was nothing to do, nor did a timeout of a gateway.
        let read = if *kind == ErrorKind::Server || *status == Some(408) { Delivery::Rejected } else { *written };
        let delivery = if route.is_safe() { read } else { *written };
        assert_eq!((error.kind(), error.delivery()), (*kind, delivery), "{what}: {error}");
        let repeats = route.is_safe() || (route.is_repeatable() && *written != Delivery::Accepted);
        assert_eq!(server.count(), if repeats { *repeated } else { *once }, "{what}");
        assert_eq!(error.status().map(|status| status.as_u16()), *status, "{what}");
        assert!(!format!("{error} {error:#?}").contains("MARKED"), "{what}");
    }))
    .await;
    println!("{} faults, each with POST, PATCH, GET, PUT and DELETE", cases.len() / 5);
}

/// Whether the reset comes before or after the request has left is up to the network; the error tells which.
#[tokio::test]
async fn reset_before_the_request_is_read() {
    for _ in 0..50 {
        let server = Server::start([Act::ResetUnread]).await;
        let error = call(&vendor::client(&server.url), SEND).await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (ErrorKind::Transport, 0));
        match error.delivery() {
            Delivery::NotSent => assert_eq!(error.attempts(), 3, "{error}"),
            delivery => assert_eq!(delivery, Delivery::Unknown, "{error}"),
        }
    }
}

#[tokio::test]
async fn what_arrived_is_kept() {
    let server =
        Server::start([Act::Partial(b"HTTP/1.1 200 OK\r\nx-request-id: r1\r\ncontent-length: 100\r\n\r\n{\"id\":\"m1\"".to_vec())]).await;
    let error = call(&vendor::client(&server.url), SEND).await.unwrap_err();
    assert_eq!((error.body(), error.request_id()), (&b"{\"id\":\"m1\""[..], Some("r1")));
    let page = "<html><h1>502 Bad Gateway</h1></html>";
    let server = Server::start([Act::Respond(response("502 Bad Gateway", "x-gateway: g1\r\n", page))]).await;
    let error = call(&vendor::client(&server.url), SEND).await.unwrap_err();
    assert_eq!((error.body(), &error.headers()["x-gateway"]), (page.as_bytes(), &"g1".parse().unwrap()));
    assert_eq!(error.message(), None, "a page of HTML is not a message");
    // An endless page of error is cut.
    let server = Server::start([Act::Respond(response("500 Oops", "", vec![b'x'; 1_000_000]))]).await;
    let error = call(&vendor::client(&server.url), SEND).await.unwrap_err();
    assert_eq!(error.body().len(), 64 * 1024);
}

/// Nothing can have reached the vendor, so even a POST is tried three times.
#[tokio::test]
async fn connections_that_never_open() {
    let refused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let no_tls = greeter().await;
    // One that accepts and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rows = [
        ("refused", format!("http://{refused}"), ErrorKind::Connect),
        ("no such host", "https://nonexistent.invalid".to_owned(), ErrorKind::Connect),
        ("no TLS", no_tls, ErrorKind::Connect),
        ("a handshake that hangs", format!("https://{}", silent.local_addr().unwrap()), ErrorKind::Connect),
    ];
    for (what, url, kind) in rows {
        for route in [SEND, GET] {
            let client = vendor::builder(&url).connect_timeout(Duration::from_millis(300)).build().unwrap();
            let error = call(&client, route).await.unwrap_err();
            assert_eq!((error.kind(), error.delivery(), error.attempts()), (kind, Delivery::NotSent, 3), "{what}: {error}");
            assert!(error.is_retryable());
        }
    }
}

/// A server that does not speak TLS, but something else.
async fn greeter() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.write_all(b"220 smtp.acme.invalid ready\r\n").await;
        }
    });
    url
}

/// The attempt's timeout comes before the connection's: still it is known that nothing was sent.
#[tokio::test]
async fn a_timeout_while_connecting() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = vendor::builder(&format!("https://{}", silent.local_addr().unwrap())).build().unwrap();
    let client = client.with(CallOptions::new().timeout(Duration::from_millis(100)));
    let error = call(&client, SEND).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Timeout, Delivery::NotSent, 3), "{error}");
}

#[tokio::test]
async fn a_post_is_repeated_after_a_429_and_then_succeeds() {
    let too_many = Act::Respond(response("429 Too Many Requests", "retry-after: 0\r\n", ""));
    let server = Server::start([too_many, server::json("200 OK", "{}")]).await;
    call(&vendor::client(&server.url), SEND).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

/// A connection that is used again dies under the second request.
#[tokio::test]
async fn a_post_on_a_used_connection() {
    let ok = response("200 OK", "", "{}");
    let keep = |bytes: &[u8]| Act::Keep(String::from_utf8_lossy(bytes).replace("connection: close\r\n", "").into_bytes());
    // The vendor closes it after the first response: the second request goes over a new one, once.
    let server = Server::start([Act::RespondThenClose(ok.clone()), Act::Respond(ok.clone())]).await;
    let client = vendor::client(&server.url);
    call(&client, SEND).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    call(&client, SEND).await.unwrap();
    assert_eq!(server.count(), 2);
    // The vendor reads the second request and resets: it is not sent again.
    let server = Server::start([keep(&ok), Act::ResetRead, Act::Respond(ok)]).await;
    let client = vendor::client(&server.url);
    call(&client, SEND).await.unwrap();
    let error = call(&client, SEND).await.unwrap_err();
    assert_eq!((error.delivery(), server.count()), (Delivery::Unknown, 2), "{error}");
}
