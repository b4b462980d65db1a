//! URLs: the base URL, path templates, query pairs.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;
use url::{Host, Url};

use crate::error::Error;

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a vendor's API is: `https`, or plain `http` on this very machine.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        // The text stays out of the messages: it may hold a password.
        let mut url = Url::parse(text.trim()).map_err(|error| Error::configuration(format!("the base URL is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(Error::configuration("the base URL must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(Error::configuration("the base URL must not hold a user, a password, a query or a fragment"));
        }
        if !is_private(&url) {
            return Err(Error::configuration(format!(
                "the base URL {url} is plain http, which would show the credential to the network; use https (http is for loopback only)"
            )));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Of its own, without a slash at the end: `/api/v1`, or empty.
    pub(crate) fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether the server is that of another URL.
    pub(crate) fn is_at(&self, other: &str) -> bool {
        Url::parse(other).is_ok_and(|other| other.origin() == self.0.origin())
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The URL of a path that begins with `/` and is encoded already, with these query pairs. It cannot leave the base.
    pub(crate) fn join(&self, path: &str, query: &[(Cow<'static, str>, String)]) -> Result<Url, Error> {
        let refused = || Error::invalid_request("the path must begin with `/` and stay below the client's base URL");
        // `\` and control characters are rewritten by URL parsers; a fragment would never be sent.
        if !path.starts_with('/') || path.starts_with("//") || path.contains(|c: char| matches!(c, '\\' | '#') || c.is_control()) {
            return Err(refused());
        }
        let (segments, own_query) = path.split_once('?').map_or((path, None), |(segments, query)| (segments, Some(query)));
        if segments.split('/').any(is_dot_segment) {
            return Err(refused());
        }
        // The host, which is the dearest part of a URL to parse, stays as it is.
        let mut url = self.0.clone();
        let base = self.path();
        if base.is_empty() {
            url.set_path(segments);
        } else {
            url.set_path(&[base, segments].concat());
        }
        if !url.path().strip_prefix(base).is_some_and(|rest| rest.starts_with('/')) {
            return Err(refused());
        }
        if query.is_empty() {
            url.set_query(own_query);
            return Ok(url);
        }
        let pairs: usize = query.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let mut text = String::with_capacity(own_query.map_or(0, str::len) + pairs);
        text.push_str(own_query.unwrap_or_default());
        for (name, value) in query {
            if !text.is_empty() {
                text.push('&');
            }
            text.extend(byte_serialize(name.as_bytes()));
            text.push('=');
            text.extend(byte_serialize(value.as_bytes()));
        }
        url.set_query(Some(&text));
        Ok(url)
    }
}

/// Scheme, host and port, to compare and to show.
pub(crate) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// What is sent there cannot be read on the way.
pub(crate) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// `.` and `..`, also when percent-encoded: URL parsers read `%2e` in them as a dot.
fn is_dot_segment(segment: &str) -> bool {
    let mut dots = percent_decode_str(segment);
    matches!((dots.next(), dots.next(), dots.next()), (Some(b'.'), None, _) | (Some(b'.'), Some(b'.'), None))
}

/// A path whose parameters are filled one after the other: `/contacts/{id}/tasks`.
#[derive(Clone, Debug)]
pub(crate) struct PathTemplate {
    /// The beginning, filled and encoded.
    filled: String,
    template: Cow<'static, str>,
    /// Where in the template the rest begins.
    rest: usize,
}

impl PathTemplate {
    pub(crate) fn new(template: impl Into<Cow<'static, str>>) -> Self {
        Self { filled: String::new(), template: template.into(), rest: 0 }
    }

    /// Puts `value` in the place of `{name}`.
    pub(crate) fn fill(&mut self, name: &str, value: impl Display) -> Result<(), String> {
        let Some(start) = placeholder(self.rest(), name) else {
            return Err(format!("the path {self} has no parameter `{name}`"));
        };
        let encoded = encode(name, value, self.filled.len() + self.template.len())?;
        let (before, after) = (self.rest + start, self.rest + start + name.len() + 2);
        if self.template[self.rest..before].contains('{') || placeholder(&self.template[after..], name).is_some() {
            // Out of order, or more than once.
            self.template = self.rest().replace(&format!("{{{name}}}"), &encoded).into();
            self.rest = 0;
        } else {
            self.filled.reserve(self.template.len() + encoded.len());
            self.filled.push_str(&self.template[self.rest..before]);
            self.filled.push_str(&encoded);
            self.rest = after;
        }
        Ok(())
    }

    /// The first parameter that was not filled.
    pub(crate) fn unfilled(&self) -> Option<&str> {
        // Braces of values are percent-encoded by now.
        let (_, rest) = self.rest().split_once('{')?;
        rest.split_once('}').map(|(name, _)| name)
    }

    /// The whole path, when everything is filled.
    pub(crate) fn finish(&mut self) -> &str {
        if self.filled.is_empty() && self.rest == 0 {
            return &self.template;
        }
        self.filled.push_str(&self.template[self.rest..]);
        self.rest = self.template.len();
        &self.filled
    }

    fn rest(&self) -> &str {
        &self.template[self.rest..]
    }
}

impl Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.filled, self.rest())
    }
}

/// Where `{name}` is.
fn placeholder(template: &str, name: &str) -> Option<usize> {
    let braces = template.match_indices('{').map(|(start, _)| start);
    braces.into_iter().find(|start| template[start + 1..].strip_prefix(name).is_some_and(|rest| rest.starts_with('}')))
}

/// A path parameter, percent-encoded.
fn encode(name: &str, value: impl Display, capacity: usize) -> Result<String, String> {
    struct Encoder(String);

    impl fmt::Write for Encoder {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.extend(utf8_percent_encode(text, PATH_SEGMENT));
            Ok(())
        }
    }

    let mut encoder = Encoder(String::with_capacity(capacity));
    let _ = fmt::Write::write_fmt(&mut encoder, format_args!("{value}"));
    match &*encoder.0 {
        "" | "." | ".." => Err(format!("the path parameter `{name}` must not be empty, `.` or `..`")),
        _ => Ok(encoder.0),
    }
}

/// The values of one parameter: none for `None`, one for a scalar, one for each item of a list.
pub(crate) fn values(name: &str, value: &(impl Serialize + ?Sized), mut each: impl FnMut(String)) -> Result<(), String> {
    let text = serde_json::to_string(value).map_err(|error| format!("the parameter `{name}` cannot be written: {error}"))?;
    match text.as_bytes() {
        b"null" => {}
        [b'"', quoted @ .., b'"'] if !quoted.contains(&b'\\') => {
            let mut text = text;
            text.pop();
            text.remove(0);
            each(text);
        }
        [b'[' | b'{' | b'"', ..] => {
            let value = serde_json::from_str(&text).map_err(|error| format!("the parameter `{name}` cannot be written: {error}"))?;
            json_values(name, value)?.into_iter().for_each(each);
        }
        _ => each(text),
    }
    Ok(())
}

/// The pairs of a form, field by field.
pub(crate) fn form_pairs(form: &(impl Serialize + ?Sized)) -> Result<Vec<(String, String)>, String> {
    let value = serde_json::to_value(form).map_err(|error| format!("the form cannot be written: {error}"))?;
    let Value::Object(fields) = value else { return Err("a form must be a struct or a map".to_owned()) };
    let mut pairs = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        pairs.extend(json_values(&name, value)?.into_iter().map(|value| (name.clone(), value)));
    }
    Ok(pairs)
}

fn json_values(name: &str, value: Value) -> Result<Vec<String>, String> {
    let items = match value {
        Value::Array(items) => items,
        single => vec![single],
    };
    let texts = items.into_iter().filter(|item| !item.is_null()).map(|item| match item {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) | Value::Null => Ok(item.to_string()),
        Value::Array(_) | Value::Object(_) => Err(format!("the parameter `{name}` must be a scalar or a list of scalars")),
    });
    texts.collect()
}

#[cfg(test)]
mod tests;
