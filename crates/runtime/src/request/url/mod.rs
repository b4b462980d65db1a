//! Addresses: the base URL, path templates, query pairs.

use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
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

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The URL of a path that begins with `/` and is encoded already. It cannot leave the base.
    pub(crate) fn join(&self, path: &str) -> Result<Url, Error> {
        let refused = || Error::invalid_request("the path must begin with `/` and stay below the client's base URL");
        // `\` and control characters are rewritten by URL parsers; a fragment would never be sent.
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '#']) || path.contains(char::is_control) {
            return Err(refused());
        }
        let (segments, _query) = path.split_once('?').unwrap_or((path, ""));
        if segments.split('/').any(is_dot_segment) {
            return Err(refused());
        }
        let base = self.0.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}")).map_err(|_| refused())?;
        let below = url.path().strip_prefix(self.0.path().trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'));
        if below && origin_of(&url) == origin_of(&self.0) { Ok(url) } else { Err(refused()) }
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
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    matches!(decoded.as_slice(), b"." | b"..")
}

/// Puts `value` in the place of `{name}`.
pub(crate) fn fill(template: &str, name: &str, value: &str) -> Result<String, String> {
    let placeholder = format!("{{{name}}}");
    if !template.contains(&placeholder) {
        return Err(format!("the path {template} has no parameter `{name}`"));
    }
    if value.is_empty() || value == "." || value == ".." {
        return Err(format!("the path parameter `{name}` must not be empty, `.` or `..`"));
    }
    Ok(template.replace(&placeholder, &utf8_percent_encode(value, PATH_SEGMENT).to_string()))
}

/// The first parameter of a template that was not filled.
pub(crate) fn unfilled(path: &str) -> Option<&str> {
    // Braces of values are percent-encoded by now.
    let (_, rest) = path.split_once('{')?;
    rest.split_once('}').map(|(name, _)| name)
}

/// The values of one parameter: none for `None`, one for a scalar, one for each item of a list.
pub(crate) fn values(name: &str, value: &(impl Serialize + ?Sized)) -> Result<Vec<String>, String> {
    let value = serde_json::to_value(value).map_err(|error| format!("the parameter `{name}` cannot be written: {error}"))?;
    json_values(name, value)
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
