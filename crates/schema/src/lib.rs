//! Validates JSON by the schemas of an OpenAPI 3.0 document.
//!
//! OpenAPI 3.0 schemas are almost JSON Schema: `nullable` and `$ref`s into `#/components/schemas` are what differs. The lint of the specs
//! and the sandbox both validate by this crate, so that an example the lint accepts is one the sandbox accepts.
//!
//! ```
//! let document = serde_json::json!({ "components": { "schemas": {
//!     "Tag": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } }
//! } } });
//! let definitions = reachout_schema::Definitions::new(&document, reachout_schema::Unknown::Refused);
//! let tag = serde_json::json!({ "$ref": "#/components/schemas/Tag" });
//! let problems = definitions.problems(&tag, &serde_json::json!({ "nam": "frontend" }));
//! assert_eq!(problems.len(), 2);
//! assert_eq!(problems[1].message, "\"name\" is a required property");
//! ```
#![forbid(unsafe_code)]

mod nearest;

use std::fmt;
use std::sync::{Arc, OnceLock};

pub use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
pub use nearest::nearest;
use serde_json::{Map, Value, json};

/// What to do with a property that no schema names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It is a problem, unless the schema says `additionalProperties: true`.
    Refused,
    /// It is ignored, as OpenAPI says.
    Ignored,
}

/// The schemas of one document, ready to validate by.
#[derive(Clone, Debug)]
pub struct Definitions {
    schemas: Value,
    unknown: Unknown,
    /// One validator for every schema, compiled when the first is asked for: a value stands in it under the name of its schema.
    whole: Arc<OnceLock<Option<Validator>>>,
}

/// Where a value does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Dot path of the field, empty for the value itself.
    pub path: String,
    /// One sentence without a full stop.
    pub message: String,
    /// The fields that are too much, where that is the problem; `path` is that of the object around them.
    pub unexpected: Vec<String>,
}

impl Problem {
    /// A problem at a dot path.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), unexpected: Vec::new() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl Definitions {
    /// Takes `components.schemas` of an OpenAPI document.
    #[must_use]
    pub fn new(document: &Value, unknown: Unknown) -> Self {
        let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
        let schemas: Map<String, Value> = schemas.map(|(name, schema)| (name.clone(), translate(schema, unknown))).collect();
        Self { schemas: schemas.into(), unknown, whole: Arc::default() }
    }

    /// A validator for one schema of the document, such as `{"$ref": "#/components/schemas/Contact"}`.
    ///
    /// # Errors
    /// One sentence where the schema is not a schema.
    pub fn validator(&self, schema: &Value) -> Result<Validator, String> {
        let mut root = translate(schema, self.unknown);
        let definitions = self.reached_from(&root);
        if let Some(root) = root.as_object_mut() {
            // A sibling of `$ref` is read in draft 2020-12, so the definitions can stand beside it.
            root.insert("$defs".to_owned(), definitions.into());
        }
        jsonschema::draft202012::options().should_validate_formats(true).build(&root).map_err(|error| error.to_string())
    }

    /// The definitions that `root` refers to, directly or through others. A validator that holds no more is compiled many times faster.
    fn reached_from(&self, root: &Value) -> Map<String, Value> {
        let mut reached = Map::new();
        let mut names = Vec::new();
        references(root, &mut names);
        while let Some(name) = names.pop() {
            if let Some(schema) = self.schemas.get(&name).filter(|_| !reached.contains_key(&name)) {
                references(schema, &mut names);
                reached.insert(name, schema.clone());
            }
        }
        reached
    }

    /// The validator of all schemas; nothing where one of them is no schema.
    fn whole(&self) -> Option<&Validator> {
        let compile = || {
            let names = self.schemas.as_object()?.keys();
            let properties: Map<String, Value> = names.map(|name| (name.clone(), json!({ "$ref": format!("#/$defs/{name}") }))).collect();
            let root = json!({ "properties": properties, "$defs": self.schemas });
            jsonschema::draft202012::options().should_validate_formats(true).build(&root).ok()
        };
        self.whole.get_or_init(compile).as_ref()
    }

    /// Everything in `value` that does not fit `schema`. Many values of one document are best asked of the same definitions: what a `$ref` names is
    /// compiled once for all of them.
    #[must_use]
    pub fn problems(&self, schema: &Value, value: &Value) -> Vec<Problem> {
        let name = schema.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("$ref")?.as_str()?.strip_prefix(COMPONENTS));
        let plain = |name: &&str| !name.contains(['~', '%']) && self.schemas.get(*name).is_some();
        if let Some((name, whole)) = name.filter(plain).zip(self.whole()) {
            let mut found = problems(whole, &json!({ name: value }));
            for problem in &mut found {
                problem.path = problem.path.strip_prefix(name).unwrap_or(&problem.path).trim_start_matches('.').to_owned();
            }
            return found;
        }
        match self.validator(schema) {
            Ok(validator) => problems(&validator, value),
            Err(message) => vec![Problem::new("", format!("not a schema: {message}"))],
        }
    }
}

const COMPONENTS: &str = "#/components/schemas/";

/// Whether a text is a regular expression that validators can compile.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    jsonschema::draft202012::options().build(&json!({ "pattern": pattern })).is_ok()
}

/// Whether a text matches a regular expression as validators read it.
#[must_use]
pub fn is_match(pattern: &str, text: &str) -> bool {
    jsonschema::draft202012::options().build(&json!({ "pattern": pattern })).is_ok_and(|validator| validator.is_valid(&text.into()))
}

/// Everything in `value` that the validator refuses, in the order of the value.
///
/// Where alternatives were offered (`oneOf`, `nullable`) and none fits, the one that comes closest speaks.
#[must_use]
pub fn problems(validator: &Validator, value: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    validator.iter_errors(value).for_each(|error| explain(&error, &mut problems));
    problems
}

fn explain(error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
    let alternatives: &[Vec<ValidationError<'_>>] = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
        _ => &[],
    };
    let is_other_type = |alternative: &&Vec<ValidationError<'_>>| {
        alternative.iter().any(|e| matches!(e.kind(), ValidationErrorKind::Type { .. }) && e.instance_path() == error.instance_path())
    };
    let is_null = |alternative: &&Vec<ValidationError<'_>>| {
        alternative.iter().all(|e| matches!(e.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) }))
    };
    let of_the_type = alternatives.iter().filter(|a| !is_other_type(a)).min_by_key(|alternative| alternative.len());
    let nearest = of_the_type.or_else(|| match alternatives {
        [null, other] if is_null(&null) => Some(other),
        _ => None,
    });
    match nearest {
        Some(nearest) => nearest.iter().for_each(|error| explain(error, problems)),
        None => problems.push(Problem {
            unexpected: match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } => unexpected.clone(),
                _ => Vec::new(),
            },
            ..Problem::new(error.instance_path().to_string().trim_start_matches('/').replace('/', "."), error.to_string())
        }),
    }
}

/// The names of the definitions that `schema` refers to.
fn references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            let reference = map.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/$defs/"));
            names.extend(reference.map(str::to_owned));
            map.values().for_each(|value| references(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}

/// An OpenAPI 3.0 schema as one of JSON Schema 2020-12.
fn translate(schema: &Value, unknown: Unknown) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": reference.replace(COMPONENTS, "#/$defs/") });
    }
    let mut translated = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            ("nullable" | "example" | "description" | "default" | "discriminator" | "externalDocs" | "xml" | "deprecated", _) => continue,
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, property)| (name.clone(), translate(property, unknown))).collect()
            }
            ("items" | "additionalProperties" | "not", value) => translate(value, unknown),
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => parts.iter().map(|part| translate(part, unknown)).collect(),
            // OpenAPI's `binary` is raw bytes, which JSON cannot hold.
            ("format", Value::String(format)) if format == "binary" => continue,
            (_, value) => value.clone(),
        };
        translated.insert(key.clone(), value);
    }
    if unknown == Unknown::Refused && map.contains_key("properties") && !map.contains_key("additionalProperties") {
        translated.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [{ "type": "null" }, translated] });
    }
    translated.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validates_as_openapi_means_it() {
        let document = json!({ "components": { "schemas": {
            "Contact": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "summary": { "type": "string", "nullable": true },
                    "tags": { "type": "array", "items": { "$ref": "#/components/schemas/Tag" } },
                    "custom": { "type": "object", "additionalProperties": true },
                    "seat": { "type": "object", "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Seat" }] },
                    "to": { "oneOf": [{ "$ref": "#/components/schemas/ToLead" }, { "$ref": "#/components/schemas/ToProfile" }] },
                },
            },
            "Tag": { "type": "string", "enum": ["a", "b"] },
            "Seat": { "type": "object", "properties": { "number": { "type": "integer" } } },
            "ToLead": { "type": "object", "required": ["lead", "text"], "properties": { "lead": { "type": "string" }, "text": { "type": "string" } } },
            "ToProfile": { "type": "object", "required": ["url", "text"], "properties": { "url": { "type": "string" }, "text": { "type": "string" } } },
        } } });
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let cases = [
            ("all fits", json!({ "id": id, "summary": null, "tags": ["a"], "custom": { "any": 1 } }), vec![]),
            ("missing", json!({}), vec!["\"id\" is a required property"]),
            ("format", json!({ "id": "x" }), vec!["id: \"x\" is not a \"uuid\""]),
            ("nested", json!({ "id": id, "tags": ["c"] }), vec!["tags.0: \"c\" is not one of \"a\" or \"b\""]),
            ("unknown", json!({ "id": id, "nick": 1 }), vec!["Additional properties are not allowed ('nick' was unexpected)"]),
            ("nullable of another type", json!({ "id": id, "summary": 1 }), vec!["summary: 1 is not of type \"string\""]),
            (
                "inside a nullable reference",
                json!({ "id": id, "seat": { "number": "1" } }),
                vec!["seat.number: \"1\" is not of type \"integer\""],
            ),
            ("the nearer alternative", json!({ "id": id, "to": { "url": "u", "text": 1 } }), vec!["to.text: 1 is not of type \"string\""]),
            ("null where none is meant", json!({ "id": null }), vec!["id: null is not of type \"string\""]),
        ];
        let definitions = Definitions::new(&document, Unknown::Refused);
        for (case, value, expected) in cases {
            let problems = definitions.problems(&json!({ "$ref": "#/components/schemas/Contact" }), &value);
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{case}");
        }
        let unknown = definitions.problems(&json!({ "$ref": "#/components/schemas/Contact" }), &json!({ "id": id, "nick": 1, "nack": 2 }));
        assert_eq!(unknown.iter().map(|problem| problem.unexpected.join(" ")).collect::<Vec<_>>(), ["nick nack"]);
        let lenient = Definitions::new(&document, Unknown::Ignored);
        assert_eq!(lenient.problems(&json!({ "$ref": "#/components/schemas/Contact" }), &json!({ "id": id, "nick": 1 })), []);
    }
}
