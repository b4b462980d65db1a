//! Schemas as samples are made and validated by them.

use jsonschema::Validator;
use reachout_document::{Position, pointer};
use serde_json::{Map, Value, json};

use super::Way;

/// Validates an object that holds values under the names of their components.
pub fn validator(schemas: &Value) -> Option<Validator> {
    let mut translated = schemas.clone();
    translate(&mut translated, Position::Names);
    let names = translated.as_object()?.keys();
    let properties: Map<String, Value> = names.map(|name| (name.clone(), json!({ "$ref": reference(name) }))).collect();
    let root = json!({ "properties": properties, "components": { "schemas": translated } });
    jsonschema::draft202012::options().should_validate_formats(true).build(&root).ok()
}

pub fn reference(name: &str) -> String {
    pointer::child("#/components/schemas", name)
}

/// What JSON Schema says in other words than OpenAPI 3.0 does.
fn translate(node: &mut Value, position: Position) {
    match node {
        Value::Object(map) if position != Position::Data => {
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                translate(value, below);
            }
            if position == Position::Names {
                return;
            }
            if map.get("format").is_some_and(|format| format == "binary") {
                map.shift_remove("format");
            }
            for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
                match map.get(exclusive) {
                    Some(Value::Bool(true)) => drop(map.shift_remove(bound).map(|value| map.insert(exclusive.to_owned(), value))),
                    Some(Value::Bool(false)) => drop(map.shift_remove(exclusive)),
                    _ => {}
                }
            }
            if map.shift_remove("nullable") == Some(Value::Bool(true)) {
                let other = std::mem::take(map);
                map.insert("anyOf".into(), json!([{ "type": "null" }, other]));
            }
        }
        Value::Array(items) if position != Position::Data => items.iter_mut().for_each(|item| translate(item, position.item())),
        _ => {}
    }
}

/// Puts the words of a part beside those that are there.
pub fn merge(map: &mut Map<String, Value>, part: Map<String, Value>) {
    for (key, value) in part {
        match (map.get_mut(&key), value) {
            (Some(Value::Object(own)), Value::Object(other)) if key == "properties" => {
                for (name, property) in other {
                    match own.get_mut(&name) {
                        Some(known) if *known != property => *known = json!({ "allOf": [known.take(), property] }),
                        Some(_) => {}
                        None => drop(own.insert(name, property)),
                    }
                }
            }
            (Some(Value::Array(own)), Value::Array(other)) if key == "required" => own.extend(other),
            (Some(Value::Array(own)), Value::Array(other)) if key == "enum" => own.retain(|value| other.contains(value)),
            (Some(_), _) => {}
            (None, value) => drop(map.insert(key, value)),
        }
    }
}

/// Takes out the properties that go the other way.
pub fn one_way(node: &mut Value, way: Way) {
    let other = if way == Way::Sent { "readOnly" } else { "writeOnly" };
    match node {
        Value::Object(map) => {
            let gone: Vec<String> = map
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter(|(_, property)| property[other] == true)
                .map(|(name, _)| name.clone())
                .collect();
            if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
                properties.retain(|name, _| !gone.contains(name));
            }
            if let Some(required) = map.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| !gone.iter().any(|gone| name == gone.as_str()));
            }
            map.values_mut().for_each(|value| one_way(value, way));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| one_way(item, way)),
        _ => {}
    }
}
