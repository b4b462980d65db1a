//! The mock of every operation responds with its documented example through the real client.
#![cfg(feature = "vendors")]

mod generated;
mod matching;

use httpmock::MockServer;
use reachout_runtime::{ClientBuilder, Core};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn client<C: From<Core>>(server: &MockServer, builder: ClientBuilder<C>) -> C {
    builder.credential("mock-credential").base_url(server.base_url()).build().unwrap()
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The documented request body of an operation.
fn request<T: DeserializeOwned>(openapi: &str, operation: &str) -> T {
    documented(openapi, operation, |operation| &operation["requestBody"])
}

/// The documented success response of an operation.
fn response<T: DeserializeOwned>(openapi: &str, operation: &str) -> T {
    documented(openapi, operation, |operation| {
        operation["responses"].as_object().unwrap().iter().find(|(status, _)| status.starts_with('2')).unwrap().1
    })
}

fn documented<T: DeserializeOwned>(openapi: &str, operation: &str, part: impl Fn(&Value) -> &Value) -> T {
    let document: Value = serde_json::from_str(openapi).unwrap();
    let operations = document["paths"].as_object().unwrap().values().filter_map(Value::as_object).flat_map(Map::values);
    let node = operations.into_iter().find(|node| node["operationId"] == operation).unwrap();
    let mut part = part(node);
    if let Some(reference) = part["$ref"].as_str() {
        part = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    let content = part["content"].as_object().unwrap().values().next().unwrap();
    serde_json::from_value(content["example"].clone()).unwrap()
}
