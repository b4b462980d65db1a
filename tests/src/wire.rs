//! Records what a client sends, and returns the documented response.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use futures_util::StreamExt as _;
use reachout_runtime::{ByteStream, ClientBuilder, Core, Vendor};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The credential of wire tests: what every recording must not show.
const CREDENTIAL: &str = "leo_wire-test-credential";
const DOWNLOAD: &[u8] = b"RIFF\x24\x00\x00\x00WAVEfmt ";

/// How a generated test ends.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A loopback server that simulates one operation.
#[derive(Debug)]
pub struct Wire {
    vendor: &'static Vendor,
    operation: &'static str,
    /// Nobody has reviewed what the document gives: no snapshot holds it.
    draft: bool,
    url: String,
    request: Option<Value>,
    response: Option<Value>,
    document: Value,
    /// Of the response.
    schema: Value,
    received: Arc<Mutex<Vec<Received>>>,
}

#[derive(Debug)]
struct Received {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct Player {
    status: u16,
    response: Option<Bytes>,
    content_type: &'static str,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Wire {
    /// Starts the server for one operation of a vendor's document.
    ///
    /// # Panics
    /// Where the document has no such operation, or loopback is not to be had.
    pub async fn start(vendor: &'static Vendor, openapi: &str, operation: &'static str) -> Self {
        let document: Value = serde_json::from_str(openapi).unwrap();
        let node = find(&document, operation);
        let request = example(&node["requestBody"]["content"]);
        let (status, success) = node["responses"].as_object().unwrap().iter().find(|(status, _)| status.starts_with('2')).unwrap();
        let content = follow(&document, success).get("content");
        let response = content.and_then(example);
        let bytes = match (&response, content) {
            (Some(response), _) => Some(Bytes::from(serde_json::to_vec(response).unwrap())),
            (None, Some(_)) => Some(Bytes::from_static(DOWNLOAD)),
            (None, None) => None,
        };
        let received = Arc::new(Mutex::new(Vec::new()));
        let content_type = if response.is_some() { "application/json" } else { "application/octet-stream" };
        let player = Player { status: status.parse().unwrap_or(200), response: bytes, content_type, received: Arc::clone(&received) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(replay).with_state(player)).await });
        let schema = content.and_then(media).map(|media| media["schema"].clone()).unwrap_or_default();
        Self { vendor, operation, draft: document["x-draft"] == true, url, request, response, schema, document, received }
    }

    /// A client of this server, with the vendor's base path.
    ///
    /// # Panics
    /// Where the builder refuses.
    pub fn client<C: From<Core>>(&self, builder: ClientBuilder<C>) -> C {
        let path = self.vendor.base_url.splitn(4, '/').nth(3).unwrap_or_default();
        builder.credential(CREDENTIAL).base_url(format!("{}/{path}", self.url)).build().unwrap()
    }

    /// The documented request body, as the client's type.
    ///
    /// # Panics
    /// Where the example does not fit the type.
    #[must_use]
    pub fn request<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.request.clone().unwrap()).unwrap()
    }

    /// Asserts that nothing of the documented response was lost by decoding it, that it also decodes with what its schema requires alone and with fields
    /// that nobody documented, and that these are kept where the document says so.
    ///
    /// # Panics
    /// Where something was lost, or does not decode.
    pub fn decoded<T: Serialize + DeserializeOwned>(&self, value: &T) {
        let example = self.response.as_ref().unwrap();
        let lost = crate::lost(example, &serde_json::to_value(value).unwrap());
        assert!(lost.is_empty(), "{}: lost by decoding the documented response: {lost:#?}", self.operation);
        let (bare, extended) = (crate::bare, crate::extended);
        for (name, response, whole) in [
            ("what is required", bare(&self.document, &self.schema, example), true),
            ("more than is documented", extended(&self.document, &self.schema, example), self.document["x-extra"] == true),
        ] {
            let decoded: T = serde_json::from_str(&response.to_string())
                .unwrap_or_else(|error| panic!("{}: {name} does not decode: {error}: {response}", self.operation));
            let lost = crate::lost(&response, &serde_json::to_value(&decoded).unwrap());
            assert!(!whole || lost.is_empty(), "{}: lost of {name}: {lost:#?}", self.operation);
        }
    }

    /// Asserts that a download came through.
    ///
    /// # Panics
    /// Where it did not.
    pub async fn downloaded(&self, mut stream: ByteStream) {
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(bytes, DOWNLOAD, "{}", self.operation);
    }

    /// Compares what was received with the documented request, and with the snapshot.
    ///
    /// # Panics
    /// Where one of them differs, or more or less than one request came.
    pub fn assert(&self) {
        let received = self.received.lock().unwrap();
        let [received] = received.as_slice() else { panic!("{}: {} requests", self.operation, received.len()) };
        let json: Option<Value> = serde_json::from_slice(&received.body).ok();
        if let (Some(expected), Some(json)) = (&self.request, &json) {
            let (lost, added) = (crate::lost(expected, json), crate::lost(json, expected));
            assert!(
                lost.is_empty() && added.is_empty(),
                "{}: the request is not the documented one: lost {lost:#?}, added {added:#?}",
                self.operation
            );
        }
        let text = self.recording(received, json.as_ref());
        assert!(!text.contains(CREDENTIAL), "{}: the recording shows the credential", self.operation);
        if self.draft {
            return;
        }
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(format!("{}__{}", self.vendor.id, self.operation), text);
        });
    }

    fn recording(&self, received: &Received, json: Option<&Value>) -> String {
        let spelled =
            |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| format!("{name}: {}", value.to_str().unwrap_or("[bytes]"));
        // A length says of the body below what the body says itself, and the host is this machine.
        let of_the_operation = |(name, _): &(&axum::http::HeaderName, _)| *name != "host" && *name != "content-length";
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

fn find<'a>(document: &'a Value, operation: &str) -> &'a Value {
    let items = document["paths"].as_object().unwrap().values().filter_map(Value::as_object);
    items.flat_map(serde_json::Map::values).find(|node| node["operationId"] == operation).unwrap()
}

fn follow<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

fn media(content: &Value) -> Option<&Value> {
    content.as_object()?.values().next()
}

fn example(content: &Value) -> Option<Value> {
    media(content)?.get("example").cloned()
}
