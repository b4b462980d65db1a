//! Parameters: scalars and lists of them, each with a place that a client fills.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase as _;
use serde_json::{Map, Value, json};

use super::{flat::Shape, prose, schemas::Schemas, words};
use crate::{
    lint::CLIENTS_HEADERS,
    names::{is_nameable, rust_name},
};

/// What the parameters of a document have in common.
#[derive(Debug, Default)]
pub struct Shared {
    /// Names of parameters whose values are the same in every operation.
    enums: BTreeSet<String>,
    /// The headers and query parameters that carry the credential.
    credential: Vec<String>,
}

impl Shared {
    /// Finds parameters that always have the same values, and more than once.
    pub fn find<'a>(parameters: impl Iterator<Item = &'a Value>, credential: &[String]) -> Self {
        let mut values: BTreeMap<&str, (BTreeSet<String>, usize)> = BTreeMap::new();
        for parameter in parameters {
            let (Some(name), schema) = (parameter["name"].as_str(), &parameter["schema"]) else { continue };
            if let Some(list) = schema.get("enum").or_else(|| schema["items"].get("enum")) {
                let (distinct, count) = values.entry(name).or_default();
                distinct.insert(list.to_string());
                *count += 1;
            }
        }
        let enums = values.into_iter().filter(|(_, (distinct, count))| distinct.len() == 1 && *count > 1);
        Self { enums: enums.map(|(name, _)| name.to_owned()).collect(), credential: credential.to_vec() }
    }
}

impl Schemas<'_> {
    /// The parameters of an operation whose type is called `operation`.
    pub fn parameters(&mut self, written: &[(Value, String)], operation: &str, path: &str, shared: &Shared) -> Vec<Value> {
        let in_path: Vec<&str> = crate::lint::paths::parameters(path).unwrap_or_default();
        let mut converted: Vec<Value> = Vec::new();
        let mut names = BTreeSet::new();
        let written = self.in_their_places(written, &in_path);
        for (parameter, at) in &written {
            for one in self.parameter(parameter, at, operation, shared) {
                let (name, place) = (one["name"].as_str().unwrap_or_default().to_owned(), one["in"].as_str().unwrap_or_default());
                if place == "path" && !in_path.contains(&name.as_str()) {
                    self.notes.add("Path parameters that are not in the path", format!("{at}: `{name}`"));
                    continue;
                }
                if !is_nameable(&name) || !names.insert(rust_name(&name)) {
                    self.notes.add("Parameters that cannot be told apart in Rust were left out", format!("{at}: `{name}`"));
                    continue;
                }
                converted.push(one);
            }
        }
        for name in in_path {
            if !converted.iter().any(|known| known["in"] == "path" && known["name"] == name) {
                self.notes.add("Path parameters that are not declared were added as texts", format!("`{path}`: `{name}`"));
                converted.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
            }
        }
        converted
    }

    /// The parameters, where one that the path needs is declared in another place only: it belongs into the path.
    fn in_their_places(&mut self, written: &[(Value, String)], in_path: &[&str]) -> Vec<(Value, String)> {
        let mut written = written.to_vec();
        for name in in_path {
            if written.iter().any(|(parameter, _)| parameter["name"] == *name && parameter["in"] == "path") {
                continue;
            }
            if let Some((parameter, at)) = written.iter_mut().find(|(parameter, _)| parameter["name"] == *name) {
                self.notes.add("Parameters of the path that are declared elsewhere were moved into it", format!("{at}: `{name}`"));
                parameter["in"] = "path".into();
                parameter["required"] = true.into();
                if let Some(parameter) = parameter.as_object_mut() {
                    parameter.retain(|key, _| key != "style" && key != "explode");
                }
            }
        }
        written
    }

    fn parameter(&mut self, written: &Value, at: &str, operation: &str, shared: &Shared) -> Vec<Value> {
        let (Some(name), Some(place)) = (written["name"].as_str(), written["in"].as_str()) else {
            self.notes.add("Parameters without a name or a place were left out", at);
            return Vec::new();
        };
        let credential = shared.credential.iter().any(|own| own.eq_ignore_ascii_case(name));
        match place {
            "query" if credential => {
                self.notes.add("Parameters that the client sets itself are none of the call", format!("{at}: `{name}`"));
                return Vec::new();
            }
            "path" | "query" => {}
            "header" if CLIENTS_HEADERS.contains(&name.to_lowercase().as_str()) || credential => {
                self.notes.add("Headers that the client sets itself are no parameters", format!("{at}: `{name}`"));
                return Vec::new();
            }
            "header" if crate::lint::document::is_header_name(name) => {}
            _ => {
                self.notes.add("Parameters in cookies were left out", format!("{at}: `{name}`"));
                return Vec::new();
            }
        }
        let mut schema = written.get("schema").cloned();
        if let Some((media_type, content)) = written["content"].as_object().and_then(|content| content.iter().next()) {
            self.notes.add("Parameters with content of their own became texts", format!("{at}: `{media_type}`"));
            schema = content.get("schema").map(|_| json!({ "type": "string" }));
        }
        let schema = schema.unwrap_or_else(|| json!({ "type": "string" }));
        let mut description = prose::clean(written["description"].as_str().unwrap_or_default());
        let required = place == "path" || written["required"] == true;
        let settled = self.resolved(&schema, at);
        let constant = words::constant(&schema).filter(|_| required && place == "header").map(Value::from);
        let body = if let Some(value) = &constant {
            json!({ "type": "string", "enum": [value] })
        } else {
            if description.is_empty() {
                description = prose::clean(settled.description.as_deref().unwrap_or_default());
            }
            if settled.shape() == Shape::Struct && place == "query" {
                let deep = written["style"] == "deepObject";
                return self.fields(&settled.map, name, deep, (required, at, operation, shared));
            }
            let body = self.value(&schema, place, written, (name, operation, at), shared, &mut description);
            if let Some(sentence) = settled.map.get("default").and_then(prose::default_of) {
                description = prose::with_sentence(&description, &sentence);
            }
            body
        };
        let mut parameter = Map::from_iter([("name".to_owned(), Value::from(name)), ("in".to_owned(), place.into())]);
        if required {
            parameter.insert("required".into(), true.into());
        }
        if written["deprecated"] == true {
            parameter.insert("deprecated".into(), true.into());
        }
        if !description.is_empty() {
            parameter.insert("description".into(), description.into());
        }
        parameter.insert("schema".into(), body);
        let examples =
            written["examples"].as_object().and_then(|examples| examples.values().next()).and_then(|example| example.get("value"));
        let example =
            written.get("example").or(examples).or_else(|| words::example(schema.as_object()?)).or_else(|| settled.map.get("example"));
        if let Some(example) = constant.as_ref().or(example) {
            parameter.insert("example".into(), example.clone());
        }
        vec![parameter.into()]
    }

    /// An object in a query: one parameter a field.
    fn fields(&mut self, flat: &Map<String, Value>, name: &str, deep: bool, of: (bool, &str, &str, &Shared)) -> Vec<Value> {
        let (required, at, operation, shared) = of;
        self.notes.add("Objects in a query became one parameter a field", format!("{at}: `{name}`"));
        let needed: Vec<&str> = flat.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Vec::new();
        for (field, schema) in flat["properties"].as_object().into_iter().flatten() {
            let wire = if deep { format!("{name}[{field}]") } else { field.clone() };
            let inner = self.resolved(schema, at);
            let schema = if matches!(inner.shape(), Shape::Struct | Shape::Map | Shape::OneOf) {
                json!({ "type": "string" })
            } else {
                schema.clone()
            };
            let written = json!({
                "name": wire, "in": "query", "required": required && needed.contains(&field.as_str()),
                "description": inner.description.unwrap_or_default(), "schema": schema,
            });
            fields.extend(self.parameter(&written, at, operation, shared));
        }
        fields
    }

    /// What a parameter's value is: a scalar, an enumeration, or in a query a list of one.
    fn value(
        &mut self,
        schema: &Value,
        place: &str,
        written: &Value,
        (name, operation, at): (&str, &str, &str),
        shared: &Shared,
        description: &mut String,
    ) -> Value {
        let own = name.to_upper_camel_case();
        let own = if shared.enums.contains(name) { own } else { format!("{operation}{own}") };
        let mut text = |schemas: &mut Self, why: &'static str, hint: &str| {
            schemas.notes.add(why, format!("{at}: `{name}`"));
            *description = prose::with_sentence(description, hint);
            json!({ "type": "string" })
        };
        let flat = self.resolved(schema, at);
        match flat.shape() {
            Shape::Scalar | Shape::Enum => {
                let mut body = self.place(schema, &own, at);
                if let Some(body) = body.as_object_mut() {
                    body.shift_remove("nullable");
                    // The parameter says it.
                    body.shift_remove("description");
                    if body.get("format").is_some_and(|format| format == "binary") {
                        body.shift_remove("format");
                    }
                    if let Some([only]) = body.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                        return only.clone();
                    }
                }
                body
            }
            Shape::Array => {
                let joined =
                    written["explode"] == false || place != "query" || written["style"].as_str().is_some_and(|style| style != "form");
                let items = flat.map.get("items").cloned().unwrap_or_default();
                let item = self.resolved(&items, at);
                if joined || !matches!(item.shape(), Shape::Scalar | Shape::Enum) {
                    let separator = match written["style"].as_str() {
                        Some("pipeDelimited") => "Separated by `|`.",
                        Some("spaceDelimited") => "Separated by spaces.",
                        Some("tabDelimited") => "Separated by tabs.",
                        _ => "Separated by commas.",
                    };
                    return text(self, "Lists in one value became texts", separator);
                }
                let mut body = self.place(&Value::Object(flat.map), &own, at);
                if let Some(body) = body.as_object_mut() {
                    body.shift_remove("description");
                    if let Some(items) = body.get_mut("items").and_then(Value::as_object_mut) {
                        items.shift_remove("nullable");
                        if let Some([only]) =
                            items.get("allOf").and_then(Value::as_array).map(Vec::as_slice).map(<[Value]>::to_vec).as_deref()
                        {
                            let only = only.clone();
                            body.insert("items".into(), only);
                        }
                    }
                }
                body
            }
            Shape::Any => json!({ "type": "string" }),
            _ => text(self, "Parameters that are neither scalars nor lists became texts", "A value of several forms, as text."),
        }
    }
}
