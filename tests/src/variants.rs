//! What a vendor may send in the place of its documented example: no more than it has to, or more than is documented.

use reachout_document::Document;
use serde_json::{Map, Value, json};

/// The field that nobody documented.
const UNKNOWN: &str = "addedLater";

/// The example with nothing but what its schema requires.
#[must_use]
pub fn bare(document: &Document, schema: &Value, example: &Value) -> Value {
    let schema = document.alternative(schema, example);
    let kept = |map: &Map<String, Value>, properties: &Map<String, Value>| -> Map<String, Value> {
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let kept = map.iter().filter(|(name, _)| required.contains(&name.as_str()));
        kept.map(|(name, value)| (name.clone(), bare(document, &properties[name], value))).collect()
    };
    match (example, schema["properties"].as_object()) {
        (Value::Object(map), Some(properties)) => kept(map, properties).into(),
        (Value::Array(items), _) => items.iter().map(|item| bare(document, &schema["items"], item)).collect(),
        _ => example.clone(),
    }
}

/// The example with a field that nobody documented in each of its objects. Maps whose names the vendor chooses stay as they are.
#[must_use]
pub fn extended(document: &Document, schema: &Value, example: &Value) -> Value {
    let schema = document.alternative(schema, example);
    match (example, schema["properties"].as_object()) {
        (Value::Object(map), Some(properties)) => {
            let known = map.iter().map(|(name, value)| {
                let property = properties.get(name).unwrap_or(&Value::Null);
                (name.clone(), extended(document, property, value))
            });
            let mut map: Map<String, Value> = known.collect();
            map.insert(UNKNOWN.to_owned(), json!({ "deep": [1, null, "x"] }));
            map.into()
        }
        (Value::Array(items), _) => items.iter().map(|item| extended(document, &schema["items"], item)).collect(),
        _ => example.clone(),
    }
}
