//! Components: every object, enumeration and list of alternatives gets a name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heck::ToUpperCamelCase as _;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::{
    flat::{Flat, ORIGIN, Shape},
    inheritance,
    notes::Notes,
    prose, split,
};
use crate::{
    load::{component_of, pointer},
    names::{is_nameable, is_reserved_type, type_name},
};

/// The component for a value of any type.
const ANY: &str = "AnyValue";

/// How deep inline schemas are nested in each other.
const MAX_DEPTH: usize = 40;

/// Turns the schemas of a published document into components.
pub struct Schemas<'a> {
    source: &'a Value,
    /// What published components are called in the draft.
    names: BTreeMap<String, String>,
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
    children: BTreeMap<String, Vec<String>>,
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
        let null = |one: &Value| one["type"] == "null" || one["enum"].as_array().is_some_and(|values| values.iter().any(Value::is_null));
        let among = |key: &str| target[key].as_array().is_some_and(|parts| parts.iter().any(null));
        target["nullable"] == true || null(target) || among("oneOf") || among("anyOf")
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
            Some(Value::Array(_)) => {
                self.notes.add("Tuples became lists of any values (`items` as a list)", at);
                self.any()
            }
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

    fn one_of(&mut self, flat: &Flat, name: &str, at: &str) -> Map<String, Value> {
        let mut alternatives: Vec<Value> = Vec::new();
        let mut published: Vec<(String, Value)> = Vec::new();
        let written = flat.map["oneOf"].as_array().cloned().unwrap_or_default();
        for (index, one) in written.iter().enumerate() {
            let at = format!("{at}/oneOf/{index}");
            let flat = self.flatten(one, &at);
            let own = format!("{name}{}", alternative_word(one, &flat, index));
            let named = self.named_flat(&flat, &own, &at);
            let reference = one["$ref"].as_str().or(one[ORIGIN].as_str());
            published.extend(reference.map(|reference| (reference.to_owned(), named["$ref"].clone())));
            if !alternatives.contains(&named) {
                alternatives.push(named);
            }
        }
        let mut one_of = Map::from_iter([("oneOf".to_owned(), alternatives.into())]);
        if let Some(discriminator) = &flat.discriminator {
            let mapping = self.mapping(discriminator, &published, at);
            one_of.insert("discriminator".into(), json!({ "propertyName": discriminator["propertyName"], "mapping": mapping }));
        }
        one_of
    }

    /// What the values of a discriminator mean: alternatives by the references that the document gives, and by those of the draft.
    fn mapping(&mut self, discriminator: &Value, alternatives: &[(String, Value)], at: &str) -> Map<String, Value> {
        let mut mapping = Map::new();
        for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            match alternatives.iter().find(|(reference, _)| reference == target || pointer::name(reference) == target) {
                Some((_, own)) => drop(mapping.insert(value.clone(), own.clone())),
                None => self.notes.add("Values of a discriminator that mean no alternative were left out", format!("{at}: `{value}`")),
            }
        }
        let property = discriminator["propertyName"].as_str().unwrap_or_default();
        for (target, own) in alternatives {
            // Without a mapping the value is the component's name, unless its schema has values of its own.
            let own_values = self.target(target).is_some_and(|target| target["properties"][property].get("enum").is_some());
            if !own_values && !mapping.values().any(|known| known == own) {
                mapping.insert(pointer::name(target), own.clone());
            }
        }
        mapping
    }

    /// A component that others are parts of, and that a discriminator tells from them: one of all of these.
    fn with_children(&mut self, published: &str, own: &str, body: Value, schema: &Value) -> Value {
        let Some(children) = self.children.get(published).cloned() else { return body };
        let discriminator = &schema["discriminator"];
        let base = self.hoist(&format!("{own}Base"), body);
        let mut alternatives: Vec<(String, Value)> = Vec::new();
        for child in children {
            alternatives.extend(self.names.get(&child).map(|own| (child.clone(), reference(own))));
        }
        let mut mapping = Map::new();
        for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
            let target = pointer::name(target.as_str().unwrap_or_default());
            let found = alternatives.iter().find(|(child, _)| *child == target).map(|(_, one)| one);
            let found = found.or((target == published).then_some(&base));
            mapping.extend(found.map(|one| (value.clone(), one["$ref"].clone())));
        }
        for (value, one) in alternatives.iter().chain([&(published.to_owned(), base.clone())]) {
            if !mapping.values().any(|known| *known == one["$ref"]) {
                mapping.insert(value.clone(), one["$ref"].clone());
            }
        }
        self.notes.add("A component that a discriminator tells from its children is one of them", format!("`{own}`"));
        let mut one_of: Vec<Value> = alternatives.into_iter().map(|(_, one)| one).collect();
        one_of.push(base);
        json!({ "oneOf": one_of, "discriminator": { "propertyName": discriminator["propertyName"], "mapping": mapping } })
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

/// Properties that go one way only, and what is required of them.
#[derive(Default)]
struct OneWay {
    read: Vec<Value>,
    write: Vec<Value>,
}

impl OneWay {
    fn add(&mut self, wire: &str, property: &Value, schemas: &Schemas<'_>) {
        let target = property["$ref"].as_str().and_then(|reference| schemas.target(reference)).unwrap_or(&Value::Null);
        let parts = property["allOf"].as_array().into_iter().flatten();
        let said = |key: &str| [property, target].into_iter().chain(parts.clone()).any(|node| node[key] == true);
        for (key, list) in [("readOnly", &mut self.read), ("writeOnly", &mut self.write)] {
            if said(key) {
                list.push(wire.into());
            }
        }
    }

    /// What stands in the component until it is known which way it goes.
    fn marks(self) -> impl Iterator<Item = (String, Value)> {
        let marks = [(split::READ_ONLY, self.read), (split::WRITE_ONLY, self.write)];
        marks.into_iter().filter(|(_, names)| !names.is_empty()).map(|(mark, names)| (mark.to_owned(), names.into()))
    }
}

/// What each published component is called in the draft.
pub fn names(source: &Value) -> Vec<(String, String)> {
    // A name that is right already goes before one that becomes the same.
    let mut order: Vec<&String> = source["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    order.sort_by_key(|name| type_name(name) != **name);
    let mut taken = BTreeSet::new();
    let mut free = |name: &String| {
        let wanted = component_name(name);
        let mut own = wanted.clone();
        for number in 2.. {
            if taken.insert(own.to_lowercase()) {
                break;
            }
            own = format!("{wanted}{number}");
        }
        (name.clone(), own)
    };
    order.into_iter().map(&mut free).collect()
}

/// A name in `PascalCase` that Rust has no other use for.
pub fn component_name(name: &str) -> String {
    let name: String = type_name(name).chars().filter(|char| unicode_ident::is_xid_continue(*char)).collect();
    // Settled, so that reading the name back gives the same.
    let name = type_name(&name);
    let name = if name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty() { format!("Schema{name}") } else { name };
    if is_reserved_type(&name) { format!("Api{name}") } else { name }
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
    if let Some(default) = default.filter(|default| !default.is_object() && !default.is_null()) {
        let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        if !value.is_empty() && !value.contains(['`', '\n']) {
            text = format!("{text}{}Default: `{value}`.", if text.is_empty() { "" } else { "\n\n" });
        }
    }
    if !text.is_empty() {
        let behind = body.keys().position(|key| key != "type").unwrap_or(body.len());
        body.shift_insert(behind.min(body.len()), "description".into(), text.into());
    }
    body.into()
}

/// What sets an alternative apart: its title, the one value of its tag, or its type.
fn alternative_word(written: &Value, flat: &Flat, index: usize) -> String {
    let title = written["title"].as_str().map(heck::ToUpperCamelCase::to_upper_camel_case).filter(|title| (1..=40).contains(&title.len()));
    if let Some(title) = title {
        return title;
    }
    let tag = flat.map.get("properties").and_then(Value::as_object).into_iter().flatten().find_map(|(_, property)| {
        let [Value::String(value)] = property["enum"].as_array()?.as_slice() else { return None };
        Some(value.to_upper_camel_case()).filter(|value| !value.is_empty())
    });
    if let Some(tag) = tag {
        return tag;
    }
    match (flat.shape(), flat.map.get("type").and_then(Value::as_str)) {
        (Shape::Array, _) => "List".to_owned(),
        (Shape::Map, _) => "Map".to_owned(),
        (Shape::Enum, _) => "Name".to_owned(),
        (Shape::Scalar, Some("string")) => "Text".to_owned(),
        (Shape::Scalar, Some("boolean")) => "Flag".to_owned(),
        (Shape::Scalar, Some(_)) => "Number".to_owned(),
        _ => format!("Variant{}", index + 1),
    }
}

/// The name of one of many: `ContactTags` is `ContactTag`.
pub fn singular(name: &str) -> String {
    match name {
        name if name.ends_with("ies") && name.len() > 4 => format!("{}y", &name[..name.len() - 3]),
        name if ["sses", "xes", "ches", "shes"].iter().any(|end| name.ends_with(end)) => name[..name.len() - 2].to_owned(),
        name if name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end)) => name[..name.len() - 1].to_owned(),
        name => format!("{name}Item"),
    }
}
