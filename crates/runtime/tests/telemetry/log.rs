//! What the runtime, and everything below it, writes to the log: the fields of a span, and never a secret or a body.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reachout_runtime::{BoxFuture, CallOptions, CredentialProvider, Error, Method, Pacing, SecretString};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::server::{Act, Server, response};
use crate::vendor::{self, GET, KEY, SEND};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Captures everything, at TRACE, of every crate that logs through `tracing` or `log`.
    fn capture() -> Self {
        let log = Self::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn spans_and_events() {
    let log = Log::capture();
    retried_and_found(&log).await;
    waited(&log).await;
    nothing_secret(&log).await;
}

/// The line is of a call, and of none of its attempts.
fn is_operation(line: &str) -> bool {
    line.contains("reachout.operation{") && !line.contains("reachout.attempt{")
}

async fn retried_and_found(log: &Log) {
    let unavailable = Act::Respond(response("503 Service Unavailable", "retry-after: 0\r\n", ""));
    let server = Server::start([unavailable, Act::Respond(response("200 OK", "x-request-id: r1\r\n", "{}"))]).await;
    let client = vendor::client(&server.url);
    client.core.operation(GET).path_param("messageId", &"m1").query("q", &"BODY").send::<Value>().await.unwrap();
    let text = log.text();
    let closed = text.lines().find(|line| is_operation(line) && line.contains(" close ")).unwrap();
    for field in [
        "reachout.vendor=\"acme\"",
        "reachout.operation=\"get_message\"",
        "http.request.method=\"GET\"",
        "url.template=\"/messages/{messageId}\"",
        "http.response.status_code=200",
        "reachout.attempts=2",
        "reachout.delivery=\"accepted\"",
        "reachout.request_id=\"r1\"",
    ] {
        assert!(closed.contains(field), "{field} in {closed}");
    }
    let retry = text.lines().find(|line| line.contains("retrying")).unwrap();
    for field in ["attempt=1", "status=503", "kind=Server", "wait_ms=0", "reachout.operation"] {
        assert!(retry.contains(field), "{field} in {retry}");
    }
    assert_eq!(text.matches("retrying").count(), 1);
    log.clear();
}

/// A call that must wait for the rate limit says so, once, and how long.
async fn waited(log: &Log) {
    let paces = [Pacing::new(1, Duration::from_millis(40)), Pacing::new(50, Duration::from_secs(2)).steady()];
    for (pacing, reason) in paces.into_iter().zip(["limit", "spacing"]) {
        let server = Server::start([Act::Respond(response("200 OK", "", "{}"))]).await;
        let client = vendor::builder(&server.url).pacing(pacing).build().unwrap();
        for _ in 0..2 {
            client.core.operation(GET).path_param("messageId", &"m1").send::<Value>().await.unwrap();
        }
        let text = log.text();
        let mut waits = text.lines().filter(|line| line.contains("waiting for the rate limit"));
        let wait = waits.next().unwrap();
        assert_eq!(waits.next(), None, "the first call did not wait");
        for field in [" INFO ", "wait_ms=", &format!("reason=\"{reason}\""), "reachout.operation", "operation=\"get_message\""] {
            assert!(wait.contains(field), "{field} in {wait}");
        }
        let wait_ms: u64 = wait.split("wait_ms=").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap();
        assert!(wait_ms <= 40, "{wait}");
        log.clear();
    }
}

async fn nothing_secret(log: &Log) {
    let echo = format!(r#"{{"error":{{"code":"{KEY}","message":"bad key {KEY}, BODY"}},"traceId":"{KEY}"}}"#);
    let headers = format!("x-request-id: {KEY}\r\nx-echo: {KEY}\r\nset-cookie: BODY\r\n");
    let acts = [
        Act::Respond(response("200 OK", &headers, &echo)),
        Act::Respond(response("200 OK", &format!("x-request-id: {}\r\n", KEY.replace('_', "%5F")), "{}")),
        Act::Respond(response("200 OK", &headers, "BODY")),
        Act::Respond(response("401 Unauthorized", &headers, &echo)),
        Act::Respond(response("429 Too Many Requests", &format!("{headers}retry-after: 0\r\n"), &echo)),
        Act::Respond(response("500 Internal Server Error", &headers, &echo)),
        Act::Respond(response("307 Temporary Redirect", &format!("location: https://{KEY}.invalid/?BODY\r\n"), &echo)),
        Act::Partial(format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{echo}").into_bytes()),
        Act::ResetUnread,
        Act::ResetRead,
        Act::Silence,
    ];
    for act in acts {
        let server = Server::start([act]).await;
        let client = vendor::builder(&server.url).header("x-default", "MARKED").build().unwrap();
        let client = client.with(CallOptions::new().header("x-mine", "MARKED").timeout(Duration::from_millis(200)));
        let _ = client.core.operation(SEND).header("x-op", &"MARKED").query("q", &"BODY").json(&json!("BODY")).send::<u8>().await;
        let _ = client.request(Method::GET, "/x?q=BODY").send::<Value>().await;
        let _ = client.request(Method::GET, "/x").send_empty().await;
        let _ = client.request(Method::GET, &format!("/x/{KEY}/{}", KEY.replace('_', "%5F"))).send_empty().await;
        assert!(server.received().iter().all(|request| request.header("authorization") == Some(&*format!("Bearer {KEY}"))));
    }
    let paths = text_of_paths(log).await;
    assert_eq!(paths, ["POST /x/[redacted]", "/v1/x/[redacted]", "POST /y/[redacted]", "/v1/y/[redacted]"]);
    // HTTP/2 libraries log the headers they send, and TLS libraries what they negotiate.
    let tls = Server::start([Act::Silence]).await;
    let client = vendor::builder(&tls.url.replace("http:", "https:")).connect_timeout(Duration::from_millis(200)).build().unwrap();
    let _ = client.core.operation(SEND).json(&json!("BODY")).send::<Value>().await;

    let text = log.text();
    assert!(text.contains("TRACE") && text.contains("reqwest") && text.contains("rustls"), "the libraries were heard as well");
    assert!(text.matches("reachout.operation").count() > 60);
    for secret in ["MARKED", "marked", "BODY"] {
        let shown = text.lines().find(|line| line.contains(secret));
        assert_eq!(shown, None, "{secret}");
    }
}

/// A provider whose credential is known once it was asked.
#[derive(Debug)]
struct Provider;

impl CredentialProvider for Provider {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(std::future::ready(Ok(KEY.into())))
    }

    fn rejected<'a>(&'a self, _: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}

/// Operation and path of spans of raw requests whose paths have the key in them.
async fn text_of_paths(log: &Log) -> Vec<String> {
    let server = Server::start([Act::Respond(response("200 OK", "", "{}"))]).await;
    let client = vendor::client(&server.url);
    client.request(Method::POST, &format!("/x/{KEY}")).send_empty().await.unwrap();
    let provided = vendor::builder(&server.url).credential_provider(Arc::new(Provider)).build().unwrap();
    provided.request(Method::POST, &format!("/y/{KEY}")).send_empty().await.unwrap();
    // What cannot be sent is an error, which shows no more.
    let error = client.request(Method::GET, &format!("/z/{KEY}")).header("x d", &1).send_empty().await.unwrap_err();
    assert_eq!(error.operation(), Some("GET /z/[redacted]"));
    let text = log.text();
    let ended = ["/x/", "/y/"]
        .map(|part| text.lines().rfind(|line| is_operation(line) && line.contains(" close ") && line.contains(part)).unwrap());
    let field =
        |line: &str, name: &str| line.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    ended.iter().flat_map(|line| [field(line, "reachout.operation"), field(line, "url.path")]).collect()
}
