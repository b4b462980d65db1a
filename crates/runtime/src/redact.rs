//! Takes credentials out of what a vendor sends back.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret, SecretString};

const MARK: &str = "[redacted]";

/// A secret shorter than this is replaced only where it stands alone; `key` would otherwise vanish from `invalid_key`.
const SHORT: usize = 8;

/// At the end of a body that was cut off, so much of a secret is recognised as its beginning.
const BEGINNING: usize = 4;

/// Replaces every secret it knows by `[redacted]`.
#[derive(Default)]
pub(crate) struct Redactor {
    /// In every form in which a vendor may send them back, the longest first.
    secrets: Vec<SecretString>,
}

impl Redactor {
    pub(crate) fn learn(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let quoted = serde_json::Value::from(secret).to_string();
        let json = quoted.get(1..quoted.len() - 1).unwrap_or(secret);
        let forms = [
            Cow::from(secret),
            Cow::from(json),
            Cow::from(json.replace('/', "\\/")),
            Cow::from(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().into(),
        ];
        for form in forms {
            if !self.secrets.iter().any(|known| known.expose_secret() == form) {
                self.secrets.push(SecretString::from(form.into_owned()));
            }
        }
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    }

    /// Whether a text has a secret in it.
    pub(crate) fn finds_in(&self, text: &str) -> bool {
        self.replace(text.as_bytes()).is_some()
    }

    pub(crate) fn text(&self, text: String) -> String {
        match self.replace(text.as_bytes()) {
            // Replacing whole UTF-8 strings by ASCII leaves UTF-8.
            Some(clean) => String::from_utf8_lossy(&clean).into_owned(),
            None => text,
        }
    }

    /// A body, which may have been cut off within a secret.
    pub(crate) fn body(&self, body: Bytes) -> Bytes {
        let mut clean = self.replace(&body).map_or(body, Bytes::from);
        let cut = self.secrets.iter().filter_map(|secret| beginning_at_end(&clean, secret.expose_secret().as_bytes())).min();
        if let Some(start) = cut {
            let mut shortened = clean.slice(..start).to_vec();
            shortened.extend_from_slice(MARK.as_bytes());
            clean = shortened.into();
        }
        clean
    }

    /// Response headers; cookies are secrets of their own and are marked sensitive.
    pub(crate) fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        for (name, value) in &mut headers {
            if let Some(clean) = self.replace(value.as_bytes()) {
                // What was a header value is still one after ASCII took the place of a part of it.
                *value = HeaderValue::from_bytes(&clean).unwrap_or_else(|_| HeaderValue::from_static(MARK));
            }
            if name == SET_COOKIE {
                value.set_sensitive(true);
            }
        }
        headers
    }

    /// `None` if there is nothing to replace.
    fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut clean: Option<Vec<u8>> = None;
        for secret in &self.secrets {
            let current = clean.as_deref().unwrap_or(text);
            if let Some(replaced) = replace(current, secret.expose_secret().as_bytes()) {
                clean = Some(replaced);
            }
        }
        clean
    }
}

fn replace(text: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::new();
    let mut copied = 0;
    let mut position = 0;
    while let Some(found) = find(&text[position..], secret).map(|offset| position + offset) {
        let end = found + secret.len();
        if secret.len() >= SHORT || stands_alone(text, found, end) {
            clean.extend_from_slice(&text[copied..found]);
            clean.extend_from_slice(MARK.as_bytes());
            copied = end;
            position = end;
        } else {
            position = found + 1;
        }
    }
    (copied > 0).then(|| {
        clean.extend_from_slice(&text[copied..]);
        clean
    })
}

/// In whatever case: a vendor may put the secret where case does not matter, such as a host name.
fn find(text: &[u8], secret: &[u8]) -> Option<usize> {
    text.windows(secret.len()).position(|window| window.eq_ignore_ascii_case(secret))
}

fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let in_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    !in_word(start.checked_sub(1).and_then(|before| text.get(before))) && !in_word(text.get(end))
}

/// Where the last bytes of `text` are the first of `secret`.
fn beginning_at_end(text: &[u8], secret: &[u8]) -> Option<usize> {
    let longest = secret.len().saturating_sub(1).min(text.len());
    (BEGINNING..=longest)
        .rev()
        .find(|length| text[text.len() - length..].eq_ignore_ascii_case(&secret[..*length]))
        .map(|length| text.len() - length)
}

#[cfg(test)]
mod tests;
