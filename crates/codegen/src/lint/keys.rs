//! Every key is known, and what stands behind it has the shape it should have.

use reachout_document::nearest;
use serde_json::Value;

use super::kinds::{Kind, ROOT, SCHEMA, Shape};
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    Check { document, findings }.shape(&Shape::Object(&ROOT), document.json(), "", "the document");
}

struct Check<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn report(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.document.diagnostic(at, message, help));
    }

    fn shape(&mut self, shape: &Shape, value: &Value, at: &str, key: &str) {
        let expected = match shape {
            Shape::Any => return,
            Shape::Refused(help) => return self.report(at, format!("`{key}` is not supported"), *help),
            Shape::Text if value.is_string() => return,
            Shape::Text => "a text: quote it",
            Shape::Flag | Shape::FlagOrSchema if value.is_boolean() => return,
            Shape::Flag => "`true` or `false`",
            Shape::Count if value.is_u64() => return,
            Shape::Count => "a whole number, 0 or more",
            Shape::Number if value.is_number() => return,
            Shape::Number => "a number, without quotes",
            Shape::Schema | Shape::FlagOrSchema => return self.shape(&Shape::Reference(&SCHEMA, "schemas"), value, at, key),
            Shape::List(item) => match value.as_array() {
                Some(items) => {
                    let items = items.iter().enumerate();
                    return items.for_each(|(index, value)| self.shape(item, value, &format!("{at}/{index}"), key));
                }
                None => "a list: `[…]`, or lines that begin with `-`",
            },
            Shape::Names(of) => match value.as_object() {
                Some(map) => {
                    return map.iter().for_each(|(name, value)| self.shape(of, value, &pointer::child(at, name), name));
                }
                None => "a mapping",
            },
            Shape::Object(kind) => match value.as_object() {
                Some(_) => return self.object(kind, value, at),
                None => "a mapping",
            },
            Shape::Reference(kind, section) => match value.as_object() {
                Some(map) if map.contains_key("$ref") => return self.reference(value, section, at),
                Some(_) => return self.object(kind, value, at),
                None => "a mapping, or a `$ref`",
            },
        };
        self.report(at, format!("`{key}` is {}", written(value)), format!("write {expected}"));
    }

    fn object(&mut self, kind: &Kind, value: &Value, at: &str) {
        for (key, value) in value.as_object().into_iter().flatten() {
            let below = pointer::child(at, key);
            match kind.keys.iter().find(|(known, _)| known == key) {
                Some((_, shape)) => self.shape(shape, value, &below, key),
                None => self.report(&below, format!("`{key}` is not known in {}", kind.name), remedy(kind, key)),
            }
        }
    }

    fn reference(&mut self, value: &Value, section: &str, at: &str) {
        match value["$ref"].as_str() {
            None => self.report(at, "a `$ref` must be text", format!("write `$ref: \"#/components/{section}/Name\"`")),
            Some(reference) if !reference.starts_with(&format!("#/components/{section}/")) => self.report(
                at,
                format!("`{reference}` does not name one of `components/{section}`"),
                format!("write `$ref: \"#/components/{section}/Name\"`"),
            ),
            Some(_) => {}
        }
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(value) => format!("{value}"),
        Value::Number(value) => format!("the number {value}"),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn remedy(kind: &Kind, key: &str) -> String {
    let known = kind.keys.iter().filter(|(_, shape)| !matches!(shape, Shape::Refused(_))).map(|(key, _)| *key);
    match nearest(key, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{} has: {}", kind.name, known.collect::<Vec<_>>().join(", ")),
    }
}
