//! Responses as our conventions want them where nothing was recorded: nothing is required but the id, and everything may be null.

use serde_json::{Value, json};

use super::split::{Root, reachable};

/// Makes the components of responses lenient. One that requests have too requires no more than the id already.
pub fn relax(document: &mut Value) {
    let received = reachable(document, Root::Responses);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| received.contains(*name)) {
        let dropped: Vec<String> = dropped(schema).map(str::to_owned).collect();
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !dropped.iter().any(|dropped| name == dropped));
        }
        let required = schema["required"].clone();
        if let Some(schema) = schema.as_object_mut()
            && required.as_array().is_some_and(Vec::is_empty)
        {
            schema.shift_remove("required");
        }
        for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if required.as_array().is_none_or(|names| names.iter().all(|known| known != name)) {
                nullable(property);
            }
        }
    }
}

/// What a component requires and a response may lack: all but its first id.
pub fn dropped(schema: &Value) -> impl Iterator<Item = &str> {
    let required = || schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let id = required().find(|name| ["id", "_id"].contains(name));
    required().filter(move |name| Some(*name) != id)
}

fn nullable(property: &mut Value) {
    if property.get("$ref").is_some() {
        *property = json!({ "nullable": true, "allOf": [property.take()] });
    } else if let Some(property) = property.as_object_mut() {
        let after_type = usize::from(property.contains_key("type"));
        property.shift_insert(after_type, "nullable".into(), true.into());
    }
}
