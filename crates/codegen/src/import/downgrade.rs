//! OpenAPI 3.1 and 3.2 in the words of 3.0. A document of 3.0 that uses words of 3.1 is read the same way.

use serde_json::{Map, Value, json};

use super::notes::Notes;
use crate::load::{Position, pointer};

/// Rewrites the schemas of a document.
pub fn downgrade(document: &mut Value, notes: &mut Notes) {
    if document.get("webhooks").is_some() {
        notes.add("Webhooks were left out: write `x-webhook-events`", "/webhooks");
    }
    let siblings = document["openapi"].as_str().is_some_and(|version| !version.starts_with("3.0"));
    walk(document, "", Position::Node, siblings, notes);
}

/// `siblings`: what stands beside a `$ref` means something, which 3.1 brought.
fn walk(node: &mut Value, at: &str, position: Position, siblings: bool, notes: &mut Notes) {
    match node {
        Value::Object(map) if position != Position::Data => {
            if position == Position::Node {
                schema(map, at, notes);
                if siblings {
                    beside_reference(map);
                }
            }
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                walk(value, &pointer::child(at, key), below, siblings, notes);
            }
        }
        Value::Array(items) if position != Position::Data => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, &format!("{at}/{index}"), position.item(), siblings, notes);
            }
        }
        _ => {}
    }
}

/// A `$ref` with more beside it becomes a part among others. A description alone is read where it stands.
fn beside_reference(map: &mut Map<String, Value>) {
    const PROSE: [&str; 4] = ["$ref", "summary", "description", "nullable"];
    if map.contains_key("$ref")
        && map.keys().any(|key| !PROSE.contains(&key.as_str()))
        && let Some(reference) = map.shift_remove("$ref")
    {
        let mut parts = vec![json!({ "$ref": reference })];
        if let Some(Value::Array(more)) = map.shift_remove("allOf") {
            parts.extend(more);
        }
        map.insert("allOf".into(), parts.into());
    }
}

fn schema(map: &mut Map<String, Value>, at: &str, notes: &mut Notes) {
    if let Some(constant) = map.shift_remove("const") {
        map.insert("enum".into(), json!([constant]));
    }
    if let Some(Value::Array(examples)) = map.get("examples") {
        let first = examples.first().cloned();
        map.shift_remove("examples");
        if let Some(first) = first.filter(|_| !map.contains_key("example")) {
            map.insert("example".into(), first);
        }
    }
    for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(bound @ Value::Number(_)) = map.get(exclusive).cloned() {
            map.insert(limit.into(), bound);
            map.insert(exclusive.into(), Value::Bool(true));
        }
    }
    if map.shift_remove("contentEncoding").is_some() {
        notes.add("Encodings of texts are not kept (`contentEncoding`)", at);
    }
    if let Some(media_type) = map.shift_remove("contentMediaType") {
        if map.get("type").is_none_or(|kind| kind == "string") && media_type == "application/octet-stream" {
            map.insert("type".into(), "string".into());
            map.insert("format".into(), "binary".into());
        } else {
            notes.add("Media types of texts are not kept (`contentMediaType`)", at);
        }
    }
    if map.shift_remove("prefixItems").is_some() {
        map.insert("items".into(), json!({}));
        notes.add("Tuples became lists of any values (`prefixItems`)", at);
    }
    if let Some(Value::Object(patterns)) = map.shift_remove("patternProperties") {
        let values = patterns.into_iter().next().map_or_else(|| json!({}), |(_, schema)| schema);
        map.entry("additionalProperties").or_insert(values);
        notes.add("Patterns of property names are not kept (`patternProperties`)", at);
    }
    if let Some(Value::Array(types)) = map.get("type").cloned() {
        list_of_types(map, types);
    }
}

/// A list of types: one, that may be null, or several alternatives.
fn list_of_types(map: &mut Map<String, Value>, types: Vec<Value>) {
    let null = types.iter().any(|kind| kind == "null");
    let mut others: Vec<Value> = types.into_iter().filter(|kind| kind != "null").collect();
    if null {
        map.insert("nullable".into(), Value::Bool(true));
    }
    match others.len() {
        0 => {
            map.insert("type".into(), "null".into());
        }
        1 => {
            map.insert("type".into(), others.swap_remove(0));
        }
        _ => {
            map.shift_remove("type");
            let words =
                ["items", "properties", "required", "additionalProperties", "format", "enum", "minimum", "maximum", "maxItems", "minItems"];
            let mut moved = Map::new();
            for word in words {
                moved.extend(map.shift_remove(word).map(|value| (word.to_owned(), value)));
            }
            let alternatives: Vec<Value> = others.into_iter().map(|kind| alternative(&kind, &moved)).collect();
            map.insert("oneOf".into(), alternatives.into());
        }
    }
}

/// The words of a schema that mean something for this one of its types.
fn alternative(kind: &Value, words: &Map<String, Value>) -> Value {
    let mut own = Map::from_iter([("type".to_owned(), kind.clone())]);
    let fits = |word: &str| match kind.as_str() {
        Some("object") => ["properties", "required", "additionalProperties"].contains(&word),
        Some("array") => ["items", "maxItems", "minItems"].contains(&word),
        Some("string") => ["format", "enum"].contains(&word),
        Some("integer" | "number") => ["minimum", "maximum"].contains(&word),
        _ => false,
    };
    own.extend(words.iter().filter(|(word, _)| fits(word)).map(|(word, value)| (word.clone(), value.clone())));
    own.into()
}
