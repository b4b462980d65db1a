//! Schemas: everything with a shape of its own has a name, and what the generator misreads is not written.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
    model,
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let Some(schemas) = document.json["components"]["schemas"].as_object() else { return };
    let requests = reachable(document, Direction::Request);
    let mut rust_names = BTreeMap::new();
    for (name, schema) in schemas {
        let at = pointer::child("/components/schemas", name);
        let mut report =
            |below: &str, message: String, help: String| findings.push(document.diagnostic(&format!("{at}{below}"), message, help));
        if *name != name.to_upper_camel_case() {
            report("", format!("component `{name}` is not in PascalCase"), format!("write `{}`", name.to_upper_camel_case()));
        }
        if let Some(other) = rust_names.insert(name.to_upper_camel_case().to_lowercase(), name) {
            report("", format!("components `{name}` and `{other}` have the same name in Rust"), "rename one".into());
        }
        if schema["description"].as_str().is_none_or(|text| text.trim().is_empty()) && schema.get("$ref").is_none() {
            report("", format!("component `{name}` has no description"), "say what it stands for".into());
        }
        let mut walk = Walk { document, findings, request: requests.contains(name) };
        walk.schema(schema, &at, true);
    }
    for (section, name) in unused(document) {
        let at = pointer::child(&pointer::child("/components", &section), &name);
        findings.push(document.diagnostic(&at, format!("component `{name}` is not used"), "use it, or remove it"));
    }
}

/// The name of the component that a `$ref` into the schemas names.
pub fn referenced(schema: &Value) -> Option<String> {
    let target = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?;
    Some(pointer::name(&format!("/{target}")))
}

/// A property of a schema, looked for in its parts too; references are followed.
pub fn property<'a>(document: &'a Document, schema: &'a Value, name: &str) -> Option<&'a Value> {
    let schema = document.follow(schema);
    if let Some(property) = schema["properties"].get(name) {
        return Some(unwrap(document, property));
    }
    let parts = ["allOf", "oneOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    parts.into_iter().find_map(|part| property(document, part, name))
}

/// The schema at a dot path.
pub fn at<'a>(document: &'a Document, schema: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(schema, |schema, name| property(document, schema, name))
}

/// Follows references and the one-part `allOf` that makes a reference nullable.
fn unwrap<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    let schema = document.follow(schema);
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([one]) => unwrap(document, one),
        _ => schema,
    }
}

/// Which way a body goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the vendor.
    Request,
    /// From the vendor to the client; webhook payloads too.
    Response,
}

/// Names of the schemas that bodies of this direction are made of.
pub fn reachable(document: &Document, direction: Direction) -> BTreeSet<String> {
    let vendor = model::read(document);
    let mut names = BTreeSet::new();
    for operation in &vendor.operations {
        match (direction, &operation.body, &operation.success.content) {
            // A multipart body is given part by part, and has no type of its own.
            (Direction::Request, Some(body), _) if !operation.is_multipart() => collect(document, &body.schema, &mut names),
            (Direction::Response, _, model::Content::Json(schema)) => collect(document, schema, &mut names),
            _ => {}
        }
    }
    if direction == Direction::Response {
        let mut roots = Vec::new();
        references(&document.json["x-webhook-events"], &mut roots);
        references(&document.json["components"]["responses"], &mut roots);
        for root in roots.iter().filter_map(|reference| reference.strip_prefix("#/components/schemas/")) {
            collect(document, root, &mut names);
        }
    }
    names
}

fn collect(document: &Document, name: &str, names: &mut BTreeSet<String>) {
    if !names.insert(name.to_owned()) {
        return;
    }
    let mut found = Vec::new();
    references(&document.json["components"]["schemas"][name], &mut found);
    for name in found.iter().filter_map(|reference| reference.strip_prefix("#/components/schemas/")) {
        collect(document, name, names);
    }
}

/// Components that nothing refers to, by section and name.
fn unused(document: &Document) -> BTreeSet<(String, String)> {
    let mut used = Vec::new();
    references(&document.json, &mut used);
    let used: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    let sections = document.json["components"].as_object().into_iter().flatten().filter(|(section, _)| *section != "securitySchemes");
    let names = sections
        .flat_map(|(section, entries)| entries.as_object().into_iter().flatten().map(move |(name, _)| (section.clone(), name.clone())));
    names.filter(|(section, name)| !used.contains(format!("#/components/{section}/{name}").as_str())).collect()
}

fn references(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

struct Walk<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Diagnostic>,
    request: bool,
}

impl Walk<'_> {
    fn report(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.document.diagnostic(at, message, help));
    }

    fn schema(&mut self, schema: &Value, at: &str, named: bool) {
        if schema.get("$ref").is_some() {
            return;
        }
        let Value::Object(map) = schema else {
            return self.report(at, "a schema must be a mapping", "write `type: string`, or a `$ref`");
        };
        for key in ["anyOf", "not", "discriminator", "const", "patternProperties", "$schema"] {
            if map.contains_key(key) {
                self.report(
                    &pointer::child(at, key),
                    format!("`{key}` is not supported"),
                    "write `oneOf` of named components, or a plain type",
                );
            }
        }
        if schema["type"].is_array() {
            self.report(
                &pointer::child(at, "type"),
                "a list of types is OpenAPI 3.1",
                "write one type, and `nullable: true` where null is meant",
            );
        }
        if !named && map.contains_key("enum") {
            self.report(at, "an enum is written inline", "make it a named component and `$ref` it");
        }
        if !named && (map.contains_key("properties") || map.contains_key("oneOf")) {
            self.report(at, "an object or alternative is written inline", "make it a named component and `$ref` it");
        }
        if self.request && map.contains_key("default") {
            self.report(
                &pointer::child(at, "default"),
                "a request carries a default",
                "name the default in the description: a client that sends it cannot leave the field out",
            );
        }
        self.enumeration(schema, at);
        self.object(schema, at);
        for (index, part) in ["oneOf", "allOf"].into_iter().flat_map(|key| {
            schema[key].as_array().into_iter().flatten().enumerate().map(move |(index, part)| (format!("{key}/{index}"), part))
        }) {
            let at = format!("{at}/{index}");
            if schema.get("oneOf").is_some() && part.get("$ref").is_none() {
                self.report(&at, "an alternative is written inline", "make it a named component: its name is the variant's");
            }
            self.schema(part, &at, false);
        }
        match (schema["type"].as_str(), map.get("items")) {
            (Some("array"), Some(items)) => self.schema(items, &pointer::child(at, "items"), false),
            (Some("array"), None) => self.report(at, "this array does not say of what", "write `items:`"),
            _ => {}
        }
    }

    fn enumeration(&mut self, schema: &Value, at: &str) {
        let Some(values) = schema["enum"].as_array() else { return };
        let mut variants = BTreeSet::new();
        for value in values {
            match value.as_str() {
                Some(value) if !variants.insert(value.to_upper_camel_case()) => self.report(
                    &pointer::child(at, "enum"),
                    format!("`{value}` and another value have the same Rust name"),
                    "leave one out, and say so in the description",
                ),
                Some(_) => {}
                None => self.report(
                    &pointer::child(at, "enum"),
                    format!("enum value {value} is not a string"),
                    "quote it, or use `type: integer` without an enum",
                ),
            }
        }
    }

    fn object(&mut self, schema: &Value, at: &str) {
        let properties = schema["properties"].as_object();
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if properties.is_none_or(|properties| !properties.contains_key(name)) {
                self.report(
                    &pointer::child(at, "required"),
                    format!("`{name}` is required and not described"),
                    "describe it under `properties`, or remove it from `required`",
                );
            }
        }
        let mut fields = BTreeSet::new();
        for (name, property) in properties.into_iter().flatten() {
            let at = pointer::child(&pointer::child(at, "properties"), name);
            if !fields.insert(model::rust_name(name)) {
                self.report(
                    &at,
                    format!("two properties are called `{}` in Rust", model::rust_name(name)),
                    "keep one, with the other as its documented alias",
                );
            }
            if property.get("$ref").is_none()
                && property.get("allOf").is_none()
                && property["description"].as_str().is_none_or(|text| text.trim().is_empty())
            {
                self.report(&at, format!("property `{name}` has no description"), "say what it means, with its unit and limits");
            }
            self.schema(property, &at, false);
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            self.schema(values, &pointer::child(at, "additionalProperties"), false);
        }
    }
}
