//! The last touches to a response.

use reachout_document::{Content, Document};
use serde_json::Value;
use uuid::Uuid;

use super::plan::{Plan, pointer};
use crate::api::{Operation, project};

/// Gives the response its own trace id, where the vendor sends one.
pub(crate) fn refresh(response: &mut Value) {
    if let Some(trace) = response.get_mut("traceId") {
        *trace = Uuid::new_v4().to_string().into();
    }
}

/// Leaves out what the schema does not name and fills in, from the example, what it requires.
pub(crate) fn finish(document: &Document, operation: &Operation, plan: &Plan, response: Value) -> Value {
    let Some(Content { schema, example, .. }) = operation.response() else { return Value::Null };
    let items = plan.item.as_deref().and_then(|path| example?.pointer(&pointer(path)));
    let item = items.map(|items| items.get(0).unwrap_or(items));
    let mut response = project(document, schema, response);
    complete(document, schema, example, item, &mut response);
    response
}

/// Fills in what is required and missing: from the same place of the example, or else from `item`, an object as the document shows it.
fn complete(document: &Document, schema: &Value, example: Option<&Value>, item: Option<&Value>, value: &mut Value) {
    let schema = document.resolve(schema);
    match value {
        Value::Array(items) => {
            for value in items {
                complete(document, &schema["items"], item, item, value);
            }
        }
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    let shown = example.and_then(|example| example.get(name)).cloned();
                    let property = document.property(schema, name).unwrap_or(&Value::Null);
                    fields.insert(name.to_owned(), shown.unwrap_or_else(|| blank(property)));
                }
            }
            for (name, value) in fields.iter_mut().filter(|(_, value)| value.is_object() || value.is_array()) {
                if let Some(property) = document.property(schema, name) {
                    complete(document, property, example.and_then(|example| example.get(name)), item, value);
                }
            }
        }
        _ => {}
    }
}

/// The emptiest value of a type.
fn blank(schema: &Value) -> Value {
    match (schema["enum"].get(0), schema["type"].as_str()) {
        (Some(first), _) => first.clone(),
        (None, Some("string")) => "".into(),
        (None, Some("integer" | "number")) => 0.into(),
        (None, Some("boolean")) => false.into(),
        (None, Some("array")) => Value::Array(Vec::new()),
        (None, Some("object")) => Value::Object(serde_json::Map::new()),
        _ => Value::Null,
    }
}
