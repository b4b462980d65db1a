//! Values of a document's schemas: the same ones in each run, and none that its own validator refuses.

mod random;
mod scalars;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use reachout_codegen::Published;
use reachout_document::{Document, Position, Strictness, component_of, references};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use random::Random;
use schema::{merge, one_way, reference};

/// Components that are sampled, of a document that has more.
const MOST_TYPES: usize = 30;
/// Values of each.
const EACH: u64 = 4;
/// Values that are tried for one that fits.
const TRIES: u64 = 6;
/// How deep objects are filled with what is optional.
const DEPTH: usize = 5;
/// How deep they may lie in each other at all.
const MOST_DEPTH: usize = 24;

/// A value, and the type that is to hold it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// Name of the type.
    pub ty: String,
    /// What goes through it.
    pub value: Value,
}

/// The samples of a document.
#[derive(Debug, Default)]
pub struct Samples {
    /// All that fit.
    pub made: Vec<Sample>,
    /// Components that none could be made for.
    pub unsampled: usize,
}

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Sent,
    Received,
}

/// Makes samples of the components that have one of these types: of the published schema where one has this name, and of the draft's where the import
/// gave an inline schema a name.
pub fn samples(published: &Published, draft: &Value, types: &[&str]) -> Samples {
    let mut tasks: Vec<(String, String, Way, &Value)> = Vec::new();
    let received = reached(&published.document, "responses", Position::Names);
    let sent = reached(&published.document, "requestBody", Position::Node);
    for (name, own) in &published.names {
        let input = format!("{own}Input");
        let way = if received.contains(name) || !sent.contains(name) { Way::Received } else { Way::Sent };
        tasks.push((own.clone(), name.clone(), way, &published.document));
        if draft["components"]["schemas"].get(&input).is_some() && !published.names.iter().any(|(_, own)| *own == input) {
            tasks.push((input, name.clone(), Way::Sent, &published.document));
        }
    }
    let named: BTreeSet<String> = tasks.iter().map(|(own, ..)| own.clone()).collect();
    let hoisted =
        draft["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name).filter(|name| !named.contains(*name));
    tasks.extend(hoisted.map(|name| (name.clone(), name.clone(), Way::Received, draft)));
    tasks.retain(|(own, ..)| types.contains(&own.as_str()));

    let step = tasks.len().div_ceil(MOST_TYPES).max(1);
    let mut makers: HashMap<(bool, bool), Maker> = HashMap::new();
    let mut samples = Samples::default();
    for (own, name, way, document) in tasks.into_iter().step_by(step) {
        let key = (std::ptr::eq(document, draft), way == Way::Sent);
        let maker = makers.entry(key).or_insert_with(|| Maker::new(document, way));
        let made = maker.samples(&name);
        samples.unsampled += usize::from(made.is_empty());
        samples.made.extend(made.into_iter().map(|value| Sample { ty: own.clone(), value }));
    }
    samples
}

/// The components that are part of a request or a response.
fn reached(document: &Value, key: &str, position: Position) -> BTreeSet<String> {
    let mut queue = Vec::new();
    for item in document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object()) {
        item.values().for_each(|operation| references(&operation[key], position, &mut queue));
    }
    let mut seen = BTreeSet::new();
    while let Some(reference) = queue.pop() {
        if seen.insert(reference)
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
        {
            references(target, Position::Node, &mut queue);
        }
    }
    seen.into_iter().filter_map(component_of).collect()
}

/// Makes values of one document's schemas, as they go one way.
struct Maker {
    /// The document's components.
    document: Document,
    random: Random,
}

impl Maker {
    fn new(document: &Value, way: Way) -> Self {
        let mut schemas = document["components"]["schemas"].clone();
        one_way(&mut schemas, way);
        Self { document: Document::new(json!({ "components": { "schemas": schemas } })), random: Random(0) }
    }

    /// Values of a component: what it requires, all that it can have, and what chance gives.
    fn samples(&mut self, name: &str) -> Vec<Value> {
        let schema = json!({ "$ref": reference(name) });
        let mut made: Vec<Value> = Vec::new();
        for number in 0..EACH {
            let filled = [0, 100, 60, 30][usize::try_from(number).unwrap_or_default() % 4];
            for attempt in 0..TRIES {
                self.random = Random::of(name, number * TRIES + attempt);
                let value = self.value(&schema, &Extent { depth: 0, filled });
                // Where a component may be null itself, that is a matter of the places that refer to it.
                if let Some(value) = value.filter(|value| !value.is_null())
                    && self.document.problems(&schema, &value, Strictness::Open).is_empty()
                {
                    if !made.contains(&value) {
                        made.push(value);
                    }
                    break;
                }
            }
        }
        made
    }

    fn value(&mut self, schema: &Value, extent: &Extent) -> Option<Value> {
        if extent.depth > MOST_DEPTH {
            return None;
        }
        let schema = self.merged(schema, 0)?;
        if let Some(constant) = schema.get("const") {
            return Some(constant.clone());
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.random.one(values).cloned();
        }
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if nullable && self.random.percent(if extent.is_shallow() { 15 } else { 100 }) {
            return Some(Value::Null);
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema.get(key).and_then(Value::as_array) {
                return self.alternative(&schema, key, alternatives, extent);
            }
        }
        match self.kind(&schema).as_deref() {
            Some("null") => Some(Value::Null),
            Some("boolean") => Some(self.random.percent(50).into()),
            Some("integer") => self.integer(&schema),
            Some("number") => self.number(&schema),
            Some("string") => self.text(&schema),
            Some("array") => self.list(&schema, extent),
            Some("object") => self.object(&schema, extent),
            // A value of any type.
            _ => Some(self.random.one(&[json!("any"), json!(7), json!({ "any": [true] })])?.clone()),
        }
    }

    /// The type, or one of several; what the other words say where there is none.
    fn kind(&mut self, schema: &Map<String, Value>) -> Option<String> {
        match schema.get("type") {
            Some(Value::String(kind)) => Some(kind.clone()),
            Some(Value::Array(kinds)) => self.random.one(kinds)?.as_str().map(str::to_owned),
            _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => Some("object".to_owned()),
            _ if schema.contains_key("items") => Some("array".to_owned()),
            _ => None,
        }
    }

    fn alternative(&mut self, schema: &Map<String, Value>, key: &str, alternatives: &[Value], extent: &Extent) -> Option<Value> {
        let chosen = self.random.one(alternatives)?.clone();
        let mut rest = schema.clone();
        rest.shift_remove(key);
        let discriminator = rest.shift_remove("discriminator");
        let plain = rest.keys().all(|key| ["description", "title", "example", "default", "nullable"].contains(&key.as_str()));
        let whole = if plain { chosen.clone() } else { json!({ "allOf": [rest, chosen] }) };
        let mut value = self.value(&whole, &extent.below())?;
        // A value whose tag names another alternative contradicts its document.
        if let (Some(tag), Some(reference), Some(object)) =
            (discriminator.as_ref().and_then(|one| one["propertyName"].as_str()), chosen["$ref"].as_str(), value.as_object_mut())
        {
            let mapping = discriminator.as_ref().and_then(|one| one["mapping"].as_object());
            let named = |target: &Value| target == reference || target.as_str().map(str::to_owned) == component_of(reference);
            let word = mapping.into_iter().flatten().find(|(_, target)| named(target)).map(|(word, _)| word.clone());
            let own = self.document.component(&component_of(reference)?)?["properties"][tag].get("enum").is_some();
            if let Some(word) = word.or_else(|| component_of(reference).filter(|_| !own)) {
                object.insert(tag.to_owned(), word.into());
            }
        }
        Some(value)
    }

    /// A schema with its references followed and its parts as one.
    fn merged(&self, schema: &Value, depth: usize) -> Option<Map<String, Value>> {
        let mut map = match schema {
            Value::Bool(true) => Map::new(),
            Value::Object(map) => map.clone(),
            _ => return None,
        };
        if depth > MOST_DEPTH {
            return None;
        }
        if let Some(Value::String(reference)) = map.shift_remove("$ref") {
            let target = self.document.component(&component_of(&reference)?)?.clone();
            merge(&mut map, self.merged(&target, depth + 1)?);
        }
        if let Some(Value::Array(parts)) = map.shift_remove("allOf") {
            for part in parts {
                merge(&mut map, self.merged(&part, depth + 1)?);
            }
        }
        Some(map)
    }

    fn object(&mut self, schema: &Map<String, Value>, extent: &Extent) -> Option<Value> {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none).clone();
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, property) in &properties {
            let needed = required.contains(&name.as_str());
            let wanted = needed || extent.is_shallow() && self.random.percent(extent.filled);
            if !wanted {
                continue;
            }
            match self.value(property, &extent.below()) {
                Some(value) => drop(object.insert(name.clone(), value)),
                None if needed => return None,
                None => {}
            }
        }
        let open = schema.get("additionalProperties").filter(|values| **values != Value::Bool(false));
        if let Some(values) = open.filter(|_| extent.is_shallow() && self.random.percent(extent.filled))
            && let Some(value) = self.value(values, &extent.below())
        {
            object.entry("another-one").or_insert(value);
        }
        for name in required.into_iter().filter(|name| !properties.contains_key(*name)) {
            object.entry(name).or_insert("any".into());
        }
        Some(object.into())
    }

    fn list(&mut self, schema: &Map<String, Value>, extent: &Extent) -> Option<Value> {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or_default();
        let wanted = if extent.is_shallow() { self.random.below(3) } else { 0 };
        let length = wanted.max(least).min(count("maxItems").unwrap_or(u64::MAX)).min(64);
        let first = schema.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
        let items = schema.get("items").cloned().unwrap_or(Value::Bool(true));
        let mut list: Vec<Value> = Vec::new();
        for index in 0..usize::try_from(length).unwrap_or_default() {
            match self.value(first.get(index).unwrap_or(&items), &extent.below()) {
                Some(value) if schema.get("uniqueItems") == Some(&Value::Bool(true)) && list.contains(&value) => {}
                Some(value) => list.push(value),
                None if index < usize::try_from(least).unwrap_or_default() => return None,
                None => break,
            }
        }
        Some(list.into())
    }
}

/// How much of a schema a value shows.
struct Extent {
    depth: usize,
    /// How much of what is optional is there, in per cent.
    filled: u64,
}

impl Extent {
    fn below(&self) -> Self {
        Self { depth: self.depth + 1, filled: self.filled }
    }

    fn is_shallow(&self) -> bool {
        self.depth < DEPTH
    }
}
