//! Schemas of arguments and results, and arguments that are read strictly.

use std::sync::Arc;

use reachout_document::nearest;
use rmcp::model::JsonObject;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The schema of arguments, which has no others.
pub(crate) fn input<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = Arc::unwrap_or_clone(output::<T>());
    schema.insert("additionalProperties".to_owned(), false.into());
    Arc::new(schema)
}

/// The schema of a result, as short as it can be said: everything in place, no null beside what may be left out, no titles.
pub(crate) fn output<T: JsonSchema>() -> Arc<JsonObject> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut schema = schema.to_value();
    simplify(&mut schema);
    Arc::new(match schema {
        Value::Object(mut schema) => {
            // Of a struct, it would say what the tool's own description says.
            schema.remove("description");
            schema
        }
        // A type of this crate is a struct.
        _ => Map::new(),
    })
}

fn simplify(schema: &mut Value) {
    let Some(node) = schema.as_object_mut() else {
        if let Some(list) = schema.as_array_mut() {
            list.iter_mut().for_each(simplify);
        }
        return;
    };
    for key in ["title", "format", "default", "minimum"] {
        // A property may have such a name; then it is an object.
        if node.get(key).is_some_and(|value| !value.is_object()) {
            node.remove(key);
        }
    }
    if let Some(Value::Array(types)) = node.get("type")
        && let [one, null] = types.as_slice()
        && null == "null"
    {
        let one = one.clone();
        node.insert("type".to_owned(), one);
    }
    node.values_mut().for_each(simplify);
    // Anything: some clients do not read `true` as a schema.
    if let Some(properties) = node.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().filter(|schema| **schema == Value::Bool(true)).for_each(|schema| *schema = Value::Object(Map::new()));
    }
}

/// The arguments of a tool. A name that it does not have is an error with the nearest one: an argument that was left out by a slip must not
/// widen what a tool does.
pub(crate) fn arguments<T: DeserializeOwned>(schema: &JsonObject, given: Map<String, Value>) -> Result<T, Failure> {
    let known = || schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
    if let Some(unknown) = given.keys().find(|name| !known().any(|known| known == name.as_str())) {
        let hint = nearest(unknown, known()).map_or_else(|| ".".to_owned(), |name| format!("; did you mean `{name}`?"));
        let all = known().collect::<Vec<_>>().join(", ");
        return Err(Failure::arguments(format!("the tool does not take `{unknown}`{hint} It takes {all}")));
    }
    serde_json::from_value(Value::Object(given)).map_err(|error| Failure::arguments(error.to_string()))
}
