//! A plain HTTP client for the tests: it knows the documents, not the generated crates.

use std::sync::OnceLock;

use reachout_document::{Document, Location};
use reachout_sandbox::{Sandbox, Vendor};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

pub fn document(vendor: Vendor) -> &'static Document {
    static DOCUMENTS: OnceLock<Vec<(Vendor, Document)>> = OnceLock::new();
    let read = |vendor: Vendor| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{vendor}/openapi.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (vendor, Document::parse(&text).unwrap())
    };
    let documents = DOCUMENTS.get_or_init(|| Vendor::ALL.into_iter().map(read).collect());
    &documents.iter().find(|(known, _)| *known == vendor).unwrap().1
}

/// The `Version` header that the document of `vendor` asks for at `path`.
fn version(vendor: Vendor, path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t.starts_with('{') || t == p)
    };
    let mut operations = document(vendor).operations().filter(|operation| fits(operation.path));
    operations.find_map(|operation| operation.parameter(Location::Header, "Version")?.example?.as_str())
}

/// One vendor in a sandbox.
pub struct Client<'a> {
    pub sandbox: &'a Sandbox,
    pub vendor: Vendor,
    http: reqwest::Client,
}

impl<'a> Client<'a> {
    pub fn new(sandbox: &'a Sandbox, vendor: Vendor) -> Self {
        Self { sandbox, vendor, http: reqwest::Client::new() }
    }

    /// A request with nothing but its address.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.base_url(self.vendor)))
    }

    /// A request with credential and version, as a correct client sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.authorized(method, path, Sandbox::api_key(self.vendor));
        match version(self.vendor, path) {
            Some(version) => request.header("Version", version),
            None => request,
        }
    }

    /// A request with this credential and no version.
    pub fn authorized(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        match self.vendor {
            Vendor::SendPilot => self.bare(method, path).header("X-API-Key", key),
            _ => self.bare(method, path).bearer_auth(key),
        }
    }

    pub async fn get(&self, path: &str) -> Value {
        success(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        success(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        success(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        success(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Value {
        success(self.request(Method::DELETE, path)).await
    }

    pub async fn status(&self, method: Method, path: &str) -> StatusCode {
        self.request(method, path).send().await.unwrap().status()
    }
}

/// Status and body; null where the body is empty, and text where it is not JSON.
pub async fn fetch(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    (status, body)
}

pub async fn success(request: RequestBuilder) -> Value {
    let (status, body) = fetch(request).await;
    assert!(status.is_success(), "{status}: {body}");
    body
}
