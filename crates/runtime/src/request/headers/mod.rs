//! Headers that come from outside: checked, and never shown.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::vendor::Auth;

/// A set of headers, or the reason why one of them cannot be sent.
///
/// Builders collect headers without a `Result` in every step; the reason comes out when a request is made.
#[derive(Clone, Default)]
pub(crate) struct Headers {
    map: HeaderMap,
    invalid: Option<Cow<'static, str>>,
}

impl Headers {
    /// Sets a header, replacing an earlier one of the same name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        match parse(name, value) {
            Ok((name, value)) => {
                self.map.insert(name, value);
            }
            Err(reason) => {
                self.invalid.get_or_insert(reason);
            }
        }
    }

    pub(crate) fn check(&self) -> Result<&HeaderMap, Error> {
        match &self.invalid {
            None => Ok(&self.map),
            Some(reason) => Err(Error::invalid_request(reason.clone())),
        }
    }

    /// The headers, if all of them can be sent.
    pub(crate) fn into_checked(self) -> Result<HeaderMap, Error> {
        self.check()?;
        Ok(self.map)
    }

    /// The later of two sets wins.
    pub(crate) fn extend(&mut self, later: &Self) {
        merge(&mut self.map, &later.map);
        if self.invalid.is_none() {
            self.invalid.clone_from(&later.invalid);
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.map.keys()
    }
}

/// Copies `later` over `headers`.
pub(crate) fn merge(headers: &mut HeaderMap, later: &HeaderMap) {
    for (name, value) in later {
        headers.insert(name.clone(), value.clone());
    }
}

/// What the HTTP library says of a message's length and of its connection (RFC 9110, sections 7.2, 7.6.1, 7.8 and 10.1.1;
/// RFC 9112, sections 6 and 7). Another value cuts a body short or joins it to the next request.
const FRAMING: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

/// Values are marked sensitive, since we cannot know what a caller puts there.
pub(crate) fn parse(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Cow<'static, str>> {
    let name: HeaderName = name.parse().map_err(|_| format!("`{}` is not a valid header name", name.escape_debug()))?;
    if FRAMING.contains(&name.as_str()) {
        return Err(format!("the header `{name}` cannot be set: the client frames its requests and manages its connections itself").into());
    }
    let mut value =
        HeaderValue::from_str(value).map_err(|_| format!("the value of the header `{name}` has characters that a header cannot carry"))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// A value of the spec's, which is not copied; `None` if a header cannot carry it.
pub(crate) fn constant(value: &'static str) -> Option<HeaderValue> {
    HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())).ok().filter(|_| value.is_ascii())
}

/// The header that carries the credential; none where the query does.
pub(crate) fn credential_name(auth: Auth) -> Result<Option<HeaderName>, Error> {
    match auth {
        Auth::Bearer | Auth::Basic => Ok(Some(AUTHORIZATION)),
        Auth::Header(name) => name.parse().map(Some).map_err(|_| Error::configuration(format!("`{name}` is not a valid header name"))),
        Auth::Query(_) => Ok(None),
        Auth::Each(each) => {
            each.iter().try_for_each(|auth| credential_name(*auth).map(drop))?;
            Ok(None)
        }
    }
}

/// What carries each part of the credential, marked sensitive; `None` if a header cannot carry it, or where a part is missing.
pub(crate) fn credential_values(auth: Auth, credential: &SecretString) -> Option<Vec<(Auth, HeaderValue)>> {
    let secret = credential.expose_secret();
    let Auth::Each(each) = auth else { return Some(vec![(auth, credential_value(auth, secret)?)]) };
    let parts: Vec<&str> = secret.split(' ').collect();
    if parts.len() != each.len() {
        return None;
    }
    each.iter().zip(parts).map(|(auth, part)| Some((*auth, credential_value(*auth, part)?))).collect()
}

fn credential_value(auth: Auth, secret: &str) -> Option<HeaderValue> {
    // A space or a line break at the end is the commonest mistake with a key from a file.
    if secret.is_empty() || secret.trim() != secret {
        return None;
    }
    let text = match auth {
        Auth::Bearer => Cow::from(format!("Bearer {secret}")),
        Auth::Basic if !secret.contains(':') => return None,
        Auth::Basic => Cow::from(format!("Basic {}", STANDARD.encode(secret))),
        Auth::Header(_) | Auth::Query(_) => Cow::from(secret),
        Auth::Each(_) => return None,
    };
    let mut value = HeaderValue::from_str(&text).ok().filter(|value| value.to_str().is_ok())?;
    value.set_sensitive(true);
    Some(value)
}

/// Whether a header of this name carries a credential, by the usual meaning of its words.
pub(crate) fn is_credential(auth: Auth, name: &HeaderName) -> bool {
    const USUAL: [&str; 7] = ["authorization", "cookie", "api-key", "apikey", "token", "secret", "password"];
    USUAL.iter().any(|word| name.as_str().contains(word)) || auth.is_header(name.as_str())
}

#[cfg(test)]
mod tests;
