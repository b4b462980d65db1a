//! Records what a client sends, and responds as the vendor's document shows.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri},
    response::Response,
};
use futures_util::StreamExt as _;
use reachout_runtime::{ByteStream, Vendor};
use reachout_test_support::lost;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    Documented,
    calls::{Call, Calls, Content, Json},
};

/// The credential of wire tests: what every recording must not show.
const CREDENTIAL: &str = "leo_wire-test-credential";
const DOWNLOAD: &[u8] = b"RIFF\x24\x00\x00\x00WAVEfmt ";

/// Asserts for each operation of a vendor that its client sends the documented request, as the snapshot has it, and decodes the documented
/// response. What another edition covers is left out.
///
/// # Panics
/// Where one of them fails; the message names all that do.
pub async fn check_every_operation(vendor: Calls) {
    let mut operations: Vec<&str> = vendor.calls.iter().map(|call| call.operation).collect();
    let mut routes: Vec<&str> = vendor.vendor.routes.iter().map(|route| route.operation_id).collect();
    operations.sort_unstable();
    routes.sort_unstable();
    assert_eq!(operations, routes, "the operations that are called are not those of the client");

    let vendor = Arc::new(vendor);
    let mut checks = JoinSet::new();
    let mut names = std::collections::HashMap::new();
    for call in vendor.calls.iter().copied().filter(|call| !call.is_covered) {
        let documented = Documented::read(vendor.openapi, call.operation).unwrap();
        let check = checks.spawn(check(Arc::clone(&vendor), call, documented));
        names.insert(check.id(), call.operation);
    }
    let count = names.len();
    let mut failed = Vec::new();
    while let Some(ended) = checks.join_next().await {
        let Err(error) = ended else { continue };
        let name = names[&error.id()];
        let panic = error.into_panic();
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        failed.push(format!("{name}: {}", text.unwrap_or("panicked")));
    }
    failed.sort();
    assert!(failed.is_empty(), "{} of {count} operations failed:\n{}", failed.len(), failed.join("\n"));
}

async fn check(vendor: Arc<Calls>, Call { call, .. }: Call, documented: Documented) {
    let wire = Wire::start(vendor.vendor, &documented).await;
    let core = vendor.core(CREDENTIAL, &wire.url).unwrap();
    match call(core, &documented).unwrap().await.unwrap() {
        Content::Json(json) => assert_decoded(&documented, &json),
        Content::Bytes(stream) => assert_eq!(collect(stream).await, DOWNLOAD, "the download"),
        Content::Empty => {}
    }
    wire.assert(&documented);
}

/// Asserts that nothing of the documented response was lost by decoding it, that it also decodes with what its schema requires alone and with
/// fields that nobody documented, and that these are kept where the document says so.
fn assert_decoded(Documented { document, schema, response, .. }: &Documented, json: &Json) {
    let example = response.as_ref().unwrap();
    let of_example = lost(example, &json.value);
    assert!(of_example.is_empty(), "lost by decoding the documented response: {of_example:#?}");
    for (name, response, whole) in [
        ("what is required", crate::bare(document, schema, example), true),
        ("more than is documented", crate::extended(document, schema, example), document.json()["x-extra"] == true),
    ] {
        let decoded = (json.decode)(&response.to_string()).unwrap_or_else(|error| panic!("{name} does not decode: {error}: {response}"));
        let of_response = lost(&response, &decoded);
        assert!(!whole || of_response.is_empty(), "lost of {name}: {of_response:#?}");
    }
}

/// All bytes of a download.
///
/// # Panics
/// Where it breaks off.
pub async fn collect(mut stream: ByteStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    bytes
}

/// A loopback server that simulates one operation.
#[derive(Debug)]
pub struct Wire {
    vendor: &'static Vendor,
    /// With the vendor's base path.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its method.
    pub method: Method,
    /// Path and query, escaped.
    pub uri: Uri,
    /// Every header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

#[derive(Clone)]
struct Player {
    status: u16,
    response: Option<Bytes>,
    content_type: &'static str,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Wire {
    /// Starts the server, which responds to everything as the document shows.
    ///
    /// # Panics
    /// Where loopback is not to be had.
    pub async fn start(vendor: &'static Vendor, documented: &Documented) -> Self {
        let (response, content_type) = match &documented.response {
            Some(response) => (Some(Bytes::from(serde_json::to_vec(response).unwrap())), "application/json"),
            None => (documented.is_download.then(|| Bytes::from_static(DOWNLOAD)), "application/octet-stream"),
        };
        let received = Arc::new(Mutex::new(Vec::new()));
        let player = Player { status: documented.status, response, content_type, received: Arc::clone(&received) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let path = vendor.base_url.splitn(4, '/').nth(3).unwrap_or_default();
        let url = format!("http://{}/{path}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(replay).with_state(player)).await });
        Self { vendor, url, received }
    }

    /// The requests that came, in their order.
    ///
    /// # Panics
    /// Where the server did.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Compares what was received with the documented request, and with the snapshot.
    fn assert(&self, Documented { document, operation, request, .. }: &Documented) {
        let received = self.received();
        let [received] = received.as_slice() else { panic!("{} requests", received.len()) };
        let json: Option<Value> = serde_json::from_slice(&received.body).ok();
        if let (Some(expected), Some(json)) = (request, &json) {
            let (lost, added) = (lost(expected, json), lost(json, expected));
            assert!(lost.is_empty() && added.is_empty(), "the request is not the documented one: lost {lost:#?}, added {added:#?}");
        }
        let text = self.recording(received, json.as_ref());
        assert!(!text.contains(CREDENTIAL), "the recording shows the credential");
        // Nobody has reviewed what a draft gives: no snapshot holds it.
        if document.json()["x-draft"] == true {
            return;
        }
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(format!("{}__{operation}", self.vendor.id), text);
        });
    }

    fn recording(&self, received: &Received, json: Option<&Value>) -> String {
        let spelled = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap_or("[bytes]"));
        // A length says of the body below what the body says itself, and the host is this machine.
        let of_the_operation = |(name, _): &(&HeaderName, _)| *name != "host" && *name != "content-length";
        let mut headers: Vec<String> = received.headers.iter().filter(of_the_operation).map(spelled).collect();
        headers.sort();
        let user_agent = format!("reachout-{}/[version]", self.vendor.id);
        let mut lines = vec![format!("{} {}", received.method, received.uri)];
        lines.extend(
            headers.into_iter().map(|header| header.replace(CREDENTIAL, "[redacted]").replace(self.vendor.user_agent, &user_agent)),
        );
        if !received.body.is_empty() {
            lines.push(String::new());
            lines.push(match json {
                Some(json) => serde_json::to_string_pretty(json).unwrap(),
                None => String::from_utf8_lossy(&received.body).into_owned(),
            });
        }
        let text = lines.join("\n").replace('\r', "");
        // A boundary is made up for each request.
        let boundary = received.headers.get("content-type").and_then(|value| value.to_str().ok()?.split_once("boundary="));
        match boundary {
            Some((_, boundary)) => text.replace(boundary, "[boundary]"),
            None => text,
        }
    }
}

async fn replay(State(player): State<Player>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    player.received.lock().unwrap().push(Received { method: parts.method, uri: parts.uri, headers: parts.headers, body });
    let response = Response::builder().status(player.status);
    match player.response {
        Some(bytes) => response.header("content-type", player.content_type).body(Body::from(bytes)).unwrap(),
        None => response.body(Body::empty()).unwrap(),
    }
}
