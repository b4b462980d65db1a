//! A request as an entry of an HTTP archive (HAR 1.2), which browsers and other tools open.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::entry::RecordedRequest;

/// An archive of these entries.
pub(crate) fn archive(entries: &[Value]) -> Value {
    json!({ "log": { "version": "1.2", "creator": { "name": "reachout-sandbox", "version": env!("CARGO_PKG_VERSION") }, "entries": entries } })
}

/// An entry of an archive; `base_url` is that of the vendor. A connection that was reset has the status 0.
pub(crate) fn entry(request: &RecordedRequest, base_url: &str) -> Value {
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let pairs = form_urlencoded::parse(request.query.as_bytes()).map(|(name, value)| json!({ "name": name, "value": value }));
    let pairs: Vec<Value> = pairs.collect();
    let mut sent = json!({
        "method": request.method, "url": format!("{base_url}{}{query}", request.path), "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": headers(&request.headers), "queryString": pairs, "headersSize": -1, "bodySize": -1,
    });
    if let Some(text) = text(&request.body) {
        sent["postData"] = json!({ "mimeType": media_type(&request.headers), "text": text });
    }
    let nothing = BTreeMap::new();
    let received = request.response.as_ref().map_or(&nothing, |response| &response.headers);
    let body = request.response.as_ref().and_then(|response| text(&response.body)).unwrap_or_default();
    let status = request.status.unwrap_or(0);
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    json!({
        "startedDateTime": request.received_at, "time": request.milliseconds, "request": sent,
        "response": {
            "status": status, "statusText": reason, "httpVersion": "HTTP/1.1", "cookies": [], "headers": headers(received),
            "content": { "size": body.len(), "mimeType": media_type(received), "text": body },
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        },
        "cache": {}, "timings": { "send": 0, "wait": request.milliseconds, "receive": 0 }, "comment": request.operation,
    })
}

fn headers(headers: &BTreeMap<String, String>) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn media_type(headers: &BTreeMap<String, String>) -> &str {
    headers.get("content-type").map_or("", String::as_str)
}

/// The body as text; nothing where it is empty.
fn text(body: &Value) -> Option<String> {
    match body {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        body => Some(body.to_string()),
    }
}
