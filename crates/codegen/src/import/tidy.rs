//! What can only be settled when every component is there: types beside `nullable`, circles, limits, what nothing uses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Responses, lenient, notes::Notes, relax, split};
use crate::load::{Position, component_of, referenced, references};

/// Settles the schemas of a draft.
pub fn tidy(document: &mut Value, notes: &mut Notes, responses: Responses) {
    merge_equal(document, notes);
    remove_unused(document, notes);
    split::split(document, notes, responses);
    if responses == Responses::Lenient {
        lenient::relax(document);
    }
    discriminators(document, notes);
    types_beside_nullable(document, notes);
    order_alternatives(document);
    open_circles(document, notes);
    limits_of_requests(document);
}

fn schemas(document: &mut Value) -> Option<&mut Map<String, Value>> {
    document.get_mut("components")?.get_mut("schemas")?.as_object_mut()
}

/// Alternatives that are the same but for their descriptions are one.
fn merge_equal(document: &mut Value, notes: &mut Notes) {
    let Some(schemas) = schemas(document) else { return };
    let before = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        // A discriminator tells apart what looks the same.
        let Some(alternatives) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { continue };
        let mut distinct: Vec<Value> = Vec::new();
        let mut kept: BTreeMap<String, Value> = BTreeMap::new();
        for one in alternatives.iter() {
            let known = distinct.iter().find(|known| split::same(&before, known, one)).cloned();
            kept.extend(one["$ref"].as_str().map(|reference| (reference.to_owned(), known.as_ref().unwrap_or(one)["$ref"].clone())));
            if known.is_none() {
                distinct.push(one.clone());
            }
        }
        if distinct.len() < alternatives.len() {
            notes.add("Alternatives that are the same became one", format!("`{name}`"));
            *alternatives = distinct;
            for target in
                schema.get_mut("discriminator").and_then(|own| own["mapping"].as_object_mut()).into_iter().flat_map(Map::values_mut)
            {
                if let Some(own) = target.as_str().and_then(|target| kept.get(target)) {
                    *target = own.clone();
                }
            }
        }
        if let Some([only]) = schema["oneOf"].as_array().map(Vec::as_slice) {
            *schema = referenced(only).and_then(|target| before.get(&target)).unwrap_or(only).clone();
        }
    }
}

/// A discriminator that not every alternative has is none.
fn discriminators(document: &mut Value, notes: &mut Notes) {
    let Some(schemas) = schemas(document) else { return };
    let before = schemas.clone();
    for (name, schema) in schemas.iter_mut() {
        let Some(property) = schema["discriminator"]["propertyName"].as_str().map(str::to_owned) else { continue };
        let alternatives = schema["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
        let sound = !alternatives.is_empty() && alternatives.iter().all(|one| has(&before, one, &property, 0));
        let Some(map) = schema.as_object_mut().filter(|_| !sound) else { continue };
        map.shift_remove("discriminator");
        notes
            .add("Alternatives are told apart by their fields: not every one has the property of the `discriminator`", format!("`{name}`"));
    }
}

/// Whether an alternative has a property, by itself or by all of its own alternatives.
fn has(schemas: &Map<String, Value>, one: &Value, property: &str, depth: usize) -> bool {
    let Some(schema) = referenced(one).and_then(|name| schemas.get(&name)).filter(|_| depth < 16) else { return false };
    let nested = || schema["oneOf"].as_array().is_some_and(|nested| nested.iter().all(|one| has(schemas, one, property, depth + 1)));
    schema["properties"].get(property).is_some() || schema.get("$ref").is_some() && has(schemas, schema, property, depth + 1) || nested()
}

fn remove_unused(document: &mut Value, notes: &mut Notes) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    references(&document["paths"], Position::Names, &mut found);
    references(&document["components"]["responses"], Position::Names, &mut found);
    let mut queue: Vec<String> = found.into_iter().filter_map(component_of).collect();
    while let Some(next) = queue.pop() {
        if used.contains(&next) {
            continue;
        }
        let mut found = Vec::new();
        references(&document["components"]["schemas"][&next], Position::Node, &mut found);
        queue.extend(found.into_iter().filter_map(component_of));
        used.insert(next);
    }
    let Some(schemas) = schemas(document) else { return };
    let unused: Vec<String> = schemas.keys().filter(|name| !used.contains(*name)).cloned().collect();
    for name in unused {
        notes.add("Components that nothing uses were left out", format!("`{name}`"));
        schemas.shift_remove(&name);
    }
}

/// What a nullable reference's target is: OpenAPI 3.0 wants the type beside it, and knows no nullable alternative.
fn types_beside_nullable(document: &mut Value, notes: &mut Notes) {
    let Some(schemas) = schemas(document) else { return };
    let kinds: BTreeMap<String, Option<String>> = schemas.keys().map(|name| (name.clone(), kind(schemas, name))).collect();
    for (component, schema) in schemas.iter_mut() {
        settle(schema, &kinds);
        let Some(object) = schema.as_object_mut() else { continue };
        // A required property of alternatives that may be null is one that may be left out.
        let Some(mut required) = object.get("required").and_then(Value::as_array).cloned() else { continue };
        let before = required.len();
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            required.retain(|name| {
                let property = name.as_str().and_then(|name| properties.get_mut(name)).and_then(Value::as_object_mut);
                property.is_none_or(|property| property.shift_remove(NULL).is_none())
            });
        }
        if required.len() < before {
            notes.add("Required alternatives that may be null may be left out", format!("`{component}`"));
        }
        if required.is_empty() {
            object.shift_remove("required");
        } else {
            object.insert("required".into(), required.into());
        }
    }
    for (_, schema) in schemas.iter_mut() {
        unmark(schema);
    }
    if let Some(paths) = document.get_mut("paths") {
        unmark(paths);
    }
}

/// Marks a place that was nullable and cannot say so.
const NULL: &str = "x-null";

fn settle(node: &mut Value, kinds: &BTreeMap<String, Option<String>>) {
    match node {
        Value::Object(map) => {
            if map.get("nullable") == Some(&Value::Bool(true)) && !map.contains_key("type") {
                let target = map.get("allOf").and_then(|parts| parts.get(0)).and_then(referenced);
                match target.and_then(|name| kinds.get(&name).cloned().flatten()) {
                    Some(kind) => {
                        map.shift_insert(0, "type".into(), kind.into());
                    }
                    None => {
                        map.shift_remove("nullable");
                        map.insert(NULL.into(), true.into());
                    }
                }
            }
            map.values_mut().for_each(|value| settle(value, kinds));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| settle(item, kinds)),
        _ => {}
    }
}

/// Takes the marks away, and an `allOf` that then says nothing.
fn unmark(node: &mut Value) {
    match node {
        Value::Object(map) => {
            map.shift_remove(NULL);
            if map.len() == 1
                && let Some([only]) = map.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
            {
                *node = only.clone();
                return;
            }
            map.values_mut().for_each(unmark);
        }
        Value::Array(items) => items.iter_mut().for_each(unmark),
        _ => {}
    }
}

/// The type of a component, aliases followed; none for alternatives and any values.
fn kind(schemas: &Map<String, Value>, name: &str) -> Option<String> {
    let mut schema = schemas.get(name)?;
    for _ in 0..16 {
        match referenced(schema) {
            Some(next) => schema = schemas.get(&next)?,
            None => break,
        }
    }
    schema["type"].as_str().map(str::to_owned)
}

/// The alternative with more required fields first: it is tried first.
fn order_alternatives(document: &mut Value) {
    let Some(schemas) = schemas(document) else { return };
    let weights: BTreeMap<String, usize> =
        schemas.iter().map(|(name, schema)| (name.clone(), schema["required"].as_array().map_or(0, Vec::len))).collect();
    let enums: BTreeSet<String> = schemas.iter().filter(|(_, schema)| schema.get("enum").is_some()).map(|(name, _)| name.clone()).collect();
    for (_, schema) in schemas.iter_mut() {
        let Some(alternatives) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { continue };
        // A plain text takes every text, so an enumeration goes before it; an object without required fields takes every object.
        alternatives.sort_by_key(|one| {
            let name = referenced(one).unwrap_or_default();
            (std::cmp::Reverse(weights.get(&name).copied().unwrap_or_default()), !enums.contains(&name))
        });
    }
}

/// Makes a property optional in every circle of objects that always hold each other.
fn open_circles(document: &mut Value, notes: &mut Notes) {
    let Some(schemas) = schemas(document) else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for start in &names {
        while let Some((holder, property)) = circle(schemas, start) {
            notes.add("Required properties that hold their own kind without end may be left out", format!("`{holder}.{property}`"));
            if let Some(required) = schemas[&holder]["required"].as_array_mut() {
                required.retain(|name| *name != property.as_str());
            }
            if schemas[&holder]["required"].as_array().is_some_and(Vec::is_empty)
                && let Some(holder) = schemas[&holder].as_object_mut()
            {
                holder.shift_remove("required");
            }
        }
    }
    // Alternatives that are themselves.
    for name in names {
        let reaches = |target: &str| {
            let mut seen = BTreeSet::new();
            let mut queue = vec![target.to_owned()];
            while let Some(next) = queue.pop() {
                if next == name {
                    return true;
                }
                if seen.insert(next.clone())
                    && let Some(schema) = schemas.get(&next)
                {
                    queue.extend(referenced(schema));
                    queue.extend(schema["oneOf"].as_array().into_iter().flatten().filter_map(referenced));
                }
            }
            false
        };
        let own: Vec<Value> = schemas[&name]["oneOf"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|one| referenced(one).is_some_and(|one| reaches(&one)))
            .cloned()
            .collect();
        let alias = referenced(&schemas[&name]).is_some_and(|target| reaches(&target));
        if alias {
            schemas.insert(name.clone(), json!({ "description": "Any JSON value: the vendor's schema refers to itself." }));
        } else if !own.is_empty() {
            notes.add("Alternatives that are themselves were left out", format!("`{name}`"));
            if let Some(alternatives) = schemas[&name]["oneOf"].as_array_mut() {
                alternatives.retain(|one| !own.contains(one));
            }
            match schemas[&name]["oneOf"].as_array().map(Vec::as_slice) {
                Some([]) => {
                    schemas.insert(name.clone(), json!({ "description": "Any JSON value: the vendor's schema refers to itself." }));
                }
                Some([only]) => {
                    let only = only.clone();
                    schemas.insert(name.clone(), only);
                }
                _ => {}
            }
        }
    }
}

/// The first step of a circle that begins at this component: who holds, and in which property.
fn circle(schemas: &Map<String, Value>, start: &str) -> Option<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut queue: Vec<(String, Option<(String, String)>)> = vec![(start.to_owned(), None)];
    while let Some((at, first)) = queue.pop() {
        let Some(schema) = schemas.get(&at) else { continue };
        let mut next: Vec<(String, Option<(String, String)>)> = Vec::new();
        if let Some(alias) = referenced(schema) {
            next.push((alias, first.clone()));
        }
        for property in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let node = &schema["properties"][property];
            if node["nullable"] == true {
                continue;
            }
            let targets = referenced(node).into_iter().chain(node["allOf"].as_array().into_iter().flatten().filter_map(referenced));
            next.extend(targets.map(|target| (target, first.clone().or_else(|| Some((at.clone(), property.to_owned()))))));
        }
        for (target, first) in next {
            if target == start {
                return first;
            }
            if seen.insert(target.clone()) {
                queue.push((target, first));
            }
        }
    }
    None
}

/// Limits are for what is sent: in what comes back they would only refuse it.
fn limits_of_requests(document: &mut Value) {
    let mut sent: BTreeSet<String> = BTreeSet::new();
    let mut queue = Vec::new();
    for item in document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object()) {
        for operation in item.values() {
            let mut found = Vec::new();
            references(&operation["requestBody"], Position::Node, &mut found);
            references(&operation["parameters"], Position::Node, &mut found);
            queue.extend(found.into_iter().filter_map(component_of));
        }
    }
    while let Some(next) = queue.pop() {
        if sent.contains(&next) {
            continue;
        }
        let mut found = Vec::new();
        references(&document["components"]["schemas"][&next], Position::Node, &mut found);
        queue.extend(found.into_iter().filter_map(component_of));
        sent.insert(next);
    }
    let Some(schemas) = schemas(document) else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)) {
        relax::without(schema, Position::Node);
    }
}
