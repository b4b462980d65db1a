//! The log of requests.

use std::collections::{BTreeMap, VecDeque};

use http::{HeaderMap, request};
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
}

/// A longer body is recorded by its length alone.
const BODY_LIMIT: usize = 16 << 10;
const REDACTED: &str = "[redacted]";
/// Fields that hold secrets, in any body.
const SECRETS: [&str; 6] = ["client_secret", "refresh_token", "access_token", "code", "password", "api_key"];
/// Headers that hold secrets.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "x-api-key", "cookie"];

impl RecordedRequest {
    pub(crate) fn new(vendor: Vendor, path: &str, head: &request::Parts) -> Self {
        Self {
            number: 0,
            received_at: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            vendor,
            operation: None,
            method: head.method.to_string(),
            path: path.to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: headers(&head.headers),
            body: Value::Null,
            status: None,
            milliseconds: 0,
            fault: None,
        }
    }

    pub(crate) fn record_body(&mut self, bytes: &[u8]) {
        let form = self.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        self.body = match bytes {
            [] => Value::Null,
            long if long.len() > BODY_LIMIT => format!("({} bytes)", long.len()).into(),
            form_bytes if form => {
                url::form_urlencoded::parse(form_bytes).map(|(name, text)| (name.into_owned(), Value::from(text))).collect()
            }
            bytes => serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into()),
        };
        redact(&mut self.body);
    }
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str, value: &http::HeaderValue| match value.to_str() {
        _ if !SECRET_HEADERS.contains(&name) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        // The scheme is not secret.
        Ok(value) if name == "authorization" && value.contains(' ') => {
            format!("{} {REDACTED}", value.split(' ').next().unwrap_or_default())
        }
        _ => REDACTED.to_owned(),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(name.as_str(), value))).collect()
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if SECRETS.contains(&name.as_str()) && value.is_string() {
                    *value = REDACTED.into();
                } else {
                    redact(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// The last requests, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<RecordedRequest>,
    count: u64,
}

impl Log {
    pub(crate) fn add(&mut self, mut entry: RecordedRequest, capacity: usize) {
        self.count += 1;
        entry.number = self.count;
        self.entries.push_back(entry);
        while self.entries.len() > capacity {
            self.entries.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        self.entries.iter()
    }
}
