//! [`FaultRule`]: what goes wrong with which requests.

use std::collections::BTreeMap;

use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fault: what goes wrong, and how long it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Milliseconds to wait before the response.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "latency_ms")]
    pub latency_milliseconds: Option<u64>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The request is not performed; the response has this status.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body: text as it is, everything else as JSON. Without one, the vendor's error shape.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
        /// More headers of the response.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// The request is not performed; the response is a 429.
    RateLimit {
        /// Seconds in the `Retry-After` header; without them there is no such header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// Nothing goes wrong but the time it takes.
    Latency,
    /// The connection is reset after the head of the request; nothing is performed.
    ResetBefore,
    /// The request is read and performed, and then the connection is reset.
    ResetAfter,
    /// The request is performed; half of the response's body follows its head, and then the connection ends.
    Truncate,
    /// The request is performed and the response's JSON is broken.
    InvalidJson,
    /// The request is performed and every enum in the response has a value that no document lists.
    UnknownEnum,
    /// The request is performed and every field of the response that may be null is null.
    NullFields,
    /// The request is not performed; a proxy responds with a page of HTML.
    Html {
        /// The HTTP status.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
}

const fn bad_gateway() -> u16 {
    502
}

impl Fault {
    /// A fault of this kind, without delay.
    pub fn new(kind: FaultKind) -> Self {
        Self { latency_milliseconds: None, kind }
    }

    /// A response with this status, in the vendor's error shape.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status { status, body: None, headers: BTreeMap::new() })
    }

    /// The same, after this number of milliseconds.
    pub fn after_milliseconds(mut self, milliseconds: u64) -> Self {
        self.latency_milliseconds = Some(milliseconds);
        self
    }
}

/// Which requests a fault meets. What is left out meets all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Match {
    /// The vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// The operation, such as `send_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The method, such as `POST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path after the vendor's mount point, such as `/messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Which requests it meets.
    #[serde(default, rename = "match")]
    pub requests: Match,
    /// What happens to them.
    pub fault: Fault,
    /// How many requests it meets before it is gone.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

impl FaultRule {
    /// A fault for the next request, whichever it is.
    pub fn new(fault: Fault) -> Self {
        Self { requests: Match::default(), fault, times: 1 }
    }

    /// Only for requests to this vendor.
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.requests.vendor = Some(vendor);
        self
    }

    /// Only for requests of this operation.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.requests.operation = Some(operation.into());
        self
    }

    /// For this number of requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// What is wrong with the rule itself, as a sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.fault.kind {
            FaultKind::Status { status, .. } | FaultKind::Html { status } if !(200..=599).contains(&status) => {
                Err(format!("status: {status} is not between 200 and 599"))
            }
            FaultKind::Latency if self.fault.latency_milliseconds.is_none() => {
                Err("latency_ms: a latency needs its milliseconds".to_owned())
            }
            _ if self.times == 0 => Err("times: a fault that meets no request".to_owned()),
            _ => Ok(()),
        }
    }

    pub(crate) fn meets(&self, vendor: Vendor, operation: &str, method: &str, path: &str) -> bool {
        let wanted = &self.requests;
        wanted.vendor.is_none_or(|wanted| wanted == vendor)
            && wanted.operation.as_deref().is_none_or(|wanted| wanted == operation)
            && wanted.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && wanted.path.as_deref().is_none_or(|wanted| wanted == path)
    }
}
