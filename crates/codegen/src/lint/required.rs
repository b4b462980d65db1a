//! What a response may require. A page is no proof: recorded responses contradict most of what documents call required, and a response that
//! cannot be decoded is an error after the vendor acted.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Direction, Document, RECORDED, pointer, referenced},
};

const HELP: &str = "make it optional and nullable; required is the id that a response is useless without, with what holds it, the one property that \
    tells an alternative from the others, and what an operation of the level `recorded` returned";

/// How deep an id may lie in what holds it.
const DEPTH: usize = 8;

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let mut received = document.reachable(Direction::Response);
    let envelope = &document.json()["x-webhook-envelope"];
    received.extend(referenced(&envelope["schema"]));
    let recorded = document.operations().filter(|operation| operation.node["x-evidence"]["level"] == RECORDED);
    let recorded = document.made_of(recorded.filter_map(|operation| referenced(operation.response()?.schema)).collect());
    let envelope: BTreeSet<&str> = ["type", "data"].into_iter().filter_map(|key| envelope[key].as_str()).collect();
    let schemas = &document.json()["components"]["schemas"];
    let alternatives: Vec<&Value> = received
        .iter()
        .flat_map(|name| schemas[name]["oneOf"].as_array().into_iter().flatten())
        .map(|alternative| document.resolve(alternative))
        .collect();
    for name in received.difference(&recorded) {
        let schema = &schemas[name];
        let is_alternative = alternatives.iter().any(|alternative| std::ptr::eq(*alternative, schema));
        let mut has_id = false;
        for (index, property) in required(schema).enumerate() {
            let first_id = (is_alternative || is_id(property)) && !std::mem::replace(&mut has_id, true);
            if first_id || envelope.contains(property) || holds_id(document, &schema["properties"][property], DEPTH) {
                continue;
            }
            let at = format!("{}/required/{index}", pointer::child("/components/schemas", name));
            findings.push(document.work(&at, format!("`{property}` is required in a response, on the word of a page"), HELP));
        }
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// `id`, `_id`, `messageId`, `user_id`.
fn is_id(property: &str) -> bool {
    ["id", "_id"].contains(&property) || property.ends_with("Id") || property.ends_with("_id")
}

/// Whether every value of a schema has an id, or is a list of such.
fn holds_id(document: &Document, schema: &Value, depth: usize) -> bool {
    let schema = document.resolve(schema);
    if depth == 0 {
        return false;
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        return alternatives.iter().all(|alternative| holds_id(document, alternative, depth - 1));
    }
    match schema["type"].as_str() {
        Some("array") => holds_id(document, &schema["items"], depth - 1),
        _ => required(schema).any(|name| is_id(name) || holds_id(document, &schema["properties"][name], depth - 1)),
    }
}
