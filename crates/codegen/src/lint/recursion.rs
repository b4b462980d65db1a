//! Nothing is made of itself without end: references in a circle, and objects that always hold one of their own kind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer, referenced},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    for section in ["schemas", "parameters", "requestBodies", "responses", "examples"] {
        let aliases: BTreeMap<&str, Vec<String>> = document.json()["components"][section]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, node)| (name.as_str(), alias(section, node).into_iter().collect()))
            .collect();
        report(document, section, &aliases, "refers to itself", "write out what it is", findings);
    }
    let schemas = || document.json()["components"]["schemas"].as_object().into_iter().flatten();
    // Circles of plain references have been reported.
    let plain = |schema: &Value| schema.get("$ref").is_none();
    let made_of = schemas().map(|(name, schema)| (name.as_str(), if plain(schema) { parts(schema, true) } else { Vec::new() })).collect();
    report(document, "schemas", &made_of, "is made of itself", "take it out of its own `allOf` or `oneOf`", findings);
    let holds = schemas().map(|(name, schema)| (name.as_str(), held(schema))).collect();
    report(document, "schemas", &holds, "always holds another of its kind, without end", "make the property optional", findings);
}

/// What a component that is only a `$ref` names.
fn alias(section: &str, node: &Value) -> Option<String> {
    let reference = node["$ref"].as_str()?.strip_prefix(&format!("#/components/{section}/"))?;
    Some(pointer::unescape(reference))
}

/// The components whose properties a schema has for its own, alternatives included.
fn parts(schema: &Value, alternatives: bool) -> Vec<String> {
    let keys: &[&str] = if alternatives { &["allOf", "oneOf"] } else { &["allOf"] };
    let parts = keys.iter().flat_map(|key| schema[*key].as_array().into_iter().flatten());
    parts.filter_map(referenced).collect()
}

/// The components that every value of a schema has within it.
fn held(schema: &Value) -> Vec<String> {
    let mut held = parts(schema, false);
    held.extend(referenced(schema));
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let property = &schema["properties"][name];
        if property["nullable"] != true {
            held.extend(referenced(property));
            held.extend(parts(property, false));
        }
    }
    held
}

/// Reports every circle once, at the component that comes first.
fn report(
    document: &Document,
    section: &str,
    edges: &BTreeMap<&str, Vec<String>>,
    message: &str,
    help: &str,
    findings: &mut Vec<Diagnostic>,
) {
    let mut done = BTreeSet::new();
    for start in edges.keys().copied() {
        // A depth-first walk with its own stack: each entry is a component and how many of its edges were taken.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((name, taken)) = path.last_mut() {
            let next = edges.get(*name).and_then(|edges| edges.get(*taken)).map(String::as_str);
            *taken += 1;
            match next {
                Some(next) if path.iter().any(|(above, _)| *above == next) => {
                    let circle: Vec<&str> = path.iter().map(|(name, _)| *name).skip_while(|name| *name != next).collect();
                    let first = circle.iter().min().copied().unwrap_or(next);
                    let at = pointer::child(&format!("/components/{section}"), first);
                    let others: Vec<String> = circle.iter().filter(|name| **name != first).map(|name| format!("`{name}`")).collect();
                    let through = if others.is_empty() { String::new() } else { format!(" through {}", others.join(", ")) };
                    findings.push(document.diagnostic(&at, format!("component `{first}` {message}{through}"), help));
                }
                Some(next) if !done.contains(next) => path.push((next, 0)),
                Some(_) => {}
                None => {
                    done.extend(path.pop().map(|(name, _)| name.to_owned()));
                }
            }
        }
    }
}
