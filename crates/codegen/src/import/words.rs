//! The words of a schema, whichever version wrote them: OpenAPI 3.0, OpenAPI 3.1 with JSON Schema 2020-12, or Swagger 2.

use serde_json::{Map, Value, json};

use super::notes::Notes;
use crate::load::pointer;

/// What one schema says of itself; its properties and items are as they are written.
#[derive(Debug, Default)]
pub struct Words {
    /// Those that mean something in a draft, as a draft says them.
    pub map: Map<String, Value>,
    /// It may be null, as `nullable` says or a list of types.
    pub nullable: bool,
    /// One schema for each of several types.
    pub alternatives: Vec<Value>,
}

impl Words {
    /// Reads a schema that is no reference.
    pub fn read(schema: &Map<String, Value>, at: &str, notes: &mut Notes) -> Self {
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let others: Vec<&str> = types.iter().copied().filter(|kind| *kind != "null").collect();
        let mut words = Self {
            map: schema.iter().filter(|(key, _)| is_kept(key)).map(|(key, value)| (key.clone(), value.clone())).collect(),
            nullable: schema.get("nullable") == Some(&Value::Bool(true)) || others.len() < types.len(),
            alternatives: Vec::new(),
        };
        for (key, note) in LOST {
            if schema.contains_key(key) {
                notes.add(note, at);
            }
        }
        match others.as_slice() {
            [] if types.is_empty() => {}
            [] => drop(words.map.insert("type".into(), "null".into())),
            [only] => drop(words.map.insert("type".into(), (*only).into())),
            several => {
                words.alternatives = several.iter().filter_map(|kind| of_type(schema, kind)).collect();
                words.map.retain(|key, _| OF_EVERY_TYPE.contains(&key.as_str()));
            }
        }
        if let Some(example) = example(schema) {
            words.map.insert("example".into(), example.clone());
        }
        if words.alternatives.is_empty() {
            words.values(schema);
            words.bounds();
            words.content(schema, at, notes);
            words.items(schema, at, notes);
            words.names(schema, at, notes);
        }
        words
    }

    /// `const` is the one value that `enum` lists.
    fn values(&mut self, schema: &Map<String, Value>) {
        if let Some(constant) = schema.get("const") {
            self.map.insert("enum".into(), json!([constant]));
        }
    }

    /// A bound that the value itself is beyond: a number of its own in 3.1, a mark beside the bound in 3.0.
    fn bounds(&mut self) {
        for (exclusive, bound, sign) in [("exclusiveMinimum", "minimum", 1.0), ("exclusiveMaximum", "maximum", -1.0)] {
            let Some(limit @ Value::Number(_)) = self.map.get(exclusive).cloned() else { continue };
            let of = |value: Option<&Value>| value.and_then(Value::as_f64).map(|value| value * sign);
            // Where there are both, the tighter one holds.
            if of(self.map.get(bound)).is_some_and(|inclusive| of(Some(&limit)).is_some_and(|limit| inclusive > limit)) {
                self.map.shift_remove(exclusive);
            } else {
                self.map.insert(bound.into(), limit);
                self.map.insert(exclusive.into(), true.into());
            }
        }
    }

    /// Bytes are a text of a media type in 3.1, and a format in 3.0.
    fn content(&mut self, schema: &Map<String, Value>, at: &str, notes: &mut Notes) {
        if schema.contains_key("contentEncoding") {
            notes.add("Encodings of texts are not kept (`contentEncoding`)", at);
        }
        if is_binary(schema) {
            self.map.insert("type".into(), "string".into());
            self.map.insert("format".into(), "binary".into());
        } else if schema.contains_key("contentMediaType") {
            notes.add("Media types of texts are not kept (`contentMediaType`)", at);
        }
    }

    /// A tuple is a list of what its places are; of any values where it may be longer.
    fn items(&mut self, schema: &Map<String, Value>, at: &str, notes: &mut Notes) {
        let (places, rest) = match (schema.get("prefixItems"), schema.get("items")) {
            (Some(Value::Array(places)), rest) => (places, rest.or_else(|| schema.get("unevaluatedItems"))),
            (_, Some(Value::Array(places))) => (places, schema.get("additionalItems")),
            _ => return,
        };
        let most = schema.get("maxItems").and_then(Value::as_u64);
        let is_closed = rest == Some(&Value::Bool(false)) || most.is_some_and(|most| most <= places.len() as u64);
        let rest = rest.filter(|rest| rest.is_object());
        self.map.entry("type").or_insert("array".into());
        if is_closed || rest.is_some() {
            let mut distinct: Vec<Value> = Vec::new();
            for place in places.iter().chain(rest) {
                if !distinct.contains(place) {
                    distinct.push(place.clone());
                }
            }
            let items = if distinct.len() == 1 { distinct.swap_remove(0) } else { json!({ "oneOf": distinct }) };
            self.map.insert("items".into(), items);
            notes.add("Places of a tuple are not kept: its items are any of theirs (`prefixItems`)", at);
        } else {
            self.map.insert("items".into(), json!({}));
            notes.add("Tuples that may be longer became lists of any values (`prefixItems`)", at);
        }
    }

    /// Properties by the form of their names are further properties, and so are those that no part describes.
    fn names(&mut self, schema: &Map<String, Value>, at: &str, notes: &mut Notes) {
        let patterns: Vec<&Value> =
            schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten().map(|(_, one)| one).collect();
        let further = schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties"));
        if !patterns.is_empty() {
            notes.add("Patterns of property names are not kept (`patternProperties`)", at);
            let mut distinct: Vec<Value> = Vec::new();
            for one in patterns.into_iter().chain(further.filter(|further| further.is_object())) {
                if !distinct.contains(one) {
                    distinct.push(one.clone());
                }
            }
            let values = if distinct.len() == 1 { distinct.swap_remove(0) } else { json!({ "oneOf": distinct }) };
            self.map.insert("additionalProperties".into(), values);
        } else if let Some(further) = further.filter(|further| further.is_object()) {
            self.map.insert("additionalProperties".into(), further.clone());
        }
        let never: Vec<String> = self
            .map
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(_, property)| **property == Value::Bool(false))
            .map(|(name, _)| name.clone())
            .collect();
        if let Some(properties) = self.map.get_mut("properties").and_then(Value::as_object_mut) {
            for name in never {
                notes.add("Properties that nothing fits were left out", pointer::child(&pointer::child(at, "properties"), &name));
                properties.shift_remove(&name);
            }
        }
    }
}

/// A schema with the words that mean something for one of its types; none where its values have another.
fn of_type(schema: &Map<String, Value>, kind: &str) -> Option<Value> {
    let of_kind: &[&str] = match kind {
        "object" => &["properties", "required", "additionalProperties", "patternProperties", "unevaluatedProperties"],
        "array" => &["items", "prefixItems", "unevaluatedItems", "additionalItems", "minItems", "maxItems", "uniqueItems"],
        "string" => &["format", "minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"],
        "integer" | "number" => &["format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        _ => &[],
    };
    let mut own = Map::from_iter([("type".to_owned(), Value::from(kind))]);
    own.extend(schema.iter().filter(|(key, _)| of_kind.contains(&key.as_str())).map(|(key, value)| (key.clone(), value.clone())));
    if let Some(values) = values(schema) {
        let is_kind = |value: &Value| match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            _ => value.is_number(),
        };
        let values: Vec<Value> = values.into_iter().filter(is_kind).collect();
        if values.is_empty() {
            return None;
        }
        own.insert("enum".into(), values.into());
    }
    Some(own.into())
}

/// The values that a schema lists, or the one that it is.
pub fn values(schema: &Map<String, Value>) -> Option<Vec<Value>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(constant), _) => Some(vec![constant.clone()]),
        (_, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    }
}

/// The one text that a schema is.
pub fn constant(schema: &Value) -> Option<String> {
    match values(schema.as_object()?)?.as_slice() {
        [Value::String(value)] => Some(value.clone()),
        _ => None,
    }
}

/// The example that a schema has, or the first of several.
pub fn example(schema: &Map<String, Value>) -> Option<&Value> {
    schema.get("example").or_else(|| schema.get("examples")?.as_array()?.first())
}

/// Whether a schema is nothing but null.
pub fn is_null(schema: &Value) -> bool {
    let Some(map) = schema.as_object() else { return false };
    let only = |types: &Value| *types == "null" || *types == json!(["null"]);
    map.get("type").is_some_and(only)
        || values(map).is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
        || map.len() == 1 && map.get("nullable") == Some(&Value::Bool(true))
}

/// Whether a schema says itself that it may be null.
pub fn is_nullable(schema: &Value) -> bool {
    let listed = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|one| *one == "null" || one.is_null()));
    schema["nullable"] == true || is_null(schema) || listed(&schema["type"]) || listed(&schema["enum"])
}

/// Whether a schema is bytes: of the format of 3.0, or of a media type that is no text.
pub fn is_binary(schema: &Map<String, Value>) -> bool {
    let is_text = |media_type: &str| media_type.starts_with("text/") || ["json", "xml"].iter().any(|word| media_type.contains(word));
    let media_type = schema.get("contentMediaType").and_then(Value::as_str).filter(|_| !schema.contains_key("contentEncoding"));
    schema.get("format").is_some_and(|format| format == "binary")
        || media_type.is_some_and(|media_type| !is_text(media_type)) && schema.get("type").is_none_or(|kind| kind == "string")
}

fn is_kept(key: &str) -> bool {
    KEPT.iter().chain(&LIMITS).any(|kept| *kept == key)
}

/// The words of a schema that mean something here, beside its limits.
const KEPT: [&str; 14] = [
    "type",
    "format",
    "enum",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "title",
    "default",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "x-extra",
];

/// Those that mean the same whatever the type.
const OF_EVERY_TYPE: [&str; 7] = ["title", "default", "example", "deprecated", "readOnly", "writeOnly", "x-extra"];

/// The words that limit a value.
pub const LIMITS: [&str; 11] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// Words that say something the draft cannot.
const LOST: [(&str, &str); 11] = [
    ("not", "What a value is not is not kept (`not`)"),
    ("if", "Conditions are not kept (`if`, `then`, `else`)"),
    ("dependentRequired", "Fields that need each other are not kept (`dependentRequired`)"),
    ("dependentSchemas", "Fields that need each other are not kept (`dependentSchemas`)"),
    ("contains", "What a list contains is not kept (`contains`)"),
    ("propertyNames", "Names of properties are not limited (`propertyNames`)"),
    ("minProperties", "Numbers of properties are not limited (`minProperties`, `maxProperties`)"),
    ("maxProperties", "Numbers of properties are not limited (`minProperties`, `maxProperties`)"),
    ("$dynamicRef", "References that depend on where they are followed from are not followed (`$dynamicRef`)"),
    ("readOnly", "Properties of responses alone stand in requests too (`readOnly`)"),
    ("writeOnly", "Properties of requests alone stand in responses too (`writeOnly`)"),
];
