//! The documented example as a response: what the request says is echoed, and ids are fresh.

use serde_json::{Map, Value};

use crate::api::{Document, Operation};
use crate::check::Checked;
use crate::ids;

/// The example response of `operation`, with the fields of the request that the response has too.
pub(crate) fn response(document: &Document, operation: &Operation, checked: &Checked) -> Value {
    let Some((schema, example)) = operation.response() else { return Value::Null };
    let mut said: Map<String, Value> = checked.parameters.clone().into_iter().collect();
    said.extend(checked.body.as_object().cloned().unwrap_or_default());
    let makes = ["create_", "send_", "add_"].iter().any(|verb| operation.id.starts_with(verb));
    let mut value = example.clone();
    overlay(document, schema, &mut value, &said, makes);
    value
}

fn overlay(document: &Document, schema: &Value, value: &mut Value, said: &Map<String, Value>, fresh: bool) {
    let (Some(properties), Some(fields)) = (document.properties(schema), value.as_object_mut()) else { return };
    for (name, property) in properties {
        match said.get(name).filter(|said| fits(document, property, said)) {
            Some(said) => drop(fields.insert(name.clone(), document.project(property, said.clone()))),
            None => match fields.get_mut(name) {
                Some(Value::Object(_)) => overlay(document, property, &mut fields[name.as_str()], said, fresh),
                Some(Value::String(id)) if fresh && (name == "id" || name.ends_with("Id") || name.ends_with("_id")) => {
                    *id = ids::like(&Value::String(std::mem::take(id)));
                }
                _ => {}
            },
        }
    }
}

/// Whether a value of the request may stand in the response: of the same type, and one of the values where these are listed.
pub(crate) fn fits(document: &Document, schema: &Value, value: &Value) -> bool {
    let schema = document.resolve(schema);
    let same_type = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.as_array().is_some_and(|items| items.iter().all(|item| fits(document, &schema["items"], item))),
        Some("object") => value.is_object(),
        _ => true,
    };
    same_type && schema["enum"].as_array().is_none_or(|values| values.contains(value))
}
