//! Schemas as samples are made by them.

use reachout_document::pointer;
use serde_json::{Map, Value, json};

use super::Way;

pub fn reference(name: &str) -> String {
    pointer::child("#/components/schemas", name)
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
