//! Types, formats, limits and enumerations of single values.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{alternatives::listed, flat::Flat, schemas::Schemas};
use crate::names::{is_nameable, variant_name};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

impl Schemas<'_> {
    /// Settles the type.
    pub(super) fn kind(&mut self, flat: &mut Flat, at: &str) {
        let written = flat.map.get("type").and_then(Value::as_str).map(str::to_owned);
        let kind = match written.as_deref() {
            Some(known) if TYPES.contains(&known) => Some(known.to_owned()),
            Some("null") => {
                self.notes.add("Values that are always null became values of any type", at);
                flat.nullable = true;
                None
            }
            Some(other) => {
                let near = match other.to_lowercase().as_str() {
                    "int" | "int32" | "int64" | "long" => Some("integer"),
                    "float" | "double" | "decimal" => Some("number"),
                    "bool" => Some("boolean"),
                    "str" | "text" | "date" | "datetime" | "date-time" | "uuid" | "file" | "binary" => Some("string"),
                    "list" => Some("array"),
                    _ => None,
                };
                self.notes.add("Types that OpenAPI does not know", format!("{at}: `{other}` became {}", near.unwrap_or("any value")));
                if let ("file" | "binary", None) = (other, flat.map.get("format")) {
                    flat.map.insert("format".into(), "binary".into());
                }
                near.map(str::to_owned)
            }
            None => guess(&flat.map).map(str::to_owned),
        };
        match kind {
            Some(kind) => {
                if kind != "object" && flat.map.get("properties").is_some_and(|own| own.as_object().is_some_and(|own| !own.is_empty())) {
                    self.notes.add("Properties of what is called no object: it is one", at);
                    flat.map.insert("type".into(), "object".into());
                } else {
                    flat.map.insert("type".into(), kind.into());
                }
            }
            None => {
                flat.map.shift_remove("type");
            }
        }
    }

    /// Settles the values: texts stay an enumeration, everything else is described.
    pub(super) fn enumeration(&mut self, flat: &mut Flat, at: &str) {
        let Some(values) = flat.map.shift_remove("enum") else { return };
        let Value::Array(mut values) = values else { return };
        if values.iter().any(Value::is_null) {
            flat.nullable = true;
            values.retain(|value| !value.is_null());
        }
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.to_string()));
        let kind = flat.map.get("type").and_then(Value::as_str).map(str::to_owned);
        let all_texts = !values.is_empty() && values.iter().all(Value::is_string);
        match kind.as_deref() {
            Some("array") => {
                if all_texts && flat.map.get("items").is_none_or(|items| items.get("enum").is_none() && items.get("$ref").is_none()) {
                    flat.map.insert("items".into(), json!({ "type": "string", "enum": values }));
                    self.notes.add("Values of a list belong to its items (`enum` beside `type: array`)", at);
                }
                return;
            }
            Some("string") if all_texts => {}
            _ if values.is_empty() => return,
            _ => {
                let values: Vec<&Value> = values.iter().collect();
                self.notes.add("Values that are no texts are described and not listed (`enum`)", at);
                flat.description = Some(listed(flat.description.take(), "Values", &values));
                return;
            }
        }
        let unreadable = |value: &Value| value.as_str().is_some_and(|text| !is_nameable(text));
        if values.iter().any(unreadable) {
            let left_out: Vec<&Value> = values.iter().filter(|value| unreadable(value)).collect();
            self.notes.add("Values without a letter were left out of enumerations", format!("{at}: {left_out:?}"));
            flat.description = Some(listed(flat.description.take(), "Not listed as values of their own", &left_out));
            values.retain(|value| !unreadable(value));
        }
        let mut names = BTreeSet::new();
        if values.is_empty() || values.iter().any(|value| !names.insert(variant_name(value.as_str().unwrap_or_default()))) {
            if !values.is_empty() {
                self.notes.add("Values that are one in Rust: the enumeration became a text", at);
                let values: Vec<&Value> = values.iter().collect();
                flat.description = Some(listed(flat.description.take(), "Values", &values));
            }
            return;
        }
        flat.map.retain(|key, _| ["type", "title", "example", "default"].contains(&key.as_str()));
        flat.map.insert("enum".into(), values.into());
    }

    /// What stays of a single value's words.
    pub(super) fn scalar(&mut self, flat: &Flat, at: &str) -> (Map<String, Value>, Option<String>) {
        let mut map = Map::new();
        let mut description = flat.description.clone();
        let kind = flat.map.get("type").and_then(Value::as_str).unwrap_or("string");
        map.insert("type".into(), kind.into());
        let format = flat.map.get("format").and_then(Value::as_str);
        let known: &[&str] = match kind {
            "string" => &["binary", "date", "date-time", "email", "uri", "uuid"],
            "integer" => &["int32", "int64", "uint64"],
            "number" => &["double", "float"],
            _ => &[],
        };
        match format {
            Some(format) if known.contains(&format) => {
                map.insert("format".into(), format.into());
            }
            Some(format) if kind != "boolean" && kind != "integer" => {
                self.notes.add("Formats that a client has no type for are described", format!("{at}: `{format}`"));
                let text = description.unwrap_or_default();
                description = Some(format!("{text}{}Format: `{format}`.", if text.is_empty() { "" } else { "\n\n" }));
            }
            _ => {}
        }
        if kind == "integer" && !map.contains_key("format") {
            let large = flat.map.get("maximum").is_some_and(|most| most.as_f64().is_some_and(|most| most > 9.3e18));
            map.insert("format".into(), if large || format == Some("uint64") { "uint64" } else { "int64" }.into());
        }
        let mut number = |key: &str, whole: bool| {
            if let Some(value) = flat.map.get(key).filter(|value| if whole { value.is_u64() } else { value.is_number() }) {
                map.insert(key.into(), value.clone());
            }
        };
        match kind {
            "string" => ["minLength", "maxLength"].iter().for_each(|key| number(key, true)),
            "integer" | "number" => ["minimum", "maximum", "multipleOf"].iter().for_each(|key| number(key, false)),
            _ => {}
        }
        for (low, high) in [("minLength", "maxLength"), ("minimum", "maximum")] {
            if let (Some(least), Some(most)) = (map.get(low).and_then(Value::as_f64), map.get(high).and_then(Value::as_f64))
                && least > most
            {
                map.shift_remove(low);
                map.shift_remove(high);
            }
        }
        for key in ["exclusiveMinimum", "exclusiveMaximum"] {
            if flat.map.get(key) == Some(&Value::Bool(true)) && kind != "string" {
                map.insert(key.into(), Value::Bool(true));
            }
        }
        if let Some(pattern) = flat.map.get("pattern").and_then(Value::as_str).filter(|_| kind == "string") {
            if reachout_document::is_pattern(pattern) {
                map.insert("pattern".into(), pattern.into());
                // Nobody makes up what fits a pattern as well as who wrote it.
                map.extend(
                    flat.map.get("example").filter(|example| example.is_string()).map(|example| ("example".to_owned(), example.clone())),
                );
            } else {
                self.notes.add("Patterns that are no regular expressions of ECMA 262 were left out", format!("{at}: `{pattern}`"));
            }
        }
        (map, description)
    }
}

/// The type of a schema that does not say it.
fn guess(map: &Map<String, Value>) -> Option<&'static str> {
    let has = |key: &str| map.contains_key(key);
    if has("properties") || has("additionalProperties") {
        return Some("object");
    }
    if has("items") {
        return Some("array");
    }
    if let Some(values) = map.get("enum").and_then(Value::as_array) {
        let all = |is: fn(&Value) -> bool| !values.is_empty() && values.iter().filter(|value| !value.is_null()).all(is);
        return match () {
            () if all(Value::is_string) => Some("string"),
            () if all(Value::is_i64) => Some("integer"),
            () if all(Value::is_number) => Some("number"),
            () if all(Value::is_boolean) => Some("boolean"),
            () => None,
        };
    }
    match map.get("format").and_then(Value::as_str) {
        Some("int32" | "int64") => return Some("integer"),
        Some("float" | "double") => return Some("number"),
        Some(_) => return Some("string"),
        None => {}
    }
    if has("minLength") || has("maxLength") || has("pattern") {
        return Some("string");
    }
    (has("minimum") || has("maximum")).then_some("number")
}
