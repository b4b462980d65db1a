//! Keeps secrets out of the log.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue};
use reachout_document::is_secret;
use serde_json::Value;
use url::form_urlencoded;

const REDACTED: &str = "[redacted]";
/// The field of a token request that is good for a token. Elsewhere, and in every response, a code is a word for what went wrong.
const CODE: &str = "code";
pub(super) fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &str, value: &HeaderValue| match value.to_str() {
        _ if !is_secret(name) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        // The scheme is not secret.
        Ok(value) if name == "authorization" && value.contains(' ') => {
            format!("{} {REDACTED}", value.split(' ').next().unwrap_or_default())
        }
        _ => REDACTED.to_owned(),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(name.as_str(), value))).collect()
}

/// A query string, as it came but for its secrets.
pub(super) fn query(query: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((name, _)) if form_urlencoded::parse(name.as_bytes()).next().is_some_and(|(name, _)| is_secret(&name) || name == CODE) => {
            format!("{name}={REDACTED}")
        }
        _ => part.to_owned(),
    };
    query.split('&').map(part).collect::<Vec<_>>().join("&")
}

/// The fields of a form.
pub(super) fn form(bytes: &[u8]) -> Value {
    let mut fields = form_urlencoded::parse(bytes).map(|(name, text)| (name.into_owned(), Value::from(text))).collect();
    redact(&mut fields, true);
    fields
}

/// The body of a request: JSON or text.
pub(super) fn request(bytes: &[u8]) -> Value {
    parse(bytes, true)
}

/// The body of a response: JSON, whole or broken off.
pub(super) fn response(bytes: &[u8]) -> Value {
    parse(bytes, false)
}

fn parse(bytes: &[u8], codes: bool) -> Value {
    match serde_json::from_slice(bytes) {
        Ok(mut value) => {
            redact(&mut value, codes);
            value
        }
        // Where a secret begins and ends in what cannot be read, nobody knows.
        Err(_) if names_a_secret(bytes) => format!("{REDACTED}: {} bytes that name a secret and cannot be read", bytes.len()).into(),
        Err(_) => String::from_utf8_lossy(bytes).into(),
    }
}

fn names_a_secret(bytes: &[u8]) -> bool {
    let is_of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    bytes.split(|byte| !is_of_a_name(byte)).any(|name| is_secret(&String::from_utf8_lossy(name)))
}

fn redact(value: &mut Value, codes: bool) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if value.is_string() && (is_secret(name) || (codes && name == CODE)) {
                    *value = REDACTED.into();
                } else {
                    redact(value, codes);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, codes)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_kept_however_it_comes() {
        let shown = [
            query("limit=1&api%5Fkey=hush&access_token=hush&code=hush&flag"),
            form(b"client_id=app&client_secret=hush&code=hush").to_string(),
            request(br#"{"refreshToken":"hush","deep":[{"Password":"hush","code":"hush"}]}"#).to_string(),
            request(b"client_secret=hush&client_id=app").to_string(),
            request(br#"{"client_secret": "hush""#).to_string(),
            response(br#"{"access_token":"hush","error":{"code":"not_found"}}"#).to_string(),
            response(br#"{"access_token":"hush","refr"#).to_string(),
            request(br#"{"id_token":"hush","code_verifier":"hush","webhookSigningKey":"hush"}"#).to_string(),
        ];
        for shown in &shown {
            assert!(!shown.contains("hush"), "{shown}");
        }
        assert_eq!(shown[0], "limit=1&api%5Fkey=[redacted]&access_token=[redacted]&code=[redacted]&flag");
        assert!(shown[1].contains("app") && shown[5].contains("not_found"), "what is not secret is shown: {shown:?}");
        assert_eq!(request(b"a plain text"), "a plain text");
    }
}
