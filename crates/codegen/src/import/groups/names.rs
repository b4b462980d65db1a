//! Names of components: what bodies are called, without the words of the vendor's framework, and each once among all groups.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use heck::ToUpperCamelCase as _;
use serde_json::Value;

use super::super::{naming::singular, split};
use crate::{
    diagnostic::Error,
    load::{self, component_of, referenced},
    names::{is_reserved_type, type_name},
};

/// The component that all fragments share.
const ANY: &str = "AnyValue";

/// The components of the fragments that people wrote, as Rust compares them.
pub fn reviewed(specs: &Path) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(specs).map_err(Error::io(specs))? {
        let path = entry.map_err(Error::io(specs))?.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(Error::io(&path))?;
        let source = load::parse(&path, &text).map_err(|problem| Error::Spec(vec![problem]))?;
        names.extend(source.value["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name.to_lowercase()));
    }
    Ok(names)
}

/// Renames the components of every group. A name that another group or a reviewed fragment has too gets the group's prefix.
pub fn settle<'a>(documents: impl Iterator<Item = &'a mut Value>, prefixes: &[&str], reviewed: &BTreeSet<String>) {
    let mut documents: Vec<&mut Value> = documents.collect();
    let mut wanted: Vec<BTreeMap<String, String>> = Vec::new();
    for document in &mut documents {
        merge_equal_enums(document);
        merge_equal_bodies(document);
        wanted.push(own_names(document));
    }
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for name in wanted.iter().flat_map(BTreeMap::values) {
        *counted.entry(name.to_lowercase()).or_default() += 1;
    }
    for ((document, names), prefix) in documents.into_iter().zip(wanted).zip(prefixes) {
        let is_taken = |name: &str| counted[&name.to_lowercase()] > 1 || reviewed.contains(&name.to_lowercase()) || is_reserved_type(name);
        let mut used = BTreeSet::new();
        let names = names.into_iter().map(|(old, name)| {
            let name = if is_taken(&name) && old != ANY { format!("{prefix}{name}") } else { name };
            let mut candidates = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}{number}")));
            let own = candidates.find(|name| used.insert(name.to_lowercase())).unwrap_or_default();
            (old, own)
        });
        rename(document, &names.collect());
    }
}

/// Enumerations of one property with the same values are one, with the property's name.
fn merge_equal_enums(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object() else { return };
    let mut alike: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for property in schemas.values().flat_map(|schema| schema["properties"].as_object().into_iter().flatten()) {
        let (name, node) = property;
        let target = referenced(node).or_else(|| node["allOf"].get(0).and_then(referenced));
        if let Some((target, values)) = target.and_then(|target| Some((target.clone(), schemas.get(&target)?.get("enum")?.to_string()))) {
            alike.entry((name.to_upper_camel_case(), values)).or_default().insert(target);
        }
    }
    let mut names = BTreeMap::new();
    for ((name, _), targets) in alike.into_iter().filter(|(_, targets)| targets.len() > 1) {
        let free = schemas.keys().all(|known| !known.eq_ignore_ascii_case(&name)) && !names.values().any(|known| *known == name);
        let own = if free { name } else { targets.first().cloned().unwrap_or_default() };
        names.extend(targets.into_iter().map(|target| (target, own.clone())));
    }
    rename(document, &names);
}

/// Bodies of one tag that are the same but for their descriptions are one, which has the tag's name.
fn merge_equal_bodies(document: &mut Value) {
    let schemas = &document["components"]["schemas"];
    let mut alike: BTreeMap<(String, &str, String), Vec<String>> = BTreeMap::new();
    for (name, users) in bodies(document) {
        let tags: BTreeSet<&str> = users.iter().map(|user| user.tag.as_str()).collect();
        let ways: BTreeSet<&str> = users.iter().map(|user| user.way).collect();
        if let ([tag], [way]) = (Vec::from_iter(&tags).as_slice(), Vec::from_iter(&ways).as_slice())
            && name != ANY
        {
            alike.entry(((**tag).to_owned(), *way, split::plain(&schemas[&name]).to_string())).or_default().push(name);
        }
    }
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    for ((tag, way, _), names) in alike.into_iter().filter(|(_, names)| names.len() > 1) {
        let name = format!("{}{way}", singular(&type_name(&tag)));
        if schemas.get(&name).is_none() && !own.values().any(|known| *known == name) {
            own.extend(names.into_iter().map(|body| (body, name.clone())));
        }
    }
    rename(document, &own);
}

/// An operation that sends or receives a component as its body.
struct User {
    operation: String,
    tag: String,
    way: &'static str,
}

const REQUEST: &str = "Request";
const RESPONSE: &str = "Response";

/// The components that are bodies, with who uses them.
fn bodies(document: &Value) -> BTreeMap<String, Vec<User>> {
    let mut bodies: BTreeMap<String, Vec<User>> = BTreeMap::new();
    let items = document["paths"].as_object().into_iter().flatten();
    for (_, operation) in items.flat_map(|(_, item)| item.as_object().into_iter().flatten()) {
        let responses = operation["responses"].as_object().into_iter().flatten().map(|(_, node)| (RESPONSE, node));
        for (way, node) in responses.chain([(REQUEST, &operation["requestBody"])]) {
            let media = node["content"].as_object().into_iter().flatten();
            for name in media.filter_map(|(_, media)| referenced(&media["schema"])) {
                let text = |node: &Value| node.as_str().unwrap_or_default().to_owned();
                let user = User { operation: type_name(&text(&operation["operationId"])), tag: text(&operation["tags"][0]), way };
                bodies.entry(name).or_default().push(user);
            }
        }
    }
    bodies
}

/// What the components of a group are called by our conventions.
fn own_names(document: &Value) -> BTreeMap<String, String> {
    let bodies = bodies(document);
    let names = document["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name);
    let own = |name: &String| match bodies.get(name).map(Vec::as_slice) {
        _ if name == ANY => name.clone(),
        Some([only]) => format!("{}{}", only.operation, only.way),
        Some([first, others @ ..]) if others.iter().all(|other| other.way == first.way) => ending(&stem(name), first.way),
        _ => stem(name),
    };
    names.map(|name| (name.clone(), own(name))).collect()
}

/// A name without what the vendor's framework adds: `CreateInvoiceDto`, `ListOrdersDTOStatus`, `AuthorSchema`.
fn stem(name: &str) -> String {
    let plain = name.replace("DTO", "").replace("Dto", "");
    let plain = plain.strip_suffix("Schema").unwrap_or(&plain);
    let plain = type_name(plain);
    if plain.is_empty() || !plain.starts_with(|first: char| first.is_ascii_uppercase()) { name.to_owned() } else { plain }
}

fn ending(stem: &str, word: &str) -> String {
    if stem.ends_with(word) { stem.to_owned() } else { format!("{stem}{word}") }
}

/// Gives components new names, wherever they are referred to; of those that get one name the first is kept.
fn rename(document: &mut Value, names: &BTreeMap<String, String>) {
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        let old = std::mem::take(schemas);
        for (name, schema) in old {
            schemas.entry(names.get(&name).cloned().unwrap_or(name)).or_insert(schema);
        }
    }
    refer(document, names);
}

fn refer(node: &mut Value, names: &BTreeMap<String, String>) {
    match node {
        Value::Object(map) => {
            let own =
                |to: &Value| component_of(to.as_str()?).and_then(|name| names.get(&name)).map(|own| format!("#/components/schemas/{own}"));
            if let Some(own) = map.get("$ref").and_then(own) {
                map.insert("$ref".into(), own.into());
            }
            for (_, target) in map.get_mut("discriminator").and_then(|known| known["mapping"].as_object_mut()).into_iter().flatten() {
                if let Some(own) = own(target) {
                    *target = own.into();
                }
            }
            map.values_mut().for_each(|value| refer(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, names)),
        _ => {}
    }
}
