//! What components are called in a draft.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;
use serde_json::Value;

use super::{
    flat::{Flat, Shape},
    words,
};
use crate::names::{is_reserved_type, type_name};

/// What each published component is called in the draft.
pub fn names(source: &Value) -> Vec<(String, String)> {
    // A name that is right already goes before one that becomes the same.
    let mut order: Vec<&String> = source["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    order.sort_by_key(|name| type_name(name) != **name);
    let mut taken = BTreeSet::new();
    let mut free = |name: &String| {
        let wanted = component_name(name);
        let mut own = wanted.clone();
        for number in 2.. {
            if taken.insert(own.to_lowercase()) {
                break;
            }
            own = format!("{wanted}{number}");
        }
        (name.clone(), own)
    };
    order.into_iter().map(&mut free).collect()
}

/// A name in `PascalCase` that Rust has no other use for.
pub fn component_name(name: &str) -> String {
    let name: String = type_name(name).chars().filter(|char| unicode_ident::is_xid_continue(*char)).collect();
    // Settled, so that reading the name back gives the same.
    let name = type_name(&name);
    let name = if name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty() { format!("Schema{name}") } else { name };
    if is_reserved_type(&name) { format!("Api{name}") } else { name }
}

/// What sets an alternative apart: its title, the one value of its tag, or its type.
pub fn alternative_word(written: &Value, flat: &Flat, index: usize) -> String {
    let title = written["title"].as_str().map(heck::ToUpperCamelCase::to_upper_camel_case).filter(|title| (1..=40).contains(&title.len()));
    if let Some(title) = title {
        return title;
    }
    let tag = flat
        .map
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .find_map(|(_, property)| Some(words::constant(property)?.to_upper_camel_case()).filter(|value| !value.is_empty()));
    if let Some(tag) = tag {
        return tag;
    }
    match (flat.shape(), flat.map.get("type").and_then(Value::as_str)) {
        (Shape::Array, _) => "List".to_owned(),
        (Shape::Map, _) => "Map".to_owned(),
        (Shape::Enum, _) => "Name".to_owned(),
        (Shape::Scalar, Some("string")) => "Text".to_owned(),
        (Shape::Scalar, Some("boolean")) => "Flag".to_owned(),
        (Shape::Scalar, Some(_)) => "Number".to_owned(),
        _ => format!("Variant{}", index + 1),
    }
}

/// The name of one of many: `ContactTags` is `ContactTag`.
pub fn singular(name: &str) -> String {
    match name {
        name if name.ends_with("ies") && name.len() > 4 => format!("{}y", &name[..name.len() - 3]),
        name if ["sses", "xes", "ches", "shes"].iter().any(|end| name.ends_with(end)) => name[..name.len() - 2].to_owned(),
        name if name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end)) => name[..name.len() - 1].to_owned(),
        name => format!("{name}Item"),
    }
}
