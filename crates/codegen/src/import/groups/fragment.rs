//! A draft of a group as a fragment: our words, our order, and what the reviewed fragments have in common with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    paging,
    plan::{Group, Plan},
    source::operations,
    words,
};
use crate::{
    import::prose,
    load::{Position, component_of, references},
    names::sentence,
};

/// What the fragments of a vendor share.
const ERROR: &str = "../common.yaml#/components/responses/Error";
const ANY: &str = "../common.yaml#/components/schemas/AnyValue";
const PARAMETERS: &str = "../common.yaml#/components/parameters/";

/// The constant header that says which version of the API an operation is written for.
const VERSION: &str = "Version";

/// The fragment of a draft.
pub fn of(mut document: Value, plan: &Plan, group: &Group) -> Value {
    paging::find(&mut document);
    let version = version(&document);
    for (_, _, operation) in operations(&mut document) {
        parameters(operation, plan, version.is_some());
        in_order(operation, plan, group);
    }
    let mut components = document["components"]["schemas"].take();
    for (name, schema) in components.as_object_mut().into_iter().flatten() {
        component(name, schema, plan);
    }
    let mut paths = document["paths"].take();
    for node in [&mut paths, &mut components] {
        shared(node);
    }
    keep_used(&paths, &mut components);
    let tags: BTreeMap<&str, &str> = group.tags.values().map(|tag| (tag.name.as_str(), tag.description.as_str())).collect();
    let tags: Vec<Value> =
        tags.into_iter().map(|(name, description)| json!({ "name": name, "x-feature": group.name, "description": description })).collect();
    json!({ "tags": tags, "paths": paths, "components": { "schemas": components } })
}

/// The one version that all operations of a file say. Where a root takes the fragment it adds the header, which an edition may have another value of.
fn version(document: &Value) -> Option<String> {
    let mut document = document.clone();
    let versions: BTreeSet<Option<String>> = operations(&mut document)
        .map(|(_, _, operation)| {
            let header = operation["parameters"].as_array().into_iter().flatten().find(|parameter| parameter["name"] == VERSION);
            header.and_then(|header| header["schema"]["enum"][0].as_str().map(str::to_owned))
        })
        .collect();
    match versions.into_iter().collect::<Vec<_>>().as_mut_slice() {
        [one] => one.take(),
        _ => None,
    }
}

fn parameters(operation: &mut Value, plan: &Plan, is_uniform: bool) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    parameters.retain(|parameter| parameter["name"] != VERSION || !is_uniform);
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        if name == VERSION {
            let version = parameter["schema"]["enum"][0].as_str().unwrap_or_default().replace('-', "");
            *parameter = json!({ "$ref": format!("{PARAMETERS}{VERSION}{version}") });
            continue;
        }
        let schema = parameter["schema"].take();
        let mut description = words::of_field(&name, &schema, plan);
        let Some(map) = parameter.as_object_mut() else { continue };
        if let Some(default) = map.get("description").and_then(Value::as_str).and_then(prose::stated_default) {
            description = format!("{description} {default}");
        }
        map.insert("schema".into(), schema);
        map.shift_remove("description");
        let at = map.keys().position(|key| key == "schema").unwrap_or_default();
        map.shift_insert(at, "description".into(), description.into());
    }
}

/// The keys of an operation in the order of the reviewed fragments.
const ORDER: [&str; 16] = [
    "operationId",
    "x-method",
    "tags",
    "x-effect",
    "x-guess",
    "x-repeat",
    "x-token",
    "x-multipart",
    "deprecated",
    "summary",
    "description",
    "externalDocs",
    "x-evidence",
    "x-pagination",
    "parameters",
    "requestBody",
];

fn in_order(operation: &mut Value, plan: &Plan, group: &Group) {
    let Some(old) = operation.as_object_mut() else { return };
    let id = old["operationId"].as_str().unwrap_or_default();
    let mut own = Map::from_iter([
        ("summary".to_owned(), Value::from(sentence(id))),
        ("externalDocs".to_owned(), json!({ "url": format!("{}{}", plan.pages, group.file.display()) })),
        ("x-evidence".to_owned(), json!({ "level": "official", "note": plan.note })),
    ]);
    let mut ordered: Map<String, Value> =
        ORDER.iter().filter_map(|key| Some(((*key).to_owned(), own.shift_remove(*key).or_else(|| old.shift_remove(*key))?))).collect();
    if ordered.get("parameters").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        ordered.shift_remove("parameters");
    }
    if let Some(body) = ordered.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.shift_remove("description");
    }
    let mut responses = old.shift_remove("responses").unwrap_or_default();
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        match status.as_str() {
            "4XX" | "5XX" => *response = json!({ "$ref": ERROR }),
            _ => response["description"] = "Success.".into(),
        }
    }
    // What has no schema may be nothing at all.
    let is_any =
        |response: &Value| response["content"]["application/json"]["schema"]["$ref"].as_str().is_some_and(|to| to.ends_with("/AnyValue"));
    let responses_map = responses.as_object_mut();
    if let Some(map) = responses_map
        && map.iter().any(|(_, response)| is_any(response))
        && !map.contains_key("204")
    {
        map.shift_insert(1, "204".into(), json!({ "description": "Success, without a body." }));
    }
    ordered.insert("responses".into(), responses);
    *old = ordered;
}

/// A component in our words.
fn component(name: &str, schema: &mut Value, plan: &Plan) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.contains_key("$ref") {
        return;
    }
    map.shift_remove("description");
    let at = usize::from(map.contains_key("type"));
    map.shift_insert(at, "description".into(), words::of_component(name).into());
    for (name, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let mut said = words::of_field(name, property, plan);
        if let Some(default) = property["description"].as_str().and_then(prose::stated_default) {
            said = format!("{said} {default}");
        }
        plain(property);
        if property.get("$ref").is_none()
            && let Some(property) = property.as_object_mut()
        {
            property.insert("description".into(), said.into());
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(below) = map.get_mut(key) {
            plain(below);
        }
    }
}

/// Takes the vendor's words out of a node and what is in it.
fn plain(node: &mut Value) {
    if let Some(map) = node.as_object_mut() {
        for key in ["description", "example", "title"] {
            map.shift_remove(key);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(below) = map.get_mut(key) {
                plain(below);
            }
        }
    }
}

/// Points at what all fragments share.
fn shared(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if map.get("$ref").is_some_and(|to| to == "#/components/schemas/AnyValue") {
                map.insert("$ref".into(), ANY.into());
            }
            map.values_mut().for_each(shared);
        }
        Value::Array(items) => items.iter_mut().for_each(shared),
        _ => {}
    }
}

/// Takes out the components that only the errors were made of.
fn keep_used(paths: &Value, components: &mut Value) {
    let mut found = Vec::new();
    references(paths, Position::Names, &mut found);
    let mut queue: Vec<String> = found.into_iter().filter_map(component_of).collect();
    let mut used = BTreeSet::new();
    while let Some(next) = queue.pop() {
        if used.insert(next.clone()) {
            let mut found = Vec::new();
            references(&components[&next], Position::Node, &mut found);
            queue.extend(found.into_iter().filter_map(component_of));
        }
    }
    if let Some(components) = components.as_object_mut() {
        components.retain(|name, _| used.contains(name));
        components.sort_keys();
    }
}
