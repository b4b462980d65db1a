//! [`Expected`]: the question whether a request was performed, and how often.

use std::collections::BTreeMap;
use std::fmt;

use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use crate::fault::Match;
use crate::log::RecordedRequest;

/// Which requests are meant: [`Sandbox::verify`](crate::Sandbox::verify) and `POST /_sandbox/verify`. What is not given may be anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Expected {
    /// The vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// The id of the operation, such as `send_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path after the vendor's mount point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The contact or the lead, as the request names it: [`RecordedRequest::contact`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Parameters of the query.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// A part of the body: fields that are left out may be anything, lists are compared item by item.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

impl Expected {
    /// Requests of this operation.
    pub fn operation(vendor: Vendor, operation: impl Into<String>) -> Self {
        Self { vendor: Some(vendor), operation: Some(operation.into()), ..Self::default() }
    }

    /// To or about this contact or lead.
    #[must_use]
    pub fn contact(mut self, contact: impl Into<String>) -> Self {
        self.contact = Some(contact.into());
        self
    }

    /// With this parameter in the query.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// With this part of a body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    /// The operations that it is about.
    pub(crate) fn operations(&self) -> Match {
        Match { vendor: self.vendor, operation: self.operation.clone(), method: self.method.clone(), path: self.path.clone() }
    }

    /// How a request differs; nothing where it is one of those that are meant, and was performed.
    fn differences(&self, request: &RecordedRequest) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |name: &str, expected: Option<&str>, actual: &str| {
            if let Some(expected) = expected.filter(|expected| *expected != actual) {
                differences.push(format!("{name}: {actual:?} instead of {expected:?}"));
            }
        };
        compare("vendor", self.vendor.map(Vendor::id), request.vendor.id());
        compare("operation", self.operation.as_deref(), request.operation.as_deref().unwrap_or_default());
        compare("method", self.method.as_deref(), &request.method);
        compare("path", self.path.as_deref(), &request.path);
        compare("contact", self.contact.as_deref(), request.contact.as_deref().unwrap_or_default());
        let query: BTreeMap<_, _> = form_urlencoded::parse(request.query.as_bytes()).collect();
        for (name, expected) in &self.query {
            compare(&format!("query.{name}"), Some(expected), query.get(name.as_str()).map_or("", |value| value));
        }
        compare_part("body", &self.body, &request.body, &mut differences);
        if let Some(reason) = not_performed(request) {
            differences.push(reason);
        }
        differences
    }
}

/// Why a request was not performed, if it was not.
fn not_performed(request: &RecordedRequest) -> Option<String> {
    if let Some(refusal) = &request.refusal {
        return Some(format!("refused: {refusal}"));
    }
    let fault = request.fault.as_deref().filter(|fault| ["status", "rate-limit", "html", "reset-before"].contains(fault));
    if let Some(fault) = fault {
        return Some(format!("met the fault {fault}, so that it was not performed"));
    }
    let status = request.status.filter(|status| !(200..300).contains(status))?;
    Some(format!("ended with status {status}"))
}

/// Notes each place in which a value is not what is expected of it.
fn compare_part(path: &str, expected: &Value, actual: &Value, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Null, _) => {}
        (Value::Object(fields), Value::Object(_)) => {
            for (name, expected) in fields {
                compare_part(&format!("{path}.{name}"), expected, &actual[name], differences);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (expected, actual)) in items.iter().zip(others).enumerate() {
                compare_part(&format!("{path}.{index}"), expected, actual, differences);
            }
        }
        _ if expected == actual => {}
        _ => differences.push(format!("{path}: {actual} instead of {expected}")),
    }
}

/// How often what was expected happened: [`Sandbox::verify`](crate::Sandbox::verify).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// Whether it happened as often as it was to.
    pub verified: bool,
    /// How often it was to.
    pub times: usize,
    /// The numbers of the requests, the first one first.
    pub requests: Vec<u64>,
    /// The request that comes nearest, where too few were found.
    pub nearest: Option<NearMiss>,
}

/// A request that is nearly one of those that are meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NearMiss {
    /// Its number in the log.
    pub request: u64,
    /// How it differs: places with what is there and what was expected.
    pub differences: Vec<String>,
}

impl Verification {
    /// Looks for what is expected in a log, the first request first.
    pub(crate) fn of<'a>(expected: &Expected, times: usize, log: impl Iterator<Item = &'a RecordedRequest>) -> Self {
        let mut found = Vec::new();
        let mut nearest: Option<NearMiss> = None;
        for request in log {
            let differences = expected.differences(request);
            if differences.is_empty() {
                found.push(request.number);
            } else if nearest.as_ref().is_none_or(|known| differences.len() <= known.differences.len()) {
                nearest = Some(NearMiss { request: request.number, differences });
            }
        }
        let nearest = nearest.filter(|_| found.len() < times);
        Self { verified: found.len() == times, times, requests: found, nearest }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.requests.iter().map(|number| format!("{number}")).collect();
        write!(f, "{} requests were expected, and {} were performed", self.times, self.requests.len())?;
        if !numbers.is_empty() {
            write!(f, ": {}", numbers.join(", "))?;
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "; the nearest is request {}, with {}", nearest.request, nearest.differences.join("; "))?;
        }
        Ok(())
    }
}
