//! Takes credentials out of what a vendor sends back, in whatever form they come.
//!
//! Vendors quote what they were sent, and their encoders escape what they quote: `+` is `\u002B` in .NET's JSON, `&` is `\u0026` in Go's,
//! gateways add percent-encoding, HTML entities and base64. A text is therefore searched as it is, then with one layer of escapes undone,
//! then with two, and so on; what is found in any of them is replaced in the text itself.
//!
//! A [`Redactor`] is made when an error needs one, so that a call that succeeds pays nothing for it.

mod clean;
mod layer;
mod needle;
mod quoted;
mod window;

use std::ops::Range;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, SET_COOKIE};
use secrecy::{ExposeSecret, SecretString};

pub(crate) use clean::{escaped, line};
use layer::Layer;
use needle::Needle;
use window::Window;

use crate::error::Source;

const MARK: &str = "[redacted]";

/// A secret shorter than this is replaced only where it stands alone; `key` would otherwise vanish from `invalid_key`.
const SHORT: usize = 8;

/// At the end of a body, which may be cut off, this much of a secret is recognised as its beginning; elsewhere [`SHORT`] is.
const BEGINNING: usize = 4;

/// A longer text is cut before it is searched. Nothing that is shown is nearly as long.
const SEARCHED: usize = 16 * 1024;

/// Replaces every secret it knows by `[redacted]`.
#[derive(Default)]
pub(crate) struct Redactor {
    needles: Vec<Needle>,
}

impl Redactor {
    pub(crate) fn new<'s>(secrets: impl IntoIterator<Item = &'s SecretString>) -> Self {
        #[cfg(test)]
        MADE.with(|made| made.set(made.get() + 1));
        let mut needles = Vec::new();
        for secret in secrets {
            needle::add(&mut needles, secret.expose_secret());
        }
        Self { needles }
    }

    /// Whether a text has a secret in it.
    pub(crate) fn finds_in(&self, text: &str) -> bool {
        !self.found(text.as_bytes(), None).is_empty()
    }

    /// A text on one line of at most `limit` characters, without secrets and without characters that move or reorder what is shown.
    pub(crate) fn line(&self, text: &str, limit: usize) -> String {
        let text = match text.char_indices().map(|(index, _)| index).find(|index| *index >= SEARCHED) {
            Some(end) => &text[..end],
            None => text,
        };
        let clean = match self.replace(text.as_bytes(), Some(SHORT)) {
            // Whole characters were replaced by ASCII, which leaves UTF-8.
            Some(clean) => line(&String::from_utf8_lossy(&clean)),
            None => line(text),
        };
        match clean.char_indices().nth(limit) {
            None => clean,
            Some(_) => clean.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
        }
    }

    /// A body, which may have been cut off within a secret.
    pub(crate) fn body(&self, body: Bytes) -> Bytes {
        self.replace(&body, Some(BEGINNING)).map_or(body, Bytes::from)
    }

    /// Response headers; cookies are secrets of their own and are marked sensitive.
    pub(crate) fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        for (name, value) in &mut headers {
            if let Some(clean) = self.replace(value.as_bytes(), None) {
                // What was a header value is still one after ASCII took the place of a part of it.
                *value = HeaderValue::from_bytes(&clean).unwrap_or_else(|_| HeaderValue::from_static(MARK));
            }
            if name == SET_COOKIE {
                value.set_sensitive(true);
            }
        }
        if headers.keys().any(|name| self.finds_in(name.as_str())) {
            let renamed = |name: &HeaderName| if self.finds_in(name.as_str()) { HeaderName::from_static("redacted") } else { name.clone() };
            return headers.iter().map(|(name, value)| (renamed(name), value.clone())).fold(HeaderMap::new(), |mut kept, (name, value)| {
                kept.append(name, value);
                kept
            });
        }
        headers
    }

    /// A cause. It stays what it is unless a text of it has a secret or is not fit to be shown; then only its texts are kept.
    ///
    /// An HTTP/2 peer can put words of its own into one: the debug data of GOAWAY.
    pub(crate) fn source(&self, source: Source) -> Source {
        quoted::checked(self, source)
    }

    /// `None` if there is nothing to replace. `beginning`: how much of a secret is recognised at the end of the text.
    fn replace(&self, text: &[u8], beginning: Option<usize>) -> Option<Vec<u8>> {
        let found = self.found(text, beginning);
        if found.is_empty() {
            return None;
        }
        let mut clean = Vec::with_capacity(text.len());
        let mut copied = 0;
        for Range { start, end } in found {
            clean.extend_from_slice(&text[copied..start]);
            clean.extend_from_slice(MARK.as_bytes());
            copied = end;
        }
        clean.extend_from_slice(&text[copied..]);
        Some(clean)
    }

    /// Where secrets are, in order and without overlaps.
    fn found(&self, text: &[u8], beginning: Option<usize>) -> Vec<Range<usize>> {
        if self.needles.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for window in Window::over(text.len(), self.margin()) {
            self.search(&text[window.range()], beginning.filter(|_| window.is_last), |range| found.extend(window.own(&range)));
        }
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    fn search(&self, text: &[u8], beginning: Option<usize>, mut found: impl FnMut(Range<usize>)) {
        let mut search = |layer: &Layer| {
            for needle in &self.needles {
                needle.find(layer, &mut found);
                if let Some(least) = beginning {
                    needle.beginning_at_end(layer, least).map(|start| start..text.len()).into_iter().for_each(&mut found);
                }
            }
        };
        for layer in Layer::of(text) {
            search(&layer);
            layer.without_gaps().iter().for_each(&mut search);
        }
    }

    /// How much of a text around a secret takes part in finding it: the longest form of one, and its escapes.
    fn margin(&self) -> usize {
        const ESCAPES: usize = 12;
        let longest = self.needles.iter().map(Needle::len).max().unwrap_or(0);
        (ESCAPES * longest).max(SEARCHED)
    }
}

/// The secrets in a header that a caller set: without the scheme, and of a cookie each value.
pub(crate) fn secrets_in(name: &HeaderName, value: &HeaderValue) -> Vec<SecretString> {
    let Ok(text) = value.to_str().map(str::trim) else { return Vec::new() };
    if name == COOKIE {
        let values = text.split(';').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value.trim());
        return values.filter(|value| value.len() >= SHORT).map(SecretString::from).collect();
    }
    let (scheme, secret) = text.split_once(' ').unwrap_or(("", text));
    let mut secrets = vec![SecretString::from(secret.trim())];
    if (name == AUTHORIZATION || name == PROXY_AUTHORIZATION) && scheme.eq_ignore_ascii_case("basic") {
        // RFC 7617: user and password, of which only the password is a secret.
        secrets.extend(needle::decoded(secret).and_then(|pair| Some(SecretString::from(pair.split_once(':')?.1))));
    }
    secrets
}

#[cfg(test)]
thread_local! {
    /// How many were made.
    pub(crate) static MADE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests;
