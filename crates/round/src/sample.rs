//! Values of a document's schemas: the same ones in each run, and none that its own validator refuses.

use std::collections::{BTreeSet, HashMap};

use jsonschema::Validator;
use reachout_codegen::Published;
use reachout_document::{Position, is_match};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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
const COMPONENTS: &str = "#/components/schemas/";

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
    let received = reached(&published.document, "responses");
    for (name, own) in &published.names {
        let input = format!("{own}Input");
        let way =
            if received.contains(name) || !reached(&published.document, "requestBody").contains(name) { Way::Received } else { Way::Sent };
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
fn reached(document: &Value, key: &str) -> BTreeSet<String> {
    let mut queue = Vec::new();
    for item in document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object()) {
        item.values().for_each(|operation| references(&operation[key], &mut queue));
    }
    let mut seen = BTreeSet::new();
    while let Some(reference) = queue.pop() {
        if seen.insert(reference.clone())
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
        {
            references(target, &mut queue);
        }
    }
    seen.into_iter().filter_map(|reference| component(&reference)).collect()
}

fn references(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn component(reference: &str) -> Option<String> {
    Some(reference.strip_prefix(COMPONENTS)?.replace("~1", "/").replace("~0", "~"))
}

/// Makes values of one document's schemas, as they go one way.
struct Maker {
    schemas: Value,
    /// For an object that holds a value under the name of its component; none where the document's schemas are none.
    validator: Option<Validator>,
    random: Random,
}

impl Maker {
    fn new(document: &Value, way: Way) -> Self {
        let mut schemas = document["components"]["schemas"].clone();
        one_way(&mut schemas, way);
        Self { validator: validator(&schemas), schemas, random: Random(0) }
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
                    && self.validator.as_ref().is_some_and(|validator| validator.is_valid(&json!({ name: value })))
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
            let named = |target: &Value| target == reference || target.as_str().map(str::to_owned) == component(reference);
            let word = mapping.into_iter().flatten().find(|(_, target)| named(target)).map(|(word, _)| word.clone());
            let own = self.schemas[component(reference)?]["properties"][tag].get("enum").is_some();
            if let Some(word) = word.or_else(|| component(reference).filter(|_| !own)) {
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
            let target = self.schemas.get(component(&reference)?)?.clone();
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

    fn text(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let formatted = match schema.get("format").and_then(Value::as_str) {
            Some("uuid") => Some("3c90c3cc-0d44-4b50-8888-8dd25736052a"),
            Some("date-time") => Some("2026-01-31T12:00:00Z"),
            Some("date") => Some("2026-01-31"),
            Some("time") => Some("12:00:00Z"),
            Some("duration") => Some("P3D"),
            Some("email" | "idn-email") => Some("ada@example.com"),
            Some("uri" | "url" | "iri") => Some("https://example.com/a?b=c"),
            Some("uri-reference") => Some("/a?b=c"),
            Some("hostname") => Some("example.com"),
            Some("ipv4") => Some("192.0.2.1"),
            Some("ipv6") => Some("2001:db8::1"),
            Some("byte") => Some("QWRh"),
            _ => None,
        };
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            let mut texts =
                formatted.map(str::to_owned).into_iter().chain((0..12).filter_map(|more| reachout_codegen::matching(pattern, more)));
            let fits = |text: &String| {
                let length = text.chars().count();
                limit("minLength").is_none_or(|least| length >= least)
                    && limit("maxLength").is_none_or(|most| length <= most)
                    && is_match(pattern, text)
            };
            return texts.find(fits).map(Value::from);
        }
        if let Some(formatted) = formatted {
            return Some(formatted.into());
        }
        let mut text = (*self.random.one(&["text", "Zoë 🙂", "a \"quoted\" line\nand another", "12", "true"])?).to_owned();
        let least = limit("minLength").unwrap_or_default();
        while text.chars().count() < least.min(10_000) {
            text.push('x');
        }
        Some(limit("maxLength").map_or(text.clone(), |most| text.chars().take(most).collect()).into())
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let step = bound("multipleOf").unwrap_or(1.0).max(1.0);
        let big = match schema.get("format").and_then(Value::as_str) {
            Some("int64") => 9_007_199_254_740_993_i64,
            _ => 70_000,
        };
        let free = bound("minimum").is_none() && bound("maximum").is_none() && schema.get("exclusiveMinimum").is_none() && step <= 1.0;
        if free {
            return self.random.one(&[0, 1, 42, -3, big]).map(|value| Value::from(*value));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a bound that is no integer of this size fits nothing, and the validator says so"
        )]
        let whole = self.within(schema, step, 1.0).round() as i64;
        Some(whole.into())
    }

    fn number(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        let free =
            ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].iter().all(|key| !schema.contains_key(*key));
        if free {
            return self.random.one(&[json!(0.5), json!(3), json!(-1.25), json!(1e21), json!(12.34)]).cloned();
        }
        let step = schema.get("multipleOf").and_then(Value::as_f64).unwrap_or_default();
        serde_json::Number::from_f64(self.within(schema, step, 0.5)).map(Value::Number)
    }

    /// A number between the bounds, `inside` of those that are excluded.
    fn within(&mut self, schema: &Map<String, Value>, step: f64, inside: f64) -> f64 {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let excluded =
            |key: &str| bound(key).or_else(|| bound(&key.replace("exclusiveM", "m")).filter(|_| schema.get(key) == Some(&true.into())));
        let least = excluded("exclusiveMinimum").map(|least| least + inside).or(bound("minimum"));
        let most = excluded("exclusiveMaximum").map(|most| most - inside).or(bound("maximum"));
        let value = match (least, most) {
            (Some(least), Some(most)) => {
                if self.random.percent(50) {
                    least
                } else {
                    most
                }
            }
            (Some(least), None) => least + if self.random.percent(50) { 0.0 } else { step.max(1.0) },
            (None, Some(most)) => most,
            (None, None) => step,
        };
        let rounded = if step > 0.0 { (value / step).ceil() * step } else { value };
        if most.is_some_and(|most| rounded > most) { (value / step).floor() * step } else { rounded }
    }
}

/// Validates an object that holds values under the names of their components.
fn validator(schemas: &Value) -> Option<Validator> {
    let mut translated = schemas.clone();
    translate(&mut translated, Position::Names);
    let names = translated.as_object()?.keys();
    let properties: Map<String, Value> = names.map(|name| (name.clone(), json!({ "$ref": reference(name) }))).collect();
    let root = json!({ "properties": properties, "components": { "schemas": translated } });
    jsonschema::draft202012::options().should_validate_formats(true).build(&root).ok()
}

fn reference(name: &str) -> String {
    format!("{COMPONENTS}{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What JSON Schema says in other words than OpenAPI 3.0 does.
fn translate(node: &mut Value, position: Position) {
    match node {
        Value::Object(map) if position != Position::Data => {
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                translate(value, below);
            }
            if position == Position::Names {
                return;
            }
            if map.get("format").is_some_and(|format| format == "binary") {
                map.shift_remove("format");
            }
            for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
                match map.get(exclusive) {
                    Some(Value::Bool(true)) => drop(map.shift_remove(bound).map(|value| map.insert(exclusive.to_owned(), value))),
                    Some(Value::Bool(false)) => drop(map.shift_remove(exclusive)),
                    _ => {}
                }
            }
            if map.shift_remove("nullable") == Some(Value::Bool(true)) {
                let other = std::mem::take(map);
                map.insert("anyOf".into(), json!([{ "type": "null" }, other]));
            }
        }
        Value::Array(items) if position != Position::Data => items.iter_mut().for_each(|item| translate(item, position.item())),
        _ => {}
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

/// Puts the words of a part beside those that are there.
fn merge(map: &mut Map<String, Value>, part: Map<String, Value>) {
    for (key, value) in part {
        match (map.get_mut(&key), value) {
            (Some(Value::Object(own)), Value::Object(other)) if key == "properties" => {
                for (name, property) in other {
                    match own.get_mut(&name) {
                        Some(known) if *known != property => *known = json!({ "allOf": [known.take(), property] }),
                        Some(_) => {}
                        None => drop(own.insert(name, property)),
                    }
                }
            }
            (Some(Value::Array(own)), Value::Array(other)) if key == "required" => own.extend(other),
            (Some(Value::Array(own)), Value::Array(other)) if key == "enum" => own.retain(|value| other.contains(value)),
            (Some(_), _) => {}
            (None, value) => drop(map.insert(key, value)),
        }
    }
}

/// Takes out the properties that go the other way.
fn one_way(node: &mut Value, way: Way) {
    let other = if way == Way::Sent { "readOnly" } else { "writeOnly" };
    match node {
        Value::Object(map) => {
            let gone: Vec<String> = map
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter(|(_, property)| property[other] == true)
                .map(|(name, _)| name.clone())
                .collect();
            if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
                properties.retain(|name, _| !gone.contains(name));
            }
            if let Some(required) = map.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| !gone.iter().any(|gone| name == gone.as_str()));
            }
            map.values_mut().for_each(|value| one_way(value, way));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| one_way(item, way)),
        _ => {}
    }
}

/// Numbers that look like chance and are the same in each run: `SplitMix64`.
struct Random(u64);

impl Random {
    /// A sequence of its own for each value of each component.
    fn of(name: &str, number: u64) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let index = self.below(among.len() as u64);
        among.get(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "paths": { "/things": {
                "get": { "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/thing" } } } } } },
                "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/thing" } } } } },
            } },
            "components": { "schemas": {
                "thing": {
                    "type": "object",
                    "required": ["id", "secret", "code"],
                    "properties": {
                        "id": { "type": "string", "format": "uuid", "readOnly": true },
                        "secret": { "type": "string", "writeOnly": true },
                        "code": { "type": "string", "pattern": "^[A-Z]{3}-\\d+$", "maxLength": 6 },
                        "size": { "type": ["integer", "null"], "minimum": 2, "maximum": 5 },
                        "kind": { "const": "thing" },
                        "parent": { "allOf": [{ "$ref": "#/components/schemas/thing" }], "nullable": true },
                        "shape": { "oneOf": [{ "$ref": "#/components/schemas/round" }, { "$ref": "#/components/schemas/square" }],
                            "discriminator": { "propertyName": "form", "mapping": { "o": "#/components/schemas/round" } } },
                        "labels": { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "boolean" }, "minItems": 1 } },
                    },
                },
                "round": { "type": "object", "required": ["form"], "properties": { "form": { "type": "string" }, "radius": { "type": "number" } } },
                "square": { "type": "object", "required": ["form", "side"], "properties": { "form": { "type": "string" }, "side": { "type": "integer" } } },
                "never": { "type": "string", "pattern": "^a$", "minLength": 2 },
            } },
        })
    }

    fn sampled() -> Samples {
        let names =
            ["thing", "round", "square", "never"].map(|name| (name.to_owned(), format!("{}{}", name[..1].to_uppercase(), &name[1..])));
        let draft = json!({ "components": { "schemas": { "Thing": {}, "ThingInput": {}, "GetResponse": { "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } } } } });
        samples(
            &Published { document: document(), names: names.to_vec() },
            &draft,
            &["Thing", "ThingInput", "Round", "Square", "Never", "GetResponse"],
        )
    }

    #[test]
    fn samples_are_the_same_in_each_run_and_fit_their_schema() {
        let samples = sampled();
        assert_eq!(samples.made, sampled().made);
        assert_eq!(samples.unsampled, 1, "nothing fits `never`");
        let validator = validator(&document()["components"]["schemas"]).unwrap();
        for sample in samples.made.iter().filter(|sample| ["Round", "Square"].contains(&sample.ty.as_str())) {
            assert!(validator.is_valid(&json!({ sample.ty.to_lowercase(): sample.value })), "{sample:?}");
        }
        assert!(!validator.is_valid(&json!({ "square": { "form": "x" } })));
        assert!(
            samples.made.iter().any(|sample| sample.ty == "GetResponse"),
            "inline schemas are sampled by the name that the draft gives"
        );
    }

    #[test]
    fn samples_show_what_goes_their_way() {
        let made = sampled().made;
        let of = |ty: &str| made.iter().filter(|sample| sample.ty == ty).map(|sample| &sample.value).collect::<Vec<_>>();
        assert!(of("Thing").len() > 2 && of("Thing").iter().all(|value| value.get("id").is_some() && value.get("secret").is_none()));
        assert!(
            of("ThingInput").len() > 2 && of("ThingInput").iter().all(|value| value.get("id").is_none() && value.get("secret").is_some())
        );
        let all = of("Thing")[1];
        assert_eq!(all["kind"], "thing");
        let form = &all["shape"]["form"];
        assert!(form == if all["shape"].get("side").is_some() { "square" } else { "o" }, "the tag names the alternative: {all}");
        assert!(all["labels"]["another-one"][0].is_boolean(), "{all}");
    }
}
