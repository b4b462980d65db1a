//! What a vendor may send in the place of its documented example: no more than it has to, or more than is documented.

use serde_json::{Map, Value, json};

/// The field that nobody documented.
const UNKNOWN: &str = "addedLater";

/// The example with nothing but what its schema requires.
#[must_use]
pub fn bare(document: &Value, schema: &Value, example: &Value) -> Value {
    let schema = of(document, schema, example);
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
pub fn extended(document: &Value, schema: &Value, example: &Value) -> Value {
    let schema = of(document, schema, example);
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

/// The schema itself, without references; of alternatives the one that the example is of.
fn of<'a>(document: &'a Value, schema: &'a Value, example: &Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return of(document, document.pointer(&reference[1..]).unwrap(), example);
    }
    if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice) {
        return of(document, one, example);
    }
    let alternatives = schema["oneOf"].as_array().into_iter().flatten().map(|alternative| of(document, alternative, example));
    alternatives.into_iter().find(|alternative| fits(alternative, example)).unwrap_or(schema)
}

fn fits(schema: &Value, example: &Value) -> bool {
    let kind = match example {
        Value::Null => return false,
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let same = schema["type"] == kind || kind == "number" && schema["type"] == "integer";
    same && required.into_iter().all(|name| example.get(name).is_some())
}
