//! [`Log`]: the last requests with their responses.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Response, header, request};
use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{contact, redact};
use crate::clock::rfc3339;

/// A request that the sandbox received, without its secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts the requests of this run from 1.
    pub number: u64,
    /// When it came by the sandbox's clock, in RFC 3339.
    pub received_at: String,
    /// The vendor whose mount point its path is under.
    pub vendor: Vendor,
    /// The operation, where method and path are those of one.
    pub operation: Option<String>,
    /// The contact or the lead that it is about, as it names it: an id, a LinkedIn profile, a name or an address.
    #[serde(default)]
    pub contact: Option<String>,
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
    pub(crate) fn new(vendor: Vendor, path: &str, head: &request::Parts, received_at: DateTime<Utc>) -> Self {
        Self {
            number: 0,
            received_at: rfc3339(received_at),
            vendor,
            operation: None,
            contact: None,
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

    /// Records which operation it is, with the path parameters. Its body is recorded before.
    pub(crate) fn record_contact(&mut self, template: &str, path: &[(String, String)]) {
        self.contact = contact::of(template, path, &self.query, &self.body);
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
    response: Option<SentResponse>,
}

/// A response as it was sent.
#[derive(Debug)]
pub(crate) struct SentResponse {
    headers: HeaderMap,
    bytes: Bytes,
}

impl SentResponse {
    pub(crate) fn new<B>(response: &Response<B>, mut bytes: Bytes) -> Self {
        if bytes.len() > BODY_LIMIT {
            bytes = length(&bytes).as_str().unwrap_or_default().to_owned().into();
        }
        Self { headers: response.headers().clone(), bytes }
    }

    fn show(&self) -> RecordedResponse {
        RecordedResponse { headers: redact::headers(&self.headers), body: self.body() }
    }

    fn body(&self) -> Value {
        let is_json = self.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
        match &self.bytes[..] {
            [] => Value::Null,
            json if is_json => redact::response(json),
            bytes => String::from_utf8_lossy(bytes).into(),
        }
    }
}

impl Entry {
    pub(crate) fn number(&self) -> u64 {
        self.request.number
    }

    /// The whole, without secrets.
    pub(crate) fn show(&self) -> RecordedRequest {
        RecordedRequest { response: self.response.as_ref().map(SentResponse::show), ..self.request.clone() }
    }

    /// What a list shows of it.
    pub(crate) fn summary(&self, contact_name: Option<String>) -> Summary<'_> {
        let request = &self.request;
        Summary {
            number: request.number,
            received_at: &request.received_at,
            vendor: request.vendor,
            operation: request.operation.as_deref(),
            contact: request.contact.as_deref(),
            contact_name,
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

    /// Whether what is shown of it holds this text, given in lower case.
    pub(crate) fn contains(&self, text: &str) -> bool {
        let request = &self.request;
        let texts =
            [Some(&request.path), Some(&request.query), request.operation.as_ref(), request.contact.as_ref(), request.refusal.as_ref()];
        texts.into_iter().flatten().any(|field| field.to_lowercase().contains(text))
            || holds(&request.body, text)
            || self.response.as_ref().is_some_and(|response| holds(&response.body(), text))
    }
}

/// Whether the value holds a text, given in lower case, as a field's name or in a value.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::Null => false,
        Value::String(value) => value.to_lowercase().contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.to_lowercase().contains(text) || holds(value, text)),
        Value::Number(number) => number.to_string() == text,
        Value::Bool(value) => text == if *value { "true" } else { "false" },
    }
}

/// What a list shows of a request.
#[derive(Debug, Serialize)]
pub(crate) struct Summary<'a> {
    number: u64,
    received_at: &'a str,
    vendor: Vendor,
    operation: Option<&'a str>,
    /// The contact as the request names it.
    contact: Option<&'a str>,
    /// Its name, where such an object is known.
    contact_name: Option<String>,
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
    cleared: u64,
}

impl Log {
    pub(crate) fn add(&mut self, mut request: RecordedRequest, response: Option<SentResponse>, capacity: usize) -> Arc<Entry> {
        self.count += 1;
        request.number = self.count;
        let entry = Arc::new(Entry { request, response });
        self.entries.push_back(Arc::clone(&entry));
        while self.entries.len() > capacity {
            self.entries.pop_front();
        }
        entry
    }

    /// How many requests were received since the start or the last time it was cleared, those that are not kept any more included.
    pub(crate) fn received(&self) -> u64 {
        self.count - self.cleared
    }

    pub(crate) fn clear(&mut self) {
        self.cleared = self.count;
        self.entries.clear();
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> + ExactSizeIterator {
        self.entries.iter()
    }
}
