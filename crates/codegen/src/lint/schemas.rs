//! Schemas: everything with a shape of its own has a name, and what the generator misreads is not written.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use reachout_document::nearest;
use serde_json::Value;

use super::is_filled;
use crate::{
    diagnostic::Diagnostic,
    load::{Direction, Document, Position, pointer, references},
    names::{is_nameable, is_reserved_type, type_name, variant_name},
};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Formats by type: those a client has a type for, and those that say how wide a number is.
const FORMATS: [(&str, &[&str]); 3] = [
    ("string", &["binary", "date", "date-time", "email", "uri", "uuid"]),
    ("integer", &["int32", "int64", "uint64"]),
    ("number", &["double", "float"]),
];

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let requests = document.reachable(Direction::Request);
    let mut rust_names = BTreeMap::new();
    for (name, schema) in document.json()["components"]["schemas"].as_object().into_iter().flatten() {
        let at = pointer::child("/components/schemas", name);
        let mut report = |message: String, help: String| findings.push(document.diagnostic(&at, message, help));
        if *name != type_name(name) || !is_nameable(name) || name.starts_with(|first: char| first.is_ascii_digit()) {
            report(format!("component `{name}` is not in PascalCase"), format!("write `{}`", type_name(name)));
        }
        if is_reserved_type(name) {
            report(
                format!("component `{name}` would be taken for Rust's or the client's own `{name}`"),
                format!("rename it, e.g. `Api{name}`"),
            );
        }
        if let Some(other) = rust_names.insert(name.to_upper_camel_case().to_lowercase(), name) {
            report(format!("components `{name}` and `{other}` have the same name in Rust"), "rename one".into());
        }
        if !is_filled(&schema["description"]) && schema.get("$ref").is_none() {
            findings.push(document.work(&at, format!("component `{name}` has no description"), "say what it stands for"));
        }
        Walk { document, findings, request: requests.contains(name) }.schema(schema, &at, true);
    }
    // Schemas of parameters and bodies are inline only as scalars and lists of them.
    for operation in document.operations() {
        let at = operation.pointer();
        let item = pointer::parent(&at).unwrap_or_default();
        for (holder, at) in [(operation.item, item), (operation.node, at.as_str())] {
            for (index, parameter) in holder["parameters"].as_array().into_iter().flatten().enumerate() {
                parameter_schema(document, parameter, &format!("{at}/parameters/{index}"), findings);
            }
        }
    }
    for (name, parameter) in document.json()["components"]["parameters"].as_object().into_iter().flatten() {
        parameter_schema(document, parameter, &pointer::child("/components/parameters", name), findings);
    }
    for (section, name) in unused(document) {
        let at = pointer::child(&pointer::child("/components", &section), &name);
        findings.push(document.work(&at, format!("component `{name}` is not used"), "use it, or remove it"));
    }
}

fn parameter_schema(document: &Document, parameter: &Value, at: &str, findings: &mut Vec<Diagnostic>) {
    if let Some(schema) = parameter.get("schema").filter(|schema| schema.is_object()) {
        // An inline enum has a message of its own in `parameters`.
        Walk { document, findings, request: true }.schema(schema, &format!("{at}/schema"), true);
    }
}

/// Components that nothing refers to, by section and name.
fn unused(document: &Document) -> BTreeSet<(String, String)> {
    let mut used = Vec::new();
    references(document.json(), Position::Node, &mut used);
    let used: BTreeSet<&str> = used.into_iter().collect();
    let sections = document.json()["components"].as_object().into_iter().flatten().filter(|(section, _)| *section != "securitySchemes");
    let names = sections
        .flat_map(|(section, entries)| entries.as_object().into_iter().flatten().map(move |(name, _)| (section.clone(), name.clone())));
    names
        .filter(|(section, name)| !used.contains(format!("#{}", pointer::child(&format!("/components/{section}"), name)).as_str()))
        .collect()
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

    /// A finding that generation can do without.
    fn work(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.document.work(at, message, help));
    }

    fn schema(&mut self, schema: &Value, at: &str, named: bool) {
        let Value::Object(map) = schema else { return };
        if map.contains_key("$ref") {
            return;
        }
        if !named && map.contains_key("enum") {
            self.report(at, "an enum is written inline", "make it a named component and `$ref` it");
        }
        if !named && (map.contains_key("properties") || map.contains_key("oneOf")) {
            self.report(at, "an object or alternative is written inline", "make it a named component and `$ref` it");
        }
        if self.request && map.contains_key("default") {
            self.work(
                &pointer::child(at, "default"),
                "a request carries a default",
                "name the default in the description: a client that sends it cannot leave the field out",
            );
        }
        self.kind(schema, at, named);
        self.limits(schema, at);
        self.pattern(schema, at);
        self.enumeration(schema, at);
        self.object(schema, at);
        self.parts(schema, at);
        match (schema["type"].as_str(), map.get("items")) {
            (Some("array"), Some(items)) => self.schema(items, &pointer::child(at, "items"), false),
            (Some("array"), None) if map.contains_key("allOf") => {}
            (Some("array"), None) => self.report(at, "this array does not say of what", "write `items:`"),
            (Some(_), Some(_)) => {
                self.report(&pointer::child(at, "items"), "`items` of what is not an array", "write `type: array`, or remove it");
            }
            _ => {}
        }
    }

    /// `pattern`, which every validator of the document has to compile.
    fn pattern(&mut self, schema: &Value, at: &str) {
        let Some(pattern) = schema["pattern"].as_str() else { return };
        if !reachout_document::is_pattern(pattern) {
            self.report(&pointer::child(at, "pattern"), format!("`{pattern}` is not a pattern"), "write a regular expression of ECMA 262");
        }
    }

    /// `type`, `format` and `nullable`.
    fn kind(&mut self, schema: &Value, at: &str, named: bool) {
        let combined = schema.get("allOf").is_some() || schema.get("oneOf").is_some();
        let below = |key: &str| pointer::child(at, key);
        match &schema["type"] {
            Value::Null if combined || (named && is_any_value(schema)) => {}
            Value::Null => self.report(
                at,
                "this schema does not say its type",
                format!("write `type: …`, one of: {}; a value of any type is a named component with a description alone", TYPES.join(", ")),
            ),
            Value::Array(_) => {
                self.report(&below("type"), "a list of types is OpenAPI 3.1", "write one type, and `nullable: true` where null is meant");
            }
            Value::String(kind) if TYPES.contains(&kind.as_str()) => self.format(schema, kind, at),
            other => {
                let word = other.as_str().unwrap_or_default();
                let help = match nearest(word, TYPES) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of: {}", TYPES.join(", ")),
                };
                self.report(&below("type"), format!("`{word}` is not a type"), help);
            }
        }
        if schema["nullable"] == true {
            if schema.get("oneOf").is_some() {
                self.report(
                    &below("nullable"),
                    "an alternative cannot be nullable",
                    "leave `nullable` out: a property that refers to it is optional",
                );
            } else if schema["type"].is_null() {
                self.report(
                    &below("nullable"),
                    "OpenAPI 3.0 ignores `nullable` without `type`",
                    "write the `type` beside it, of what `allOf` refers to too",
                );
            }
        }
    }

    fn format(&mut self, schema: &Value, kind: &str, at: &str) {
        let Some(format) = schema["format"].as_str() else {
            if kind == "integer" && schema.get("maximum").is_none() {
                let message = "this integer does not say how large it may be, and many generators take 32 bits";
                self.work(at, message, "write `format: int64`, or a `maximum`");
            }
            return;
        };
        let known = FORMATS.iter().find(|(of, _)| *of == kind).map_or(&[] as &[&str], |(_, formats)| formats);
        if !known.contains(&format) {
            let help = match nearest(format, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "remove it, and say in the description what the value is".to_owned(),
                None => format!("write one of {}, or remove it and say in the description what the value is", known.join(", ")),
            };
            self.report(&pointer::child(at, "format"), format!("`{format}` is not a format of `{kind}`"), help);
        }
    }

    fn limits(&mut self, schema: &Value, at: &str) {
        for (low, high) in
            [("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum"), ("minProperties", "maxProperties")]
        {
            if let (Some(least), Some(most)) = (schema[low].as_f64(), schema[high].as_f64())
                && least > most
            {
                self.report(&pointer::child(at, low), format!("`{low}` is greater than `{high}`"), "exchange them");
            }
        }
    }

    fn enumeration(&mut self, schema: &Value, at: &str) {
        let Some(values) = schema["enum"].as_array() else { return };
        let below = pointer::child(at, "enum");
        if values.is_empty() {
            self.report(&below, "an enum without values", "write the documented values, or `type: string` alone");
        }
        let mut variants = BTreeSet::new();
        for value in values {
            match value.as_str() {
                Some(value) if !is_nameable(value) => self.report(
                    &below,
                    format!("nothing of the enum value `{value}` can be read in Rust"),
                    "leave it out, and say so in the description; where it matters write `type: string` without an enum",
                ),
                Some(value) if !variants.insert(variant_name(value)) => self.report(
                    &below,
                    format!("`{value}` and another value have the same Rust name"),
                    "leave one out, and say so in the description",
                ),
                Some(_) => {}
                None => {
                    self.report(&below, format!("enum value {value} is not a string"), "quote it, or use `type: integer` without an enum");
                }
            }
        }
        if schema["type"].as_str().is_some_and(|kind| kind != "string" && TYPES.contains(&kind)) {
            self.report(&below, "an enum that is not of strings", "write `type: string`, or describe the values without an enum");
        }
    }

    fn object(&mut self, schema: &Value, at: &str) {
        let properties = schema["properties"].as_object();
        let is_object =
            schema["type"] == "object" || schema["type"].is_null() || schema["type"].as_str().is_some_and(|kind| !TYPES.contains(&kind));
        if properties.is_some() && !is_object {
            self.report(&pointer::child(at, "properties"), "properties of what is not an object", "write `type: object`");
        }
        if schema["x-extra"] == true && (properties.is_none() || schema.get("additionalProperties").is_some()) {
            self.report(
                &pointer::child(at, "x-extra"),
                "`x-extra` is for an object with properties that says nothing of others",
                "write `additionalProperties: true` for a free-form map, or keep one of the two",
            );
        }
        let mut seen = BTreeSet::new();
        for (index, name) in schema["required"].as_array().into_iter().flatten().enumerate() {
            let Some(name) = name.as_str() else { continue };
            let below = format!("{at}/required/{index}");
            if properties.is_none_or(|properties| !properties.contains_key(name)) {
                self.report(
                    &below,
                    format!("`{name}` is required and not described"),
                    "describe it under `properties`, or remove it from `required`",
                );
            }
            if !seen.insert(name) {
                self.report(&below, format!("`{name}` is required twice"), "write it once");
            }
        }
        for (name, property) in properties.into_iter().flatten() {
            let at = pointer::child(&pointer::child(at, "properties"), name);
            if !is_nameable(name) {
                self.report(
                    &at,
                    format!("nothing of the property's name `{name}` can be read in Rust"),
                    "leave it out, and mark the schema `x-extra: true` if the value matters",
                );
            }
            if property.get("$ref").is_none() && property.get("allOf").is_none() && !is_filled(&property["description"]) {
                self.work(&at, format!("property `{name}` has no description"), "say what it means, with its unit and limits");
            }
            self.schema(property, &at, false);
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            self.schema(values, &pointer::child(at, "additionalProperties"), false);
        }
    }

    /// `oneOf` and `allOf`.
    fn parts(&mut self, schema: &Value, at: &str) {
        for key in ["oneOf", "allOf"] {
            let Some(parts) = schema[key].as_array() else { continue };
            let below = pointer::child(at, key);
            if parts.is_empty() || (key == "oneOf" && parts.len() == 1) {
                self.report(
                    &below,
                    format!("`{key}` offers nothing to choose from"),
                    "write the components it is made of, or a `$ref` to the only one",
                );
            }
            let mut seen = BTreeSet::new();
            for (index, part) in parts.iter().enumerate() {
                let at = format!("{below}/{index}");
                let reference = part["$ref"].as_str();
                if key == "oneOf" && reference.is_none() {
                    self.report(&at, "an alternative is written inline", "make it a named component: its name is the variant's");
                }
                if reference.is_some_and(|reference| !seen.insert(reference)) {
                    self.report(&at, "this part is named twice", "write it once");
                }
                self.schema(part, &at, key == "allOf" && parts.len() > 1);
            }
        }
        self.discriminator(schema, at);
        if schema.get("oneOf").is_some() && (schema.get("properties").is_some() || schema.get("allOf").is_some()) {
            self.report(
                &pointer::child(at, "oneOf"),
                "alternatives beside properties or parts of an object",
                "give each alternative all its properties",
            );
        }
    }

    /// A property that tells alternatives apart: all of them have it, and what it is mapped to are alternatives.
    fn discriminator(&mut self, schema: &Value, at: &str) {
        let Some(discriminator) = schema.get("discriminator") else { return };
        let below = pointer::child(at, "discriminator");
        let Some(alternatives) = schema["oneOf"].as_array() else {
            return self.report(
                &below,
                "a discriminator beside no alternatives",
                "write it beside the `oneOf` whose alternatives it tells apart",
            );
        };
        let Some(property) = discriminator["propertyName"].as_str() else {
            return self.report(&below, "a discriminator names a property", "write `propertyName: type`");
        };
        if let Some(one) = alternatives.iter().find(|one| self.document.property(one, property).is_none()) {
            let name = one["$ref"].as_str().unwrap_or("an alternative");
            self.report(&below, format!("`{name}` has no property `{property}`"), "describe the property in every alternative");
        }
        for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
            if !alternatives.iter().any(|one| one["$ref"] == *target) {
                let at = pointer::child(&pointer::child(&below, "mapping"), value);
                self.report(&at, format!("`{value}` is mapped to what is no alternative"), "write the `$ref` of an alternative");
            }
        }
    }
}

/// A component that says nothing but what it means: the vendor documents no type.
fn is_any_value(schema: &Value) -> bool {
    schema.as_object().is_some_and(|map| map.keys().all(|key| ["description", "title", "example", "externalDocs"].contains(&key.as_str())))
}
