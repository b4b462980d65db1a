//! The log of requests.

mod redact;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response, header, request};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Vendor;

/// A request that the sandbox received, without its secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts the requests of this run from 1.
    pub number: u64,
    /// When it came, in RFC 3339.
    pub received_at: String,
    /// The vendor whose mount point its path is under.
    pub vendor: Vendor,
    /// The operation, where method and path are those of one.
    pub operation: Option<String>,
    /// The method.
    pub method: String,
    /// The path after the vendor's mount point.
    pub path: String,
    /// The query string, empty where there is none.
    pub query: String,
    /// The headers by their lower-case names; credentials read `[redacted]`.
    pub headers: BTreeMap<String, String>,
    /// The body: parsed where it is JSON, text otherwise, and null where it is empty. Secrets read `[redacted]`.
    pub body: Value,
    /// The status of the response; nothing where the connection was reset instead.
    pub status: Option<u16>,
    /// How long the response took.
    pub milliseconds: u64,
    /// The kind of fault it met.
    pub fault: Option<String>,
    /// Why the sandbox refused it, with the paths of the fields; nothing where it did not.
    #[serde(default)]
    pub refusal: Option<String>,
    /// What was sent back; nothing where the connection was reset instead.
    #[serde(default)]
    pub response: Option<RecordedResponse>,
}

/// What the sandbox sent back, without secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// The headers by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body: parsed where it is JSON, text otherwise, and null where it is empty. Secrets read `[redacted]`.
    pub body: Value,
}

/// A longer body is recorded by its length alone.
const BODY_LIMIT: usize = 16 << 10;

impl RecordedRequest {
    pub(crate) fn new(vendor: Vendor, path: &str, head: &request::Parts) -> Self {
        Self {
            number: 0,
            received_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            vendor,
            operation: None,
            method: head.method.to_string(),
            path: path.to_owned(),
            query: redact::query(head.uri.query().unwrap_or_default()),
            headers: redact::headers(&head.headers),
            body: Value::Null,
            status: None,
            milliseconds: 0,
            fault: None,
            refusal: None,
            response: None,
        }
    }

    pub(crate) fn record_body(&mut self, bytes: &[u8]) {
        let media_type = self.headers.get("content-type").map(|kind| kind.to_ascii_lowercase());
        let form = media_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        self.body = match bytes {
            [] => Value::Null,
            long if long.len() > BODY_LIMIT => length(long),
            form_bytes if form => redact::form(form_bytes),
            bytes => redact::request(bytes),
        };
    }
}

fn length(bytes: &[u8]) -> Value {
    format!("({} bytes)", bytes.len()).into()
}

/// A request with its response as it was sent. What of it may be shown is worked out when somebody looks.
#[derive(Debug)]
pub(crate) struct Entry {
    request: RecordedRequest,
    response: Option<Sent>,
}

/// A response as it was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    headers: HeaderMap,
    bytes: Bytes,
}

impl Sent {
    pub(crate) fn new<B>(response: &Response<B>, mut bytes: Bytes) -> Self {
        if bytes.len() > BODY_LIMIT {
            bytes = length(&bytes).as_str().unwrap_or_default().to_owned().into();
        }
        Self { headers: response.headers().clone(), bytes }
    }

    fn show(&self) -> RecordedResponse {
        let is_json = self.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
        let body = match &self.bytes[..] {
            [] => Value::Null,
            json if is_json => redact::response(json),
            bytes => String::from_utf8_lossy(bytes).into(),
        };
        RecordedResponse { headers: redact::headers(&self.headers), body }
    }
}

impl Entry {
    pub(crate) fn number(&self) -> u64 {
        self.request.number
    }

    /// The whole, without secrets.
    pub(crate) fn show(&self) -> RecordedRequest {
        RecordedRequest { response: self.response.as_ref().map(Sent::show), ..self.request.clone() }
    }

    /// What a list shows of it.
    pub(crate) fn brief(&self) -> Brief<'_> {
        let request = &self.request;
        Brief {
            number: request.number,
            received_at: &request.received_at,
            vendor: request.vendor,
            operation: request.operation.as_deref(),
            method: &request.method,
            path: &request.path,
            status: request.status,
            milliseconds: request.milliseconds,
            fault: request.fault.as_deref(),
            refusal: request.refusal.as_deref(),
        }
    }

    pub(crate) fn request(&self) -> &RecordedRequest {
        &self.request
    }
}

/// What a list shows of a request.
#[derive(Debug, Serialize)]
pub(crate) struct Brief<'a> {
    number: u64,
    received_at: &'a str,
    vendor: Vendor,
    operation: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    status: Option<u16>,
    milliseconds: u64,
    fault: Option<&'a str>,
    refusal: Option<&'a str>,
}

/// The last requests, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Arc<Entry>>,
    count: u64,
}

impl Log {
    pub(crate) fn add(&mut self, mut request: RecordedRequest, response: Option<Sent>, capacity: usize) -> Arc<Entry> {
        self.count += 1;
        request.number = self.count;
        let entry = Arc::new(Entry { request, response });
        self.entries.push_back(Arc::clone(&entry));
        while self.entries.len() > capacity {
            self.entries.pop_front();
        }
        entry
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }
}
