//! Stage 3: the document as progenitor should see it. The bundled document itself stays as the vendor documents it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    lint::schemas::{self, Direction},
    load::Document,
    model,
};

/// What the post-passes need to know of the schemas.
#[derive(Debug)]
pub struct Normalised {
    /// The document for progenitor.
    pub json: Value,
    /// Schemas that come from the vendor: their enums stay open, their limits are dropped.
    pub responses: BTreeSet<String>,
    /// Schemas that go to the vendor: they have builders.
    pub requests: BTreeSet<String>,
}

/// Rewrites what progenitor 0.15 misreads, in a copy.
pub fn normalise(document: &Document) -> Normalised {
    let responses = schemas::reachable(document, Direction::Response);
    let requests = schemas::reachable(document, Direction::Request);
    let mut json = document.json.clone();
    paths(document, &mut json);
    if let Some(components) = json["components"].as_object_mut() {
        // Everything else has been read into the model.
        components.retain(|section, _| section == "schemas");
        if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
            let multipart = multipart_bodies(document);
            schemas.retain(|name, _| !multipart.contains(name));
            schemas.iter_mut().for_each(|(name, schema)| simplify(schema, responses.contains(name)));
        }
    }
    if let Some(root) = json.as_object_mut() {
        root.retain(|key, _| ["openapi", "info", "paths", "components", "tags"].contains(&key.as_str()));
    }
    Normalised { json, responses, requests }
}

fn paths(document: &Document, json: &mut Value) {
    let operations: Vec<_> = model::operations(document)
        .map(|(path, method, item, operation)| (path.to_owned(), method, operation_for_progenitor(document, item, operation)))
        .collect();
    let mut paths = Map::new();
    for (path, method, operation) in operations {
        // Progenitor has no word for multipart; `post::multipart` writes these.
        let Some(operation) = operation else { continue };
        let item = paths.entry(path).or_insert_with(|| Value::Object(Map::new()));
        item[method] = operation;
    }
    json["paths"] = paths.into();
}

fn operation_for_progenitor(document: &Document, item: &Value, operation: &Value) -> Option<Value> {
    if operation["x-multipart"] == true {
        return None;
    }
    let mut kept = Map::new();
    for key in ["operationId", "summary", "tags"] {
        kept.insert(key.into(), operation[key].clone());
    }
    let mut parameters: Vec<Value> = model::parameters(document, item, operation)
        .filter(|parameter| model::constant_header(document, parameter).is_none())
        .cloned()
        .collect();
    for parameter in &mut parameters {
        let Some(parameter) = parameter.as_object_mut() else { continue };
        parameter.remove("example");
        if let Some(schema) = parameter.get_mut("schema") {
            simplify(schema, false);
        }
    }
    kept.insert("parameters".into(), parameters.into());
    if let Some(body) = operation.get("requestBody") {
        kept.insert("requestBody".into(), bare(document.follow(body)));
    }
    // Errors are the runtime's: one type for all vendors, whatever the body.
    let responses = operation["responses"].as_object().into_iter().flatten();
    let success =
        responses.filter(|(status, _)| status.starts_with('2')).map(|(status, response)| (status.clone(), bare(document.follow(response))));
    kept.insert("responses".into(), success.collect::<Map<_, _>>().into());
    Some(kept.into())
}

fn multipart_bodies(document: &Document) -> BTreeSet<String> {
    let operations = model::read(document).operations;
    operations
        .iter()
        .filter(|operation| operation.is_multipart())
        .filter_map(|operation| operation.body.as_ref())
        .map(|body| body.schema.clone())
        .collect()
}

/// A body without its examples.
fn bare(body: &Value) -> Value {
    let mut body = body.clone();
    for content in body
        .get_mut("content")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(|content| content.values_mut())
        .filter_map(Value::as_object_mut)
    {
        content.retain(|key, _| key == "schema");
    }
    body
}

fn simplify(schema: &mut Value, response: bool) {
    let Some(map) = schema.as_object_mut() else { return };
    // Defaults and examples are documentation; bounds of numbers and arrays become types nobody can build (`NonZeroU64`), and a pattern
    // brings a regular expression engine into every client.
    for key in [
        "default",
        "example",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "externalDocs",
        "title",
        "pattern",
    ] {
        map.remove(key);
    }
    if response {
        for key in ["minLength", "maxLength"] {
            map.remove(key);
        }
    }
    if let Some(format) = map.get("format").and_then(Value::as_str)
        && !["uuid", "date-time", "date", "binary"].contains(&format)
    {
        map.remove("format");
    }
    if map.get("allOf").and_then(Value::as_array).is_some_and(|parts| parts.len() == 1) {
        lift_single_part(map);
    }
    if map.contains_key("properties") && map.get("additionalProperties") == Some(&Value::Bool(true)) {
        // `true` is dropped by typify; an empty schema keeps the properties nobody named.
        map.insert("additionalProperties".into(), Value::Object(Map::new()));
    }
    let required: BTreeSet<String> =
        map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    for (name, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        simplify(property, response);
        optional_collection(property, !required.contains(name));
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(key) {
            simplify(inner, response);
        }
    }
    for key in ["oneOf", "allOf"] {
        map.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(|part| simplify(part, response));
    }
}

/// `{nullable, allOf: [one]}` is how OpenAPI 3.0 writes a nullable reference. An optional field is an `Option` anyway.
fn lift_single_part(map: &mut Map<String, Value>) {
    let part = map.remove("allOf").and_then(|parts| parts.as_array().and_then(|parts| parts.first().cloned()));
    if let Some(Value::Object(part)) = part {
        let description = map.remove("description");
        map.clear();
        map.extend(part);
        if let Some(description) = description.filter(|_| !map.contains_key("$ref")) {
            map.insert("description".into(), description);
        }
    }
}

/// An optional array or map is an `Option` too: null is not an error, and `[]` is not the same as nothing.
fn optional_collection(property: &mut Value, optional: bool) {
    let Some(map) = property.as_object_mut() else { return };
    let collection = map.get("type").is_some_and(|kind| kind == "array" || kind == "object");
    if optional && collection {
        map.insert("nullable".into(), true.into());
    } else if optional {
        map.remove("nullable");
    }
}
