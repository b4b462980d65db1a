//! Reads schemas: properties through references and parts, and the alternative that a value is of.

use std::iter::successors;

use serde_json::Value;

use crate::document::{Document, STEPS};
use crate::reference;

/// Parts that contain themselves have no end; the lint refuses them.
const DEPTH: usize = 16;

impl Document {
    /// The properties of a schema, those of its parts and alternatives included.
    #[must_use]
    pub fn properties<'d>(&'d self, schema: &'d Value) -> Vec<(&'d str, &'d Value)> {
        let mut properties = Vec::new();
        self.collect(schema, DEPTH, &mut properties);
        properties
    }

    fn collect<'d>(&'d self, schema: &'d Value, depth: usize, properties: &mut Vec<(&'d str, &'d Value)>) {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        properties.extend(own.map(|(name, property)| (name.as_str(), property)));
        for part in parts(schema).filter(|_| depth > 0) {
            self.collect(part, depth - 1, properties);
        }
    }

    /// What a property of a schema stands for, parts and alternatives included.
    #[must_use]
    pub fn property<'d>(&'d self, schema: &'d Value, name: &str) -> Option<&'d Value> {
        self.written_property(schema, name).map(|property| self.resolve(property))
    }

    /// The same, as it is written.
    pub(crate) fn written_property<'d>(&'d self, schema: &'d Value, name: &str) -> Option<&'d Value> {
        self.find(schema, name, DEPTH)
    }

    fn find<'d>(&'d self, schema: &'d Value, name: &str, depth: usize) -> Option<&'d Value> {
        let schema = self.resolve(schema);
        let own = schema["properties"].get(name);
        own.or_else(|| parts(schema).filter(|_| depth > 0).find_map(|part| self.find(part, name, depth - 1)))
    }

    /// What stands at a dot path such as `meta.total`; the schema itself at the empty one.
    #[must_use]
    pub fn at<'d>(&'d self, schema: &'d Value, path: &str) -> Option<&'d Value> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(self.resolve(schema), |schema, step| self.property(schema, step))
    }

    /// What the items of a list stand for; nothing where the schema is no list.
    #[must_use]
    pub fn items<'d>(&'d self, schema: &'d Value) -> Option<&'d Value> {
        let schema = self.resolve(schema);
        (schema["type"] == "array").then(|| self.resolve(&schema["items"]))
    }

    /// The values of a text that can have no others; nothing where there is no `enum`.
    #[must_use]
    pub fn choices<'d>(&'d self, schema: &'d Value) -> Option<Vec<&'d str>> {
        Some(self.resolve(schema).get("enum")?.as_array()?.iter().filter_map(Value::as_str).collect())
    }

    /// Whether an object may have properties that its schema does not name.
    #[must_use]
    pub fn allows_unknown(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema);
        match schema.get("additionalProperties") {
            Some(additional) => additional != &Value::Bool(false),
            None => schema.get("properties").is_none() && parts(schema).next().is_none(),
        }
    }

    /// What the schema stands for, or the one of its alternatives that `value` is of: of the same type, with all that it requires, and no tag of
    /// another's.
    #[must_use]
    pub fn alternative<'d>(&'d self, schema: &'d Value, value: &Value) -> &'d Value {
        successors(Some(schema), |schema| self.step(schema, value)).take(STEPS).last().unwrap_or(schema)
    }

    /// What the schema refers to, or has for its only part, or the one of its alternatives that `value` is of.
    pub(crate) fn step<'d>(&'d self, schema: &'d Value, value: &Value) -> Option<&'d Value> {
        if let Some(reference) = reference::of(schema) {
            return self.target(reference);
        }
        match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([part]) => Some(part),
            // Where nothing else decides, the first that knows most of the fields.
            _ => {
                let fitting = alternatives(schema).filter(|alternative| self.is_of(self.resolve(alternative), value));
                fitting.min_by_key(|alternative| unknown(self.resolve(alternative), value))
            }
        }
    }

    fn is_of(&self, schema: &Value, value: &Value) -> bool {
        let required = || schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(fields)) => {
                let is_tagged = |(name, value): (&String, &Value)| {
                    let choices = schema["properties"].get(name).and_then(|property| self.choices(property));
                    choices.zip(value.as_str()).is_none_or(|(choices, value)| choices.len() > 1 || choices.contains(&value))
                };
                required().all(|name| fields.contains_key(name)) && fields.iter().all(is_tagged)
            }
            (Some("array"), Value::Array(_))
            | (Some("string"), Value::String(_))
            | (Some("boolean"), Value::Bool(_))
            | (Some("number"), Value::Number(_)) => true,
            (Some("integer"), Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
            _ => false,
        }
    }
}

fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["allOf"].as_array().into_iter().flatten().chain(alternatives(schema))
}

/// How many fields of an object the schema does not name.
fn unknown(schema: &Value, value: &Value) -> usize {
    let fields = value.as_object().into_iter().flatten();
    fields.filter(|(name, _)| schema["properties"].get(name.as_str()).is_none()).count()
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten()
}
