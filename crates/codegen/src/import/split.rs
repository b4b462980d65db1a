//! Components that are not the same in requests as in responses become two.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Responses, lenient, notes::Notes};
use crate::load::{Position, component_of, referenced, references};

/// Names of properties that only responses have, until it is known where a component is used.
pub const READ_ONLY: &str = "x-read-only";
/// Names of properties that only requests have.
pub const WRITE_ONLY: &str = "x-write-only";

/// What the name of a request's own component ends with.
pub const INPUT: &str = "Input";

/// The media type whose null removes and whose absence leaves.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Gives requests components of their own where one that goes both ways cannot be both, and takes out what does not go a component's way.
pub fn split(document: &mut Value, notes: &mut Notes, responses: Responses) {
    let (sent, patched) = (reachable(document, Root::Requests), reachable(document, Root::Patches));
    let received = reachable(document, Root::Responses);
    let torn = torn(document, &sent, &received, &patched, responses);
    never_null(document, sent.difference(&patched), notes);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let mut inputs: BTreeMap<String, String> = BTreeMap::new();
    for name in &torn {
        let mut own = format!("{name}{INPUT}");
        while schemas.keys().any(|known| known.eq_ignore_ascii_case(&own)) {
            own.push('2');
        }
        let copy = schemas[name].clone();
        schemas.insert(own.clone(), copy);
        notes.add("Components that are not the same in requests as in responses are two", format!("`{name}` and `{own}`"));
        inputs.insert(name.clone(), own);
    }
    for own in inputs.values() {
        refer(&mut schemas[own], &inputs);
    }
    for (name, schema) in schemas.iter_mut() {
        let input = inputs.values().any(|own| own == name);
        let ways = (input || sent.contains(name) && !inputs.contains_key(name), !input && received.contains(name));
        let Some(schema) = schema.as_object_mut() else { continue };
        let (read, write) = (schema.shift_remove(READ_ONLY), schema.shift_remove(WRITE_ONLY));
        match ways {
            (true, false) => without(schema, read.as_ref()),
            (false, true) => without(schema, write.as_ref()),
            (true, true) if read.is_some() || write.is_some() => {
                notes.add("Properties of one direction stand in both (`readOnly`, `writeOnly`)", format!("`{name}`"));
            }
            _ => {}
        }
    }
    for item in document["paths"].as_object_mut().into_iter().flatten().filter_map(|(_, item)| item.as_object_mut()) {
        for operation in item.values_mut() {
            if let Some(body) = operation.get_mut("requestBody") {
                refer(body, &inputs);
            }
        }
    }
}

/// What may be null and may be left out is left out: of media types only that of a merge patch says that null is something else than absence.
fn never_null<'a>(document: &Value, sent: impl Iterator<Item = &'a String>, notes: &mut Notes) {
    for name in sent {
        for property in optional_nullable(&document["components"]["schemas"][name]) {
            notes.add("Optional properties of requests are left out and never sent as null", format!("`{name}.{property}`"));
        }
    }
}

/// The properties that may be null and may be left out.
fn optional_nullable(schema: &Value) -> impl Iterator<Item = &String> {
    let required =
        |name: &String| schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name.as_str()));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.filter(move |(name, property)| property["nullable"] == true && !required(name)).map(|(name, _)| name)
}

/// Where a component is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Root {
    Requests,
    Patches,
    Responses,
}

/// The components that are used there.
pub fn reachable(document: &Value, root: Root) -> BTreeSet<String> {
    let mut found = Vec::new();
    for operation in document["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten()) {
        let operation = operation.1;
        let body = &operation["requestBody"];
        match root {
            Root::Requests => references(body, Position::Node, &mut found),
            Root::Patches => references(&body["content"][MERGE_PATCH], Position::Node, &mut found),
            Root::Responses => references(&operation["responses"], Position::Names, &mut found),
        }
    }
    if root == Root::Responses {
        references(&document["components"]["responses"], Position::Names, &mut found);
    }
    let mut queue: Vec<String> = found.into_iter().filter_map(component_of).collect();
    let mut names = BTreeSet::new();
    while let Some(next) = queue.pop() {
        if names.insert(next.clone()) {
            let mut found = Vec::new();
            references(&document["components"]["schemas"][&next], Position::Node, &mut found);
            queue.extend(found.into_iter().filter_map(component_of));
        }
    }
    names
}

/// Components that go both ways and cannot: what is required of them goes one way only, or null is sent; and all that hold one.
fn torn(
    document: &Value,
    sent: &BTreeSet<String>,
    received: &BTreeSet<String>,
    patched: &BTreeSet<String>,
    responses: Responses,
) -> BTreeSet<String> {
    let schemas = &document["components"]["schemas"];
    let cannot = |name: &String| {
        let schema = &schemas[name];
        let required = |property: &Value| schema["required"].as_array().is_some_and(|names| names.contains(property));
        let one_way = [READ_ONLY, WRITE_ONLY].iter().any(|mark| schema[*mark].as_array().into_iter().flatten().any(required));
        let stricter = responses == Responses::Lenient && lenient::dropped(schema).next().is_some();
        one_way || stricter || patched.contains(name) && optional_nullable(schema).next().is_some()
    };
    let both: BTreeSet<&String> = sent.intersection(received).collect();
    let mut torn: BTreeSet<String> = both.iter().filter(|name| cannot(name)).map(|name| (*name).clone()).collect();
    loop {
        let more: Vec<String> = both
            .iter()
            .filter(|name| !torn.contains(**name))
            .filter(|name| {
                let mut found = Vec::new();
                references(&schemas[name.as_str()], Position::Node, &mut found);
                found.into_iter().filter_map(component_of).any(|target| torn.contains(&target))
            })
            .map(|name| (*name).clone())
            .collect();
        if more.is_empty() {
            return torn;
        }
        torn.extend(more);
    }
}

/// Names the components of requests wherever a node refers to those of both.
fn refer(node: &mut Value, inputs: &BTreeMap<String, String>) {
    match node {
        Value::Object(map) => {
            let own =
                |target: &str| component_of(target).and_then(|target| inputs.get(&target)).map(|own| format!("#/components/schemas/{own}"));
            if let Some(own) = map.get("$ref").and_then(Value::as_str).and_then(own) {
                map.insert("$ref".into(), own.into());
            }
            let mapped = map.get_mut("discriminator").and_then(|discriminator| discriminator["mapping"].as_object_mut());
            for (_, target) in mapped.into_iter().flatten() {
                if let Some(own) = target.as_str().and_then(own) {
                    *target = own.into();
                }
            }
            map.values_mut().for_each(|value| refer(value, inputs));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, inputs)),
        _ => {}
    }
}

/// Takes properties out, unless nothing would be left.
fn without(schema: &mut Map<String, Value>, names: Option<&Value>) {
    let names: Vec<String> = names.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let all = schema.get("properties").and_then(Value::as_object).map_or(0, Map::len);
    if names.is_empty() || names.len() >= all {
        return;
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !names.contains(name));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !names.iter().any(|known| known == name)));
        if required.is_empty() {
            schema.shift_remove("required");
        }
    }
}

/// Whether two components of a `oneOf` are the same thing, whatever is said of them.
pub fn same(schemas: &Map<String, Value>, one: &Value, other: &Value) -> bool {
    let of = |one: &Value| referenced(one).and_then(|name| schemas.get(&name)).map(plain);
    of(one).is_some_and(|one| Some(one) == of(other))
}

/// A schema without what is said of it.
pub fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, value)| *key != "description" || !value.is_string());
            kept.map(|(key, value)| (key.clone(), plain(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}
