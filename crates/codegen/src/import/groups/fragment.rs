//! A draft of a group as a fragment: our words, our order, and what the reviewed fragments have in common with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    super::notes::Notes,
    paging,
    plan::{self, Group, Plan},
    words,
};
use crate::{
    diagnostic::Error,
    load::{Position, component_of, pointer, references},
    names::sentence,
};

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

/// What the fragments of a vendor share.
const ERROR: &str = "../common.yaml#/components/responses/Error";
const ANY: &str = "../common.yaml#/components/schemas/AnyValue";
const PARAMETERS: &str = "../common.yaml#/components/parameters/";

/// The constant header that says which version of the API an operation is written for.
const VERSION: &str = "Version";

/// Gives a published file the names of its plan, and makes what counts a whole number.
pub fn prepare(source: &mut Value, plan: &Plan, group: &Group, notes: &mut Notes) -> Result<(), Error> {
    let file = &group.file;
    open_lists(source, Position::Node, "", notes);
    let mut known: BTreeSet<&str> = group.operations.keys().map(String::as_str).collect();
    for (path, method, operation) in operations(source) {
        let written = operation["tags"][0].as_str().unwrap_or_default();
        let Some(tag) = group.tags.get(written) else {
            let message =
                format!("`{written}`, the tag of {} {path}, is not among the tags of group `{}`", method.to_uppercase(), group.name);
            return Err(plan::problem(file, message, "give it a name and a description in groups.yaml"));
        };
        let key = format!("{} {path}", method.to_uppercase());
        let (tag, id) = (tag.name.clone(), group.operations.get(&key).cloned());
        known.remove(key.as_str());
        operation["tags"] = json!([tag]);
        if let Some(id) = id {
            operation["operationId"] = id.into();
        }
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if paging::counts(parameter)
                && let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
            {
                schema.insert("type".into(), "integer".into());
            }
        }
        // A success without a schema is whatever comes: JSON, or nothing.
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let empty = response.get("content").and_then(Value::as_object).is_none_or(Map::is_empty);
            if status.starts_with('2') && status != "204" && empty {
                response["content"] = json!({ "application/json": {} });
            }
        }
    }
    match known.first() {
        Some(unknown) => Err(plan::problem(file, format!("`{unknown}` is not in this file"), "correct it in groups.yaml, or remove it")),
        None if plan.groups.iter().filter(|other| other.name == group.name).count() > 1 => {
            Err(plan::problem(file, format!("group `{}` is there twice", group.name), "give one of them another name in groups.yaml"))
        }
        None => Ok(()),
    }
}

/// The longest enumeration that is written out: what is longer is a standard's list, such as that of countries, which is a text.
const LONGEST: usize = 100;

fn open_lists(node: &mut Value, position: Position, at: &str, notes: &mut Notes) {
    match node {
        Value::Object(map) if position != Position::Data => {
            if position == Position::Node && map.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() > LONGEST) {
                map.shift_remove("enum");
                notes.add("Enumerations of more than a hundred values became texts", at);
            }
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                open_lists(value, below, &pointer::child(at, key), notes);
            }
        }
        Value::Array(items) if position != Position::Data => {
            items.iter_mut().for_each(|item| open_lists(item, position.item(), at, notes));
        }
        _ => {}
    }
}

fn operations(source: &mut Value) -> impl Iterator<Item = (String, String, &mut Value)> {
    let items = source["paths"].as_object_mut().into_iter().flatten();
    items.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation))
    })
}

/// What a draft does not keep: whose token each operation takes, and with which scopes.
pub struct Known(BTreeMap<(String, String), (Option<&'static str>, Vec<String>)>);

impl Known {
    pub fn of(source: &Value, plan: &Plan) -> Self {
        let mut known = BTreeMap::new();
        for (path, method, operation) in operations(&mut source.clone()) {
            let ways = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
            let (mut tokens, mut scopes) = (BTreeSet::new(), Vec::new());
            for (scheme, needed) in ways {
                tokens.extend(plan.tokens.get(scheme).map(String::as_str));
                for scope in needed.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !scopes.iter().any(|known| known == scope) {
                        scopes.push(scope.to_owned());
                    }
                }
            }
            let token = match tokens.into_iter().collect::<Vec<_>>().as_slice() {
                [] => None,
                ["location"] => Some("location"),
                ["agency"] => Some("agency"),
                _ => Some("any"),
            };
            known.insert((path, method), (token, scopes));
        }
        Self(known)
    }

    /// Puts it into the operations of the draft.
    pub fn tell(&self, document: &mut Value) {
        for (path, method, operation) in operations(document) {
            let Some((token, scopes)) = self.0.get(&(path, method)) else { continue };
            if let Some(token) = token {
                operation["x-token"] = (*token).into();
            }
            operation["description"] = match scopes.as_slice() {
                [] => "The vendor's file names no scope.".into(),
                [one] => format!("Needs the scope `{one}`.").into(),
                several => format!("Needs one of the scopes `{}`.", several.join("`, `")).into(),
            };
        }
    }
}

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
        let mut schema = parameter["schema"].take();
        let description = words::of_field(&name, &schema, plan);
        if let Some(schema) = schema.as_object_mut() {
            schema.shift_remove("default");
        }
        let Some(map) = parameter.as_object_mut() else { continue };
        map.insert("schema".into(), schema);
        map.shift_remove("description");
        let at = map.keys().position(|key| key == "schema").unwrap_or_default();
        map.shift_insert(at, "description".into(), description.into());
    }
}

/// The operation's keys in the order of the reviewed fragments.
fn in_order(operation: &mut Value, plan: &Plan, group: &Group) {
    let Some(old) = operation.as_object_mut() else { return };
    let id = old["operationId"].as_str().unwrap_or_default();
    let mut own = Map::from_iter([
        ("summary".to_owned(), Value::from(sentence(id))),
        ("externalDocs".to_owned(), json!({ "url": format!("{}{}", plan.pages, group.file.display()) })),
        ("x-evidence".to_owned(), json!({ "level": "official", "note": plan.note })),
    ]);
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
    map.shift_remove("default");
    map.shift_remove("description");
    let at = usize::from(map.contains_key("type"));
    map.shift_insert(at, "description".into(), words::of_component(name).into());
    for (name, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let said = words::of_field(name, property, plan);
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
        for key in ["description", "default", "example", "title"] {
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
