//! Components: every object, enumeration and list of alternatives gets a name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heck::ToUpperCamelCase as _;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{
    flat::{Flat, Shape},
    inheritance,
    naming::{component_name, names, singular},
    notes::Notes,
    one_way::OneWay,
    prose, words,
};
use crate::{
    load::{component_of, pointer},
    names::is_nameable,
};

/// The component for a value of any type.
const ANY: &str = "AnyValue";

/// How deep inline schemas are nested in each other.
const MAX_DEPTH: usize = 40;

/// Turns the schemas of a published document into components.
pub struct Schemas<'a> {
    source: &'a Value,
    /// What published components are called in the draft.
    pub(super) names: BTreeMap<String, String>,
    /// The components that are done.
    pub done: BTreeMap<String, Value>,
    /// Their names as Rust compares them.
    taken: BTreeSet<String>,
    /// Those that were written inline.
    hoisted: BTreeSet<String>,
    /// The references that are being merged.
    pub visiting: Vec<String>,
    /// What references stand for in words of their own, so that none is merged twice.
    pub settled: HashMap<String, Flat>,
    /// How often a part that contains itself was cut off.
    pub circles: usize,
    /// How many references were merged.
    pub parts: usize,
    /// The components that others are parts of, by discriminator: their names, and those of the others.
    pub(super) children: BTreeMap<String, Vec<String>>,
    /// What stands beside a `$ref` means something, which 3.1 brought.
    pub siblings: bool,
    /// How many places are being written within each other.
    depth: usize,
    pub notes: &'a mut Notes,
}

impl<'a> Schemas<'a> {
    /// Names every component and converts it.
    pub fn new(source: &'a Value, notes: &'a mut Notes) -> Self {
        let mut schemas = Self {
            source,
            names: BTreeMap::new(),
            done: BTreeMap::new(),
            taken: BTreeSet::new(),
            hoisted: BTreeSet::new(),
            visiting: Vec::new(),
            settled: HashMap::new(),
            circles: 0,
            parts: 0,
            children: inheritance::children(source),
            siblings: source["openapi"].as_str().is_some_and(|version| !version.starts_with("3.0")),
            depth: 0,
            notes,
        };
        for (name, own) in names(source) {
            if own != name {
                schemas.notes.add("Components were renamed", format!("`{name}` is `{own}`"));
            }
            schemas.taken.insert(own.to_lowercase());
            schemas.names.insert(name, own);
        }
        let published = source["components"]["schemas"].as_object();
        for (name, schema) in published.into_iter().flatten() {
            let own = schemas.names[name].clone();
            let at = pointer::child("/components/schemas", name);
            let flat = schemas.flatten(schema, &at);
            let body = schemas.body(&flat, &own, &at);
            let body = schemas.with_children(name, &own, body, schema);
            schemas.done.insert(own, body);
        }
        schemas
    }

    /// The node a reference points at.
    pub fn target(&self, reference: &str) -> Option<&'a Value> {
        let source = self.source;
        let pointer = reference.strip_prefix('#')?;
        source.pointer(pointer).or_else(|| source.pointer(&percent_decode_str(pointer).decode_utf8_lossy()))
    }

    /// What the component of a reference is called here.
    pub fn name_of(&self, reference: &str) -> Option<&String> {
        self.names.get(&component_of(reference)?)
    }

    /// Whether a published component may be null itself.
    pub fn is_nullable(&self, reference: &str) -> bool {
        let Some(target) = self.target(reference) else { return false };
        let among = |key: &str| target[key].as_array().is_some_and(|parts| parts.iter().any(words::is_null));
        words::is_nullable(target) || among("oneOf") || among("anyOf")
    }

    /// A schema where it is used: a scalar, a list, a free map, or a `$ref` to a component of this name.
    pub fn place(&mut self, schema: &Value, name: &str, at: &str) -> Value {
        if self.depth >= MAX_DEPTH {
            self.notes.add("Schemas nested too deep became values of any type", at);
            return self.any();
        }
        self.depth += 1;
        let flat = self.flatten(schema, at);
        let placed = self.placed(flat, name, at);
        self.depth -= 1;
        placed
    }

    fn placed(&mut self, mut flat: Flat, name: &str, at: &str) -> Value {
        let (nullable, description) = (flat.nullable, flat.description.clone());
        match flat.shape() {
            Shape::Any => beside(&self.any(), false, description),
            Shape::Reference => {
                let own = flat.reference.as_deref().and_then(|reference| self.name_of(reference)).cloned();
                let own = own.map_or_else(|| self.any(), |own| reference(&own));
                beside(&own, nullable, description)
            }
            Shape::Struct | Shape::Enum | Shape::OneOf => {
                flat.nullable = false;
                let body = self.body(&flat, name, at);
                beside(&self.hoist(name, body), nullable, None)
            }
            Shape::Map | Shape::Array | Shape::Scalar => {
                let mut body = self.body(&flat, name, at);
                if nullable {
                    body["nullable"] = true.into();
                }
                body
            }
        }
    }

    /// A named component for a schema; an existing one where the schema is only a `$ref`.
    pub fn named(&mut self, schema: &Value, name: &str, at: &str) -> Value {
        let flat = self.flatten(schema, at);
        self.named_flat(&flat, name, at)
    }

    pub fn named_flat(&mut self, flat: &Flat, name: &str, at: &str) -> Value {
        match flat.shape() {
            Shape::Any => self.any(),
            Shape::Reference => match flat.reference.as_deref().and_then(|reference| self.name_of(reference)).cloned() {
                Some(own) => reference(&own),
                None => self.any(),
            },
            _ => {
                let body = self.body(flat, name, at);
                self.hoist(name, body)
            }
        }
    }

    /// The content of a component.
    fn body(&mut self, flat: &Flat, name: &str, at: &str) -> Value {
        let body = match flat.shape() {
            Shape::Any => Map::new(),
            Shape::Reference => {
                let own = flat.reference.as_deref().and_then(|reference| self.name_of(reference)).cloned();
                return own.map_or_else(|| self.any(), |own| reference(&own));
            }
            Shape::Struct => self.object(flat, name, at),
            Shape::Enum => Map::from_iter([("type".to_owned(), "string".into()), ("enum".to_owned(), flat.map["enum"].clone())]),
            Shape::OneOf => self.one_of(flat, name, at),
            Shape::Map => self.free_map(flat, name, at),
            Shape::Array => self.list(flat, name, at),
            Shape::Scalar => {
                let (map, description) = self.scalar(flat, at);
                return described(map, description, flat.map.get("default"));
            }
        };
        if let Some([Value::Object(only)]) = body.get("oneOf").and_then(Value::as_array).map(Vec::as_slice) {
            return only.clone().into();
        }
        described(body, flat.description.clone(), flat.map.get("default"))
    }

    fn object(&mut self, flat: &Flat, name: &str, at: &str) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut extra = false;
        let mut one_way = OneWay::default();
        for (wire, property) in flat.map["properties"].as_object().into_iter().flatten() {
            let at = pointer::child(&pointer::child(at, "properties"), wire);
            if !is_nameable(wire) {
                self.notes.add("Properties that cannot be named in Rust were left out; the object keeps what is not listed", at);
                extra = true;
                continue;
            }
            let own = format!("{name}{}", wire.to_upper_camel_case());
            let placed = self.place(property, &own, &at);
            one_way.add(wire, property, self);
            properties.insert(wire.clone(), placed);
        }
        let mut object = Map::from_iter([("type".to_owned(), Value::from("object"))]);
        let required: Vec<Value> = flat.map.get("required").and_then(Value::as_array).into_iter().flatten().cloned().collect();
        let mut known: Vec<Value> = Vec::new();
        for wire in required {
            if !wire.as_str().is_some_and(|wire| properties.contains_key(wire)) {
                self.notes.add("Required properties that are not described are kept among what is not listed", format!("{at}: {wire}"));
                extra = true;
            } else if !known.contains(&wire) {
                known.push(wire);
            }
        }
        if !known.is_empty() {
            object.insert("required".into(), known.into());
        }
        match flat.map.get("additionalProperties") {
            Some(Value::Bool(true)) => extra = true,
            Some(Value::Object(values)) => {
                extra = true;
                if !values.is_empty() {
                    self.notes.add("Further properties have a type that is not kept (`additionalProperties` beside `properties`)", at);
                }
            }
            _ => {}
        }
        if properties.is_empty() {
            object.insert("additionalProperties".into(), true.into());
            return object;
        }
        if extra {
            object.insert("x-extra".into(), true.into());
        }
        object.insert("properties".into(), properties.into());
        object.extend(one_way.marks());
        object
    }

    fn free_map(&mut self, flat: &Flat, name: &str, at: &str) -> Map<String, Value> {
        let values = match flat.map.get("additionalProperties") {
            Some(Value::Object(values)) if !values.is_empty() => {
                let placed = self.place(&values.clone().into(), &format!("{name}Value"), &pointer::child(at, "additionalProperties"));
                if placed["$ref"].as_str().is_some_and(|reference| reference.ends_with(&format!("/{ANY}"))) { true.into() } else { placed }
            }
            _ => true.into(),
        };
        Map::from_iter([("type".to_owned(), "object".into()), ("additionalProperties".to_owned(), values)])
    }

    fn list(&mut self, flat: &Flat, name: &str, at: &str) -> Map<String, Value> {
        let items = match flat.map.get("items") {
            Some(items) => self.place(&items.clone(), &singular(name), &pointer::child(at, "items")),
            None => {
                self.notes.add("Lists that do not say of what hold any values", at);
                self.any()
            }
        };
        let mut list = Map::from_iter([("type".to_owned(), "array".into()), ("items".to_owned(), items)]);
        let count = |key: &str| flat.map.get(key).filter(|value| value.is_u64()).cloned();
        let (least, most) = (count("minItems"), count("maxItems"));
        if least.as_ref().and_then(Value::as_u64) <= most.as_ref().and_then(Value::as_u64).or(Some(u64::MAX)) {
            list.extend(least.map(|value| ("minItems".to_owned(), value)));
            list.extend(most.map(|value| ("maxItems".to_owned(), value)));
        }
        if flat.map.get("uniqueItems") == Some(&Value::Bool(true)) {
            list.insert("uniqueItems".into(), true.into());
        }
        list
    }

    /// A reference to a component with this content: one of this name, or the next that is free.
    pub fn hoist(&mut self, name: &str, body: Value) -> Value {
        // An alias adds nothing.
        if body.as_object().is_some_and(|map| map.len() == 1) && body.get("$ref").is_some() {
            return body;
        }
        let wanted = component_name(name);
        let mut own = wanted.clone();
        for number in 2.. {
            if !self.taken.contains(&own.to_lowercase()) {
                break;
            }
            if self.hoisted.contains(&own) && self.done.get(&own) == Some(&body) {
                return reference(&own);
            }
            own = format!("{wanted}{number}");
        }
        self.taken.insert(own.to_lowercase());
        self.hoisted.insert(own.clone());
        self.done.insert(own.clone(), body);
        reference(&own)
    }

    /// A value of any type.
    pub fn any(&mut self) -> Value {
        self.hoist(ANY, json!({ "description": "Any JSON value: the vendor documents no type." }))
    }
}

/// `{"$ref": …}`
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A reference with what a place says beyond it. The type beside a `nullable` is filled in when all components are done.
fn beside(target: &Value, nullable: bool, description: Option<String>) -> Value {
    let description = description.map(|text| prose::clean(&text)).filter(|text| !text.is_empty());
    if !nullable && description.is_none() {
        return target.clone();
    }
    let mut place = Map::new();
    if nullable {
        place.insert("nullable".into(), true.into());
    }
    place.extend(description.map(|text| ("description".to_owned(), text.into())));
    place.insert("allOf".into(), json!([target]));
    place.into()
}

fn described(mut body: Map<String, Value>, description: Option<String>, default: Option<&Value>) -> Value {
    let mut text = description.map(|text| prose::clean(&text)).unwrap_or_default();
    if let Some(sentence) = default.and_then(prose::default_of) {
        text = prose::with_sentence(&text, &sentence);
    }
    if !text.is_empty() {
        let behind = body.keys().position(|key| key != "type").unwrap_or(body.len());
        body.shift_insert(behind.min(body.len()), "description".into(), text.into());
    }
    body.into()
}
