//! [`Strictness`]: how closely a value is held to its schema, and schemas of OpenAPI as JSON Schema that does so.

use serde_json::{Map, Value, json};

use crate::reference::Position;

/// How closely a value is held to its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// To every word of it, and no property that it does not name unless it says `additionalProperties: true`: examples.
    Exact,
    /// The same, but that an enum which the vendor may add to is any text: what a client sends.
    Request,
    /// To every word of it, and whatever properties it does not name: schemas that are put together of parts, in 3.0 or 3.1.
    Open,
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

    /// A schema as one of JSON Schema 2020-12. Components stand where they do in the document.
    pub(crate) fn schema(self, schema: &Value) -> Value {
        self.translated(schema, Position::Node)
    }

    fn translated(self, node: &Value, position: Position) -> Value {
        match (node, position) {
            (Value::Object(map), Position::Node) => self.words(map),
            (Value::Object(map), Position::Names) => self.each(map).collect(),
            (Value::Array(items), Position::Node | Position::Names) => {
                items.iter().map(|item| self.translated(item, position.item())).collect()
            }
            _ => node.clone(),
        }
    }

    fn each(self, names: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
        names.iter().map(move |(name, value)| (name.clone(), self.translated(value, Position::Names.child(name, value))))
    }

    fn words(self, map: &Map<String, Value>) -> Value {
        if let Some(reference) = map.get("$ref").filter(|_| self != Self::Open) {
            return json!({ "$ref": reference });
        }
        let mut translated = Map::new();
        for (key, value) in map {
            let key = match (key.as_str(), value) {
                ("nullable" | "example" | "description" | "default" | "discriminator" | "externalDocs" | "xml" | "deprecated", _) => {
                    continue;
                }
                ("enum" | "format", _) if self == Self::Response => continue,
                // OpenAPI's `binary` is raw bytes, which JSON cannot hold.
                ("format", Value::String(format)) if format == "binary" => continue,
                // A mark beside a bound, and in 3.1 the bound itself.
                ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => continue,
                ("minimum", _) if map.get("exclusiveMinimum") == Some(&Value::Bool(true)) => "exclusiveMinimum",
                ("maximum", _) if map.get("exclusiveMaximum") == Some(&Value::Bool(true)) => "exclusiveMaximum",
                ("oneOf", _) if self == Self::Response => "anyOf",
                (key, _) => key,
            };
            translated.insert(key.to_owned(), self.translated(value, Position::Node.child(key, value)));
        }
        let is_closed = matches!(self, Self::Exact | Self::Request);
        if is_closed && map.contains_key("properties") && !map.contains_key("additionalProperties") {
            translated.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        if map.get("nullable") == Some(&Value::Bool(true)) {
            return json!({ "anyOf": [{ "type": "null" }, translated] });
        }
        translated.into()
    }
}
