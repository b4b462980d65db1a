//! A request as it came, or as it is expected to come.

use std::fmt;

use reachout_runtime::{Bytes, Method, Preview, Vendor, header::HeaderMap};

use crate::body::Body;
use crate::path;

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Below the vendor's base path, decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl Received {
    /// Reads a request. The vendor's base path is left out where it is there.
    pub(crate) fn new(vendor: &Vendor, method: Method, (path, query): (&str, &str), headers: HeaderMap, body: &Bytes) -> Self {
        let below = path.strip_prefix(path::base(vendor)).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { method, path: path::segments(below), query, body: Body::read(&headers, body), headers }
    }

    /// The values of a query parameter, in their order.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }
}

impl From<Preview> for Received {
    fn from(preview: Preview) -> Self {
        let Preview { method, path, query, headers, body, .. } = preview;
        Self { method, path: path::segments(&path), query, body: Body::read(&headers, &body), headers }
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} /{}", self.method, self.path.join("/"))
    }
}
