//! The components of a document as Rust types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    tags,
    text::{described, text},
};
use crate::{
    load::{Direction, Document, referenced},
    model::{
        Alternative, Field, Limits, Schema, Shape, Variant,
        checked::mark_limited,
        types::{Types, properties},
    },
    names,
};

/// Every component, with what it is.
pub fn read(document: &Document, types: &Types<'_>) -> BTreeMap<String, Schema> {
    let received = document.reachable(Direction::Response);
    let sent = document.reachable(Direction::Request);
    let patched = document.reachable(Direction::Update);
    let components = document.json()["components"]["schemas"].as_object();
    let mut schemas: BTreeMap<String, Schema> = components
        .into_iter()
        .flatten()
        .map(|(component, schema)| {
            let (sent, received) = (sent.contains(component), received.contains(component));
            let schema = Schema {
                name: names::type_name(component),
                description: described(&schema["description"], component),
                shape: shape(document, component, schema, types, Use { sent, received, patched: patched.contains(component) }),
                sent,
                received: document.received().contains(component),
                limited: false,
                feature: None,
                shared: false,
            };
            (component.clone(), schema)
        })
        .collect();
    mark_limited(&mut schemas);
    schemas
}

/// Which bodies a component is part of.
#[derive(Clone, Copy)]
struct Use {
    sent: bool,
    received: bool,
    /// Of a merge patch, where null means something else than nothing.
    patched: bool,
}

/// Whether an object keeps the fields that nobody documented: by its own mark, or by the root's for all that the vendor sends.
fn keeps_extra(document: &Document, schema: &Value, received: bool) -> bool {
    match &schema["additionalProperties"] {
        Value::Bool(open) => *open,
        Value::Object(_) => true,
        _ => schema["x-extra"] == true || received && document.json()["x-extra"] == true,
    }
}

fn shape(document: &Document, component: &str, schema: &Value, types: &Types<'_>, Use { sent, received, patched }: Use) -> Shape {
    if let Some(values) = schema["enum"].as_array() {
        return Shape::Enum(variants(values.iter().filter_map(Value::as_str)));
    }
    if let Some(properties) = properties(schema) {
        let extra = keeps_extra(document, schema, received);
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let wires: Vec<&str> = properties.iter().map(|(wire, _)| wire.as_str()).collect();
        // `new` is how a request begins, and `extra` holds what is not listed.
        let taken: Vec<&str> = sent.then_some("new").into_iter().chain(extra.then_some("extra")).collect();
        let fields: Vec<Field> = properties
            .into_iter()
            .zip(names::field_names(&wires, &taken))
            .map(|((wire, property), name)| {
                let (required, nullable) = (required.contains(&wire.as_str()), types.is_nullable(property));
                Field {
                    wire: wire.clone(),
                    name,
                    description: describe(document, property, wire),
                    ty: types.within(component, property),
                    required,
                    nullable,
                    cleared: nullable && !required && patched && !received,
                    limits: Limits::of(document, property),
                }
            })
            .collect();
        let order = required.iter().filter_map(|name| fields.iter().position(|field| field.wire == *name)).collect();
        return Shape::Struct { fields, required: order, extra };
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let names: Vec<String> = alternatives.iter().map(|one| names::type_name(&referenced(one).unwrap_or_default())).collect();
        let tags = tags::read(document, schema, alternatives);
        let open = received && tags::decide(&tags);
        let alternatives = alternative_names(&names, open).into_iter().zip(alternatives).zip(tags).map(|((name, one), tags)| Alternative {
            name,
            ty: types.within(component, one),
            limits: Limits::of(document, one),
            tags,
        });
        return Shape::OneOf { alternatives: alternatives.collect(), open };
    }
    Shape::Alias(types.within(component, schema))
}

/// The property's own description, or that of what it refers to.
fn describe(document: &Document, property: &Value, wire: &str) -> String {
    let own = text(&property["description"]);
    if !own.is_empty() {
        return own;
    }
    let target = text(&document.resolve(property)["description"]);
    if target.is_empty() { format!("`{wire}`.") } else { target }
}

fn variants<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Variant> {
    let mut taken = BTreeSet::new();
    values
        .map(|wire| {
            let mut name = names::variant_name(wire);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            Variant { wire: wire.to_owned(), name }
        })
        .collect()
}

/// The names of alternatives without the words that all of them begin with.
fn alternative_names(names: &[String], open: bool) -> Vec<String> {
    let words: Vec<Vec<&str>> = names.iter().map(|name| names::words(name)).collect();
    let shortest = words.iter().map(Vec::len).min().unwrap_or_default();
    let common = (0..shortest.saturating_sub(1)).take_while(|at| words.iter().all(|other| other[*at] == words[0][*at])).count();
    let short = words.iter().map(|words| words[common..].concat());
    // What an open enum of alternatives calls the others.
    short.map(|name| if open && name == "Unknown" { "UnknownValue".to_owned() } else { name }).collect()
}
