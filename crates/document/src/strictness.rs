//! [`Strictness`]: how closely a value is held to its schema, and schemas of OpenAPI 3.0 as JSON Schema that does so.

use serde_json::{Map, Value, json};

use crate::{pointer, reference};

/// How closely a value is held to its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// To every word of it, and no property that it does not name unless it says `additionalProperties: true`: examples.
    Exact,
    /// The same, but that an enum which the vendor may add to is any text: what a client sends.
    Request,
    /// To types and required properties alone: what a client relies on in a response. Of alternatives several may fit.
    Response,
}

impl Strictness {
    /// A schema component as one of JSON Schema 2020-12; `received`: the vendor may send it.
    pub(crate) fn component(self, schema: &Value, received: bool) -> Value {
        let mut translated = self.schema(schema);
        if let Some(fields) = translated.as_object_mut().filter(|_| self == Self::Request && received) {
            fields.remove("enum");
        }
        translated
    }

    /// A schema as one of JSON Schema 2020-12. Components are under `$defs`.
    pub(crate) fn schema(self, schema: &Value) -> Value {
        let Some(map) = schema.as_object() else { return schema.clone() };
        if let Some(name) = reference::component(schema) {
            return json!({ "$ref": definition(&name) });
        }
        let mut translated = Map::new();
        for (key, value) in map {
            let (key, value) = match (key.as_str(), value) {
                ("nullable" | "example" | "description" | "default" | "discriminator" | "externalDocs" | "xml" | "deprecated", _) => {
                    continue;
                }
                ("enum" | "format", _) if self == Self::Response => continue,
                // OpenAPI's `binary` is raw bytes, which JSON cannot hold.
                ("format", Value::String(format)) if format == "binary" => continue,
                ("properties", Value::Object(properties)) => {
                    (key.as_str(), properties.iter().map(|(name, property)| (name.clone(), self.schema(property))).collect())
                }
                ("items" | "additionalProperties" | "not", value) => (key.as_str(), self.schema(value)),
                ("oneOf", Value::Array(parts)) if self == Self::Response => ("anyOf", self.all(parts)),
                ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => (key.as_str(), self.all(parts)),
                (key, value) => (key, value.clone()),
            };
            translated.insert(key.to_owned(), value);
        }
        if self != Self::Response && map.contains_key("properties") && !map.contains_key("additionalProperties") {
            translated.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        if map.get("nullable") == Some(&Value::Bool(true)) {
            return json!({ "anyOf": [{ "type": "null" }, translated] });
        }
        translated.into()
    }

    fn all(self, schemas: &[Value]) -> Value {
        schemas.iter().map(|schema| self.schema(schema)).collect()
    }
}

/// Where a component stands in a schema that is validated by.
pub(crate) fn definition(name: &str) -> String {
    pointer::child("#/$defs", name)
}
