//! Which redirects are followed, and with what.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use url::Url;

use crate::request::url::{is_loopback, is_private, origin_of};
use crate::route::MethodClass;

/// The maximum number of redirects in one call.
pub(crate) const LIMIT: u32 = 10;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: Url,
    /// Still where the caller wanted it to go: the credential and the caller's headers may be sent.
    pub(crate) trusted: bool,
    /// How many redirects led here.
    pub(crate) hops: u32,
    /// The client's base is on this machine, so plain http on it is as the caller wanted.
    local: bool,
}

impl Target {
    pub(crate) fn new(url: Url) -> Self {
        let local = is_loopback(&url);
        Self { url, trusted: true, hops: 0, local }
    }

    /// The target that a response points to, or why it is not followed.
    pub(crate) fn next(&self, method: MethodClass, status: StatusCode, headers: &HeaderMap) -> Result<Self, String> {
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Err(format!("the vendor responded {status}, which is neither a success nor an error"));
        }
        let location = headers.get(LOCATION).and_then(|location| location.to_str().ok());
        let Some(mut url) = location.and_then(|location| self.url.join(location).ok()) else {
            return Err(format!("the vendor responded {status} without a usable Location"));
        };
        let destination = origin_of(&url);
        if method != MethodClass::Safe {
            return Err(format!("the vendor redirects ({status}) to {destination}; only GET and HEAD are redirected"));
        }
        if self.hops >= LIMIT {
            return Err(format!("the vendor redirected more than {LIMIT} times"));
        }
        // A vendor has no business with what listens on this machine.
        if !is_private(&url) || (url.scheme() == "http" && !self.local) {
            return Err(format!("the vendor redirects ({status}) to {destination}, which is not https"));
        }
        // A user or password in a Location would be sent as a credential of the redirecting party's choice.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("the vendor redirects ({status}) to {destination} with a user name"));
        }
        url.set_fragment(None);
        let trusted = self.trusted && url.origin() == self.url.origin();
        Ok(Self { url, trusted, hops: self.hops + 1, local: self.local })
    }
}

#[cfg(test)]
mod tests;
