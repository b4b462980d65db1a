//! What becomes of a request under each fault, and how often the vendor fully received it.

use std::time::Duration;

use reachout_runtime::{CallOptions, Delivery, Error, ErrorKind, Route};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{self, Act, Server, answer};
use crate::vendor::{self, Client, DELETE, GET, KEY, PATCH, PUT, SEND};

async fn call(client: &Client, route: &'static Route) -> Result<Value, Error> {
    let mut operation = client.core.operation(route);
    if route.path.contains('{') {
        operation = operation.path_param("messageId", &"m1");
    }
    if route.method != "GET" && route.method != "DELETE" {
        operation = operation.json(&json!({ "text": "hi" }));
    }
    operation.send::<Value>().await.map(reachout_runtime::ResponseValue::into_inner)
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

struct Fault {
    what: &'static str,
    act: fn() -> Act,
    kind: ErrorKind,
    /// Of a POST, and of a GET.
    delivery: [Delivery; 2],
    /// How often a POST, and a GET, is received.
    received: [usize; 2],
    status: Option<u16>,
}

#[tokio::test]
async fn every_fault() {
    use Delivery::{Accepted, Rejected, Unknown};
    let faults = [
        Fault {
            what: "reset after the request is read",
            act: || Act::ResetRead,
            kind: ErrorKind::Transport,
            delivery: [Unknown, Unknown],
            received: [1, 3],
            status: None,
        },
        Fault {
            what: "no answer",
            act: || Act::Silence,
            kind: ErrorKind::Timeout,
            delivery: [Unknown, Unknown],
            received: [1, 3],
            status: None,
        },
        Fault {
            what: "reset within the status line",
            act: || Act::Partial(b"HTTP/1.1 200".to_vec()),
            kind: ErrorKind::Transport,
            delivery: [Unknown, Unknown],
            received: [1, 3],
            status: None,
        },
        Fault {
            what: "no HTTP at all",
            act: || Act::Answer(b"220 smtp.acme.invalid\r\n".to_vec()),
            kind: ErrorKind::Transport,
            delivery: [Unknown, Unknown],
            received: [1, 3],
            status: None,
        },
        Fault {
            what: "reset within the body",
            act: || Act::Partial(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec()),
            kind: ErrorKind::Transport,
            delivery: [Accepted, Accepted],
            received: [1, 3],
            status: Some(200),
        },
        Fault {
            what: "a body shorter than announced",
            act: || Act::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec()),
            kind: ErrorKind::Transport,
            delivery: [Accepted, Accepted],
            received: [1, 3],
            status: Some(200),
        },
        Fault {
            what: "a chunked body without its end",
            act: || Act::Answer(b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"id\":\r\n".to_vec()),
            kind: ErrorKind::Transport,
            delivery: [Accepted, Accepted],
            received: [1, 3],
            status: Some(201),
        },
        Fault {
            what: "a body that never ends",
            act: || Act::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec()),
            kind: ErrorKind::Timeout,
            delivery: [Accepted, Accepted],
            received: [1, 3],
            status: Some(200),
        },
        Fault {
            what: "a body over the limit",
            act: || Act::Answer(answer("200 OK", "", vec![b' '; 2000])),
            kind: ErrorKind::TooLarge,
            delivery: [Accepted, Accepted],
            received: [1, 1],
            status: Some(200),
        },
        Fault {
            what: "a body that is not JSON",
            act: || Act::Answer(answer("200 OK", "", "<html>welcome</html>")),
            kind: ErrorKind::Decode,
            delivery: [Accepted, Accepted],
            received: [1, 1],
            status: Some(200),
        },
        Fault {
            what: "a 400",
            act: || server::json("400 Bad Request", r#"{"error":{"message":"no"}}"#),
            kind: ErrorKind::Refused,
            delivery: [Rejected, Rejected],
            received: [1, 1],
            status: Some(400),
        },
        Fault {
            what: "an empty 401",
            act: || Act::Answer(answer("401 Unauthorized", "", "")),
            kind: ErrorKind::Unauthorized,
            delivery: [Rejected, Rejected],
            received: [1, 1],
            status: Some(401),
        },
        Fault {
            what: "a 429",
            act: || Act::Answer(answer("429 Too Many Requests", "retry-after: 0\r\n", "")),
            kind: ErrorKind::RateLimited,
            delivery: [Rejected, Rejected],
            received: [3, 3],
            status: Some(429),
        },
        Fault {
            what: "a 500 in JSON",
            act: || server::json("500 Internal Server Error", r#"{"error":{"code":"boom"}}"#),
            kind: ErrorKind::Server,
            delivery: [Unknown, Rejected],
            received: [1, 3],
            status: Some(500),
        },
        Fault {
            what: "a 502 in HTML",
            act: || Act::Answer(answer("502 Bad Gateway", "content-type: text/html\r\n", "<html>bad gateway</html>")),
            kind: ErrorKind::Server,
            delivery: [Unknown, Rejected],
            received: [1, 3],
            status: Some(502),
        },
        Fault {
            what: "a 503 that breaks off",
            act: || Act::Partial(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 100\r\n\r\nover".to_vec()),
            kind: ErrorKind::Server,
            delivery: [Unknown, Rejected],
            received: [1, 3],
            status: Some(503),
        },
    ];
    // Building a client takes long enough to let the timeouts of others pass, so all are built before any is used.
    let mut cases = Vec::new();
    for fault in &faults {
        // A PATCH is like a POST. A PUT and a DELETE are tried again like a GET, unless the vendor accepted them.
        for (route, column) in [(SEND, 0), (PATCH, 0), (GET, 1), (PUT, 1), (DELETE, 1)] {
            let server = Server::start([(fault.act)()]).await;
            let client = vendor::builder(&server.url).max_body(1000).build().unwrap();
            cases.push((fault, route, column, server, client));
        }
    }
    futures_util::future::join_all(cases.iter().map(async |(fault, route, column, server, client)| {
        let what = format!("{} of {}", fault.what, route.operation_id);
        let error = call(client, route).await.unwrap_err();
        let accepted = fault.delivery[0] == Accepted;
        let received = if accepted && !route.is_safe() { fault.received[0] } else { fault.received[*column] };
        let delivery = if route.is_safe() { fault.delivery[1] } else { fault.delivery[0] };
        assert_eq!((error.kind(), error.delivery()), (fault.kind, delivery), "{what}: {error}");
        assert_eq!(server.count(), received, "{what}");
        assert_eq!(error.status().map(|status| status.as_u16()), fault.status, "{what}");
        assert!(!format!("{error} {error:?}").contains("MARKED"), "{what}");
    }))
    .await;
    println!("{} faults, each with POST, PATCH, GET, PUT and DELETE", faults.len());
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
    let server = Server::start([Act::Answer(answer("502 Bad Gateway", "x-gateway: g1\r\n", page))]).await;
    let error = call(&vendor::client(&server.url), SEND).await.unwrap_err();
    assert_eq!((error.body(), &error.headers()["x-gateway"]), (page.as_bytes(), &"g1".parse().unwrap()));
    assert_eq!(error.message(), None, "a page of HTML is no message");
    // An endless page of error is cut.
    let server = Server::start([Act::Answer(answer("500 Oops", "", vec![b'x'; 1_000_000]))]).await;
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
    let too_many = Act::Answer(answer("429 Too Many Requests", "retry-after: 0\r\n", ""));
    let server = Server::start([too_many, server::json("200 OK", "{}")]).await;
    call(&vendor::client(&server.url), SEND).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

/// A connection that is used again dies under the second request.
#[tokio::test]
async fn a_post_on_a_used_connection() {
    let ok = answer("200 OK", "", "{}");
    let keep = |bytes: &[u8]| Act::Keep(String::from_utf8_lossy(bytes).replace("connection: close\r\n", "").into_bytes());
    // The vendor closes it after the first answer: the second request goes over a new one, once.
    let server = Server::start([Act::AnswerThenClose(ok.clone()), Act::Answer(ok.clone())]).await;
    let client = vendor::client(&server.url);
    call(&client, SEND).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    call(&client, SEND).await.unwrap();
    assert_eq!(server.count(), 2);
    // The vendor reads the second request and resets: it is not sent again.
    let server = Server::start([keep(&ok), Act::ResetRead, Act::Answer(ok)]).await;
    let client = vendor::client(&server.url);
    call(&client, SEND).await.unwrap();
    let error = call(&client, SEND).await.unwrap_err();
    assert_eq!((error.delivery(), server.count()), (Delivery::Unknown, 2), "{error}");
}
