//! The Rust type of a schema.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::load::{Document, referenced};

/// A Rust type, without the `Option` around what may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// `String`.
    String,
    /// `bool`.
    Bool,
    /// `i64` or `u64`.
    Integer(String),
    /// The runtime's number, which keeps integers apart from fractions.
    Number,
    /// `Uuid`.
    Uuid,
    /// `NaiveDate`.
    Date,
    /// `DateTime<Utc>`.
    DateTime,
    /// Any JSON.
    Json,
    /// A JSON object with any fields.
    Object,
    /// `BTreeMap<String, T>`.
    Map(Box<TypeRef>),
    /// `Vec<T>`.
    List(Box<TypeRef>),
    /// `Option<T>`: an item, a value of a map or a body that may be null.
    Nullable(Box<TypeRef>),
    /// `Box<T>`, where a type contains itself.
    Boxed(Box<TypeRef>),
    /// A component.
    Component(String),
}

/// The types of a document's schemas.
#[derive(Debug)]
pub struct Types<'a> {
    document: &'a Document,
    /// Component, and what it refers to in a box.
    boxed: BTreeSet<(String, String)>,
}

impl<'a> Types<'a> {
    /// Looks for the components that contain themselves.
    pub fn new(document: &'a Document) -> Self {
        let mut cycles = Cycles { types: Self { document, boxed: BTreeSet::new() }, visited: BTreeSet::new(), active: BTreeSet::new() };
        for component in document.json()["components"]["schemas"].as_object().into_iter().flat_map(|components| components.keys()) {
            cycles.visit(component);
        }
        cycles.types
    }

    /// The type of a part of a component.
    pub fn within(&self, component: &str, part: &Value) -> TypeRef {
        match self.of(part) {
            TypeRef::Component(name) if self.boxed.contains(&(component.to_owned(), name.clone())) => {
                TypeRef::Boxed(TypeRef::Component(name).into())
            }
            ty => ty,
        }
    }

    /// The type of a schema: what it refers to, or its `type` and `format`.
    pub fn of(&self, schema: &Value) -> TypeRef {
        if let Some(name) = referenced(schema) {
            return match self.document.json()["components"]["schemas"].get(&name) {
                Some(_) => TypeRef::Component(name),
                None => TypeRef::Json,
            };
        }
        // `{nullable, allOf: [one]}` is how OpenAPI 3.0 writes a nullable reference.
        if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice) {
            return self.of(one);
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("array"), _) => TypeRef::List(self.inner(&schema["items"]).into()),
            (Some("object"), _) => match self.inner(&schema["additionalProperties"]) {
                TypeRef::Json => TypeRef::Object,
                value => TypeRef::Map(value.into()),
            },
            (Some("string"), Some("uuid")) => TypeRef::Uuid,
            (Some("string"), Some("date")) => TypeRef::Date,
            (Some("string"), Some("date-time")) => TypeRef::DateTime,
            (Some("string"), _) => TypeRef::String,
            (Some("integer"), Some("uint64")) => TypeRef::Integer("u64".to_owned()),
            // `int32` is what a vendor says and does not keep to.
            (Some("integer"), _) => TypeRef::Integer("i64".to_owned()),
            (Some("number"), _) => TypeRef::Number,
            (Some("boolean"), _) => TypeRef::Bool,
            _ => TypeRef::Json,
        }
    }

    /// Whether null is a value of a schema, or of what it refers to.
    pub fn is_nullable(&self, schema: &Value) -> bool {
        let mut next = Some(schema);
        // References in a circle are refused elsewhere.
        for _ in 0..16 {
            let Some(schema) = next else { break };
            if schema["nullable"] == true {
                return true;
            }
            let part = schema["allOf"].as_array().and_then(|parts| if let [one] = parts.as_slice() { Some(one) } else { None });
            next = schema["$ref"].as_str().and_then(|reference| self.document.target(reference)).or(part);
        }
        false
    }

    /// An item or a value of a map, which has no key that could be left out: null is in its type.
    fn inner(&self, schema: &Value) -> TypeRef {
        match self.of(schema) {
            TypeRef::Json => TypeRef::Json,
            ty if self.is_nullable(schema) => TypeRef::Nullable(ty.into()),
            ty => ty,
        }
    }
}

/// The schemas a component is made of, in the order of the wire: properties, alternatives, or the one thing it is.
pub fn parts(schema: &Value) -> Vec<&Value> {
    if schema["enum"].is_array() {
        Vec::new()
    } else if let Some(properties) = properties(schema) {
        properties.into_iter().map(|(_, property)| property).collect()
    } else if let Some(alternatives) = schema["oneOf"].as_array() {
        alternatives.iter().collect()
    } else {
        vec![schema]
    }
}

/// The properties of an object, sorted by name.
pub fn properties(schema: &Value) -> Option<Vec<(&String, &Value)>> {
    let properties = schema["properties"].as_object().filter(|properties| !properties.is_empty())?;
    let mut properties: Vec<_> = properties.iter().collect();
    properties.sort_by_key(|(name, _)| *name);
    Some(properties)
}

/// A walk from component to component that boxes what leads back to where it is.
struct Cycles<'a> {
    types: Types<'a>,
    visited: BTreeSet<String>,
    active: BTreeSet<String>,
}

impl Cycles<'_> {
    /// Goes the way of typify, which ends at the last part first: boxes are where they are there.
    fn visit(&mut self, component: &str) {
        if !self.visited.insert(component.to_owned()) {
            return;
        }
        self.active.insert(component.to_owned());
        let schema = &self.types.document.json()["components"]["schemas"][component];
        let direct = parts(schema).into_iter().filter_map(|part| match self.types.of(part) {
            TypeRef::Component(name) => Some(name),
            _ => None,
        });
        let (back, mut on): (Vec<_>, Vec<_>) = direct.partition(|name| self.active.contains(name));
        self.types.boxed.extend(back.into_iter().map(|name| (component.to_owned(), name)));
        while let Some(next) = on.pop() {
            self.visit(&next);
        }
        self.active.remove(component);
    }
}
