//! What the help takes from a vendor's OpenAPI document.

use std::{collections::HashMap, fmt::Write as _};

use reachout_runtime::{Pagination, Route};
use serde_json::{Map, Value};

/// The operations of a document, by their ids.
pub struct Spec {
    operations: HashMap<String, Value>,
}

impl Spec {
    /// Reads a document of a client crate, which the generator wrote.
    pub fn read(openapi: &str) -> Self {
        let document: Value = serde_json::from_str(openapi).unwrap_or_default();
        let items = document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
        let operations =
            items.flat_map(Map::values).filter_map(|operation| Some((operation["operationId"].as_str()?.to_owned(), operation.clone())));
        Self { operations: operations.collect() }
    }

    /// One sentence without a full stop.
    pub fn summary(&self, operation: &str) -> &str {
        self.operation(operation)["summary"].as_str().unwrap_or_default()
    }

    /// Summary, description, what is sent, and where it is documented.
    pub fn long_about(&self, route: &Route) -> String {
        let operation = self.operation(route.operation_id);
        let description = operation["description"].as_str().unwrap_or_default();
        let paragraphs = description.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut text = self.summary(route.operation_id).to_owned();
        for paragraph in paragraphs.filter(|paragraph| !paragraph.is_empty()) {
            text.push_str("\n\n");
            text.push_str(&paragraph);
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "\n\n{} {}", route.method, route.path);
        if let Some(pagination) = route.pagination {
            text.push_str(match pagination {
                Pagination::Offset => ", pages by offset",
                Pagination::Page => ", pages by number",
                _ => ", pages by cursor",
            });
        }
        if operation["deprecated"] == true {
            text.push_str(", deprecated by the vendor");
        }
        let _ = write!(text, "\n{}", route.docs);
        text
    }

    /// The documented request body, indented.
    pub fn example_body(&self, operation: &str) -> Option<String> {
        let content = self.operation(operation)["requestBody"]["content"].as_object()?;
        let (media_type, content) = content.iter().next()?;
        let example = content.get("example").filter(|_| !media_type.starts_with("multipart/"))?;
        serde_json::to_string_pretty(example).ok()
    }

    fn operation(&self, id: &str) -> &Value {
        self.operations.get(id).unwrap_or(&Value::Null)
    }
}
