//! A plain HTTP client for the tests: it knows the documents, not the generated crates.

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

pub fn document(vendor: Vendor) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{vendor}/openapi.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The `Version` header that the document of `vendor` asks for at `path`.
fn version(document: &Value, path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t.starts_with('{') || t == p)
    };
    let items = document["paths"].as_object().unwrap().iter().filter(|(template, _)| fits(template));
    let parameters = items.flat_map(|(_, item)| {
        let operations = item.as_object().unwrap().values().filter_map(|operation| operation["parameters"].as_array());
        item["parameters"].as_array().into_iter().chain(operations).flatten()
    });
    let names = parameters.filter_map(|parameter| parameter["$ref"].as_str()).filter_map(|pointer| document.pointer(&pointer[1..]));
    names.filter(|parameter| parameter["name"] == "Version").find_map(|parameter| parameter["example"].as_str().map(str::to_owned))
}

/// One vendor in a sandbox.
pub struct Client<'a> {
    pub sandbox: &'a Sandbox,
    pub vendor: Vendor,
    document: Value,
    http: reqwest::Client,
}

impl<'a> Client<'a> {
    pub fn new(sandbox: &'a Sandbox, vendor: Vendor) -> Self {
        Self { sandbox, vendor, document: document(vendor), http: reqwest::Client::new() }
    }

    /// A request with nothing but its address.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.base_url(self.vendor)))
    }

    /// A request with credential and version, as a correct client sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.authorized(method, path, self.sandbox.api_key(self.vendor));
        match version(&self.document, path) {
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
