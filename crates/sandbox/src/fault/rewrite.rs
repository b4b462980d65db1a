//! Responses that are still of their schema and no longer what anybody expects.

use reachout_document::Document;
use serde_json::Value;

/// A value that no enum lists.
const UNKNOWN: &str = "sandbox_unknown";

/// Makes every field null that may be null.
pub(crate) fn nulls(document: &Document, schema: &Value, value: &mut Value) {
    each(document, schema, value, &|property, value| {
        if property["nullable"] == true {
            *value = Value::Null;
        }
    });
}

/// Gives every enum a value that its schema does not list.
pub(crate) fn unknown_values(document: &Document, schema: &Value, value: &mut Value) {
    each(document, schema, value, &|property, value| {
        if value.is_string() && document.choices(property).is_some() {
            *value = UNKNOWN.into();
        }
    });
}

/// Changes every field, the outer ones first.
fn each(document: &Document, schema: &Value, value: &mut Value, change: &impl Fn(&Value, &mut Value)) {
    change(schema, value);
    let schema = document.alternative(schema, value);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Some(property) = schema["properties"].get(name.as_str()) {
                    each(document, property, value, change);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(document, &schema["items"], item, change)),
        _ => {}
    }
}
