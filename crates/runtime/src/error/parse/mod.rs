//! Reads what it can out of the body of an error response.

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::response::redaction;
use crate::vendor::ErrorShape;

/// The longest message, in characters; the rest is cut.
pub(crate) const MESSAGE_LIMIT: usize = 1000;
/// The maximum number of messages.
const MESSAGES_LIMIT: usize = 50;
/// A body that is not JSON is a message only if it is no longer than this, in bytes.
const PLAIN_TEXT_LIMIT: usize = 300;

/// Where a vendor without a documented place usually puts its message.
const USUAL_MESSAGES: [&str; 7] = ["message", "error.message", "error", "detail", "error_description", "errors", "msg"];
const USUAL_CODES: [&str; 3] = ["code", "error.code", "errorCode"];
const REQUEST_ID_HEADERS: [&str; 5] = ["x-request-id", "request-id", "x-trace-id", "trace-id", "x-correlation-id"];

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) code: Option<String>,
    pub(crate) messages: Vec<String>,
    pub(crate) request_id: Option<String>,
}

/// Never fails: what cannot be read is absent.
pub(crate) fn parse(shape: &ErrorShape, body: &[u8]) -> Parsed {
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return Parsed { messages: plain_text(body).into_iter().collect(), ..Parsed::default() };
    };
    Parsed {
        code: first(&json, shape.code, &USUAL_CODES, scalar),
        messages: first(&json, shape.message, &USUAL_MESSAGES, messages).unwrap_or_default(),
        request_id: first(&json, shape.request_id, &[], scalar),
    }
}

/// The id under which the vendor knows the request, if a header has it.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok()).filter(|id| !id.is_empty())
}

fn first<T>(json: &Value, documented: Option<&str>, usual: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    documented.into_iter().chain(usual.iter().copied()).find_map(|path| read(lookup(json, path)?))
}

fn lookup<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(json, |value, key| match value {
        Value::Object(fields) => fields.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(normalized(text)).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A string, or a list of strings or of objects that have a message.
fn messages(value: &Value) -> Option<Vec<String>> {
    let list: Vec<String> = match value {
        Value::Array(items) => {
            items.iter().filter_map(|item| scalar(item).or_else(|| scalar(lookup(item, "message")?))).take(MESSAGES_LIMIT).collect()
        }
        single => scalar(single).into_iter().collect(),
    };
    (!list.is_empty()).then_some(list)
}

/// A short body in plain words; a page of HTML says nothing in a sentence.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_message = !text.is_empty() && text.len() <= PLAIN_TEXT_LIMIT && !text.starts_with(['<', '{', '[', '"']);
    is_message.then(|| normalized(text))
}

fn normalized(text: &str) -> String {
    redaction::line(text).chars().take(MESSAGE_LIMIT).collect()
}

#[cfg(test)]
mod tests;
