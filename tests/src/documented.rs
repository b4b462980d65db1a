//! What a vendor's document shows of one operation.

use std::{io, sync::Arc};

use reachout_runtime::multipart::Part;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::calls::Problem;

/// One operation of a document, with its examples.
#[derive(Debug)]
pub struct Documented {
    /// Its document.
    pub document: Arc<Value>,
    /// Its id.
    pub operation: &'static str,
    /// The request body.
    pub request: Option<Value>,
    /// Status of the success response.
    pub status: u16,
    /// Body of the success response, where that is JSON.
    pub response: Option<Value>,
    /// The success response is a file.
    pub is_download: bool,
    /// Schema of the success response.
    pub schema: Value,
    files: TempDir,
}

impl Documented {
    /// Reads an operation.
    ///
    /// # Errors
    /// A temporary folder cannot be made.
    ///
    /// # Panics
    /// Where the document has no such operation.
    pub fn read(document: &Arc<Value>, operation: &'static str) -> io::Result<Self> {
        let items = document["paths"].as_object().unwrap().values().filter_map(Value::as_object);
        let node = items.flat_map(Map::values).find(|node| node["operationId"] == operation).unwrap();
        let (status, success) = node["responses"].as_object().unwrap().iter().find(|(status, _)| status.starts_with('2')).unwrap();
        let content = follow(document, success).get("content");
        let response = content.and_then(example);
        Ok(Self {
            document: Arc::clone(document),
            operation,
            request: example(&node["requestBody"]["content"]),
            // `2XX`: the vendor prints no code.
            status: status.parse().unwrap_or(200),
            is_download: content.is_some() && response.is_none(),
            schema: content.and_then(media).map(|media| media["schema"].clone()).unwrap_or_default(),
            response,
            files: tempfile::tempdir()?,
        })
    }

    /// The request body as the client's type.
    ///
    /// # Errors
    /// The example does not fit the type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        Ok(serde_json::from_value(self.request.clone().unwrap_or_default())?)
    }

    /// A file of this name, on disk as long as this lives.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn file(&self, name: &str) -> Result<Part, Problem> {
        let path = self.files.path().join(name);
        std::fs::write(&path, "%PDF-1.7")?;
        Ok(Part::file(path))
    }
}

fn follow<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

fn media(content: &Value) -> Option<&Value> {
    content.as_object()?.values().next()
}

fn example(content: &Value) -> Option<Value> {
    media(content)?.get("example").cloned()
}
