//! [`Document`]: an OpenAPI document and the way through its references.

use serde_json::{Map, Value};

/// A bundled OpenAPI document; every reference in it points into itself.
#[derive(Debug)]
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    pub(crate) fn root(&self) -> &Value {
        &self.0
    }

    /// What `value` stands for: the target of a `$ref`, or of the `allOf` with one part that makes a reference nullable.
    pub(crate) fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        // A document refers through a handful of steps; a loop of references would otherwise never end.
        for _ in 0..16 {
            let target = match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => reference.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer)),
                None => match value.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                    Some([part]) => Some(part),
                    _ => None,
                },
            };
            match target {
                Some(target) => value = target,
                None => return value,
            }
        }
        value
    }

    /// The properties of an object schema, through references.
    pub(crate) fn properties<'a>(&'a self, schema: &'a Value) -> Option<&'a Map<String, Value>> {
        self.resolve(schema).get("properties")?.as_object()
    }

    /// The schema of one property, through references.
    pub(crate) fn property<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        Some(self.resolve(self.properties(schema)?.get(name)?))
    }

    /// The schema at a dot path such as `meta.total`, through references.
    pub(crate) fn at<'a>(&'a self, schema: &'a Value, path: &str) -> Option<&'a Value> {
        path.split('.').filter(|step| !step.is_empty()).try_fold(self.resolve(schema), |schema, step| self.property(schema, step))
    }

    /// Whether the object may hold properties that its schema does not name.
    pub(crate) fn is_open(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema);
        match schema.get("additionalProperties") {
            Some(additional) => additional != &Value::Bool(false),
            None => schema.get("properties").is_none() && schema.get("oneOf").is_none(),
        }
    }

    /// The schema itself, or the one of its alternatives that `value` is meant for: of the same type, and with all that it requires.
    pub(crate) fn alternative<'a>(&'a self, schema: &'a Value, value: &Value) -> &'a Value {
        let schema = self.resolve(schema);
        let Some(alternatives) = schema["oneOf"].as_array() else { return schema };
        let fits = |alternative: &&Value| match (alternative["type"].as_str(), value) {
            (Some("object"), Value::Object(fields)) => {
                alternative["required"].as_array().into_iter().flatten().filter_map(Value::as_str).all(|name| fields.contains_key(name))
            }
            (Some("array"), Value::Array(_)) | (Some("string"), Value::String(_)) | (Some("number" | "integer"), Value::Number(_)) => true,
            _ => false,
        };
        alternatives.iter().map(|alternative| self.resolve(alternative)).find(fits).unwrap_or(schema)
    }

    /// `value` without what its schema does not name, and without the sandbox's own fields, whose names start with `~`.
    pub(crate) fn project(&self, schema: &Value, value: Value) -> Value {
        let schema = self.alternative(schema, &value);
        match value {
            Value::Object(map) => match schema.get("properties").and_then(Value::as_object) {
                Some(properties) => {
                    let open = self.is_open(schema);
                    let fields = map.into_iter().filter_map(|(name, value)| match properties.get(&name) {
                        Some(property) => Some((name, self.project(property, value))),
                        None => (open && !name.starts_with('~')).then_some((name, value)),
                    });
                    fields.collect()
                }
                None => map.into_iter().filter(|(name, _)| !name.starts_with('~')).collect(),
            },
            Value::Array(items) => match schema.get("items") {
                Some(item) => items.into_iter().map(|value| self.project(item, value)).collect(),
                None => Value::Array(items),
            },
            // One object is shown by several operations, which do not always agree on the type of a field.
            Value::Number(number) if schema["type"] == "string" => number.to_string().into(),
            Value::String(text) if matches!(schema["type"].as_str(), Some("number" | "integer")) => {
                let moment = || chrono::DateTime::parse_from_rfc3339(&text).ok().map(|time| time.timestamp_millis());
                text.parse().ok().or_else(moment).map_or(Value::String(text), Value::from)
            }
            scalar => scalar,
        }
    }
}
