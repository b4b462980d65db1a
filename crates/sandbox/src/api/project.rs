//! What a schema shows of a value.

use reachout_document::Document;
use serde_json::Value;

/// `value` without what its schema does not name, and without the sandbox's own fields, whose names start with `~`.
pub(crate) fn project(document: &Document, schema: &Value, value: Value) -> Value {
    let schema = document.alternative(schema, &value);
    match value {
        Value::Object(map) => match schema.get("properties").and_then(Value::as_object) {
            Some(properties) => {
                let open = document.allows_unknown(schema);
                let fields = map.into_iter().filter_map(|(name, value)| match properties.get(&name) {
                    Some(property) => Some((name, project(document, property, value))),
                    None => (open && !name.starts_with('~')).then_some((name, value)),
                });
                fields.collect()
            }
            None => map.into_iter().filter(|(name, _)| !name.starts_with('~')).collect(),
        },
        Value::Array(items) => match schema.get("items") {
            Some(item) => items.into_iter().map(|value| project(document, item, value)).collect(),
            None => Value::Array(items),
        },
        // One object is shown by several operations, which do not always agree on the type of a field.
        Value::String(_) if schema["type"] == "object" => Value::Null,
        Value::Number(number) if schema["type"] == "string" => number.to_string().into(),
        Value::String(text) if matches!(schema["type"].as_str(), Some("number" | "integer")) => {
            let moment = || chrono::DateTime::parse_from_rfc3339(&text).ok().map(|time| time.timestamp_millis());
            text.parse().ok().or_else(moment).map_or(Value::String(text), Value::from)
        }
        scalar => scalar,
    }
}
