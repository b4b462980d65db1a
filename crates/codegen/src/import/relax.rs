//! Schemas that nothing can be shown to fit say less.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{notes::Notes, words::LIMITS};
use crate::load::{Position, component_of, pointer, referenced, references};

/// Takes the limits out of everything that a schema is made of.
pub fn limits(document: &mut Value, schema: &Value, notes: &mut Notes) {
    let mut seen = BTreeSet::new();
    let mut queue: Vec<String> = referenced(schema).into_iter().collect();
    while let Some(name) = queue.pop() {
        let at = pointer::child("/components/schemas", &name);
        let Some(node) = document.pointer_mut(&at).filter(|_| !seen.contains(&name)) else { continue };
        if without(node, Position::Node) {
            notes.add("Limits that no example could be made for were left out", format!("component `{name}`"));
        }
        let mut found = Vec::new();
        references(node, Position::Node, &mut found);
        queue.extend(found.into_iter().filter_map(component_of));
        seen.insert(name);
    }
}

/// Takes the limits of every text and number that `can_be` says nothing can be made for.
pub fn values(node: &mut Value, at: &str, position: Position, can_be: &mut dyn FnMut(&Value) -> bool, notes: &mut Notes) {
    match node {
        Value::Object(map) if position != Position::Data => {
            let single = position == Position::Node
                && map.get("type").is_some_and(|kind| ["string", "integer", "number"].iter().any(|one| kind == one));
            if single && map.keys().any(|key| LIMITS.contains(&key.as_str())) {
                let plain: Value = map.clone().into();
                if !can_be(&plain) {
                    map.retain(|key, _| !LIMITS.contains(&key.as_str()));
                    notes.add("Limits that no example could be made for were left out", format!("`{at}`"));
                }
                return;
            }
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                values(value, &pointer::child(at, key), below, can_be, notes);
            }
        }
        Value::Array(items) if position != Position::Data => {
            for (index, item) in items.iter_mut().enumerate() {
                values(item, &format!("{at}/{index}"), position.item(), can_be, notes);
            }
        }
        _ => {}
    }
}

/// Makes a component a value of any type.
pub fn to_any(document: &mut Value, schema: &Value, notes: &mut Notes) {
    let Some(name) = referenced(schema) else { return };
    if let Some(node) = document.pointer_mut(&pointer::child("/components/schemas", &name)) {
        notes.add("Schemas that no example could be made for became values of any type", format!("component `{name}`"));
        let description = node["description"].as_str().unwrap_or("Any JSON value.").to_owned();
        *node = json!({ "description": description });
    }
}

/// Takes the limits out of a node and what is below it; whether there were any.
pub fn without(node: &mut Value, position: Position) -> bool {
    match node {
        Value::Object(map) if position != Position::Data => {
            let before = map.len();
            if position == Position::Node {
                map.retain(|key, _| !LIMITS.contains(&key.as_str()));
            }
            let mut changed = map.len() < before;
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                changed |= without(value, below);
            }
            changed
        }
        Value::Array(items) if position != Position::Data => {
            let mut changed = false;
            for item in items {
                changed |= without(item, position.item());
            }
            changed
        }
        _ => false,
    }
}
