//! A schema whose own words are settled.

use serde_json::{Map, Value};

/// The `$ref` that an alternative was, before it got the properties that stand beside all of them.
pub const ORIGIN: &str = "x-origin";

/// A schema whose own words are settled; those of its properties and items are as published.
#[derive(Clone, Debug, Default)]
pub struct Flat {
    /// The words of a type. Where `reference` is set, there are none.
    pub map: Map<String, Value>,
    /// The `$ref` that this is, and nothing else.
    pub reference: Option<String>,
    pub nullable: bool,
    pub description: Option<String>,
    /// The property that tells alternatives apart.
    pub discriminator: Option<Value>,
}

/// What a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Any,
    Reference,
    Struct,
    Enum,
    OneOf,
    Map,
    Array,
    Scalar,
}

impl Flat {
    pub fn shape(&self) -> Shape {
        if self.reference.is_some() {
            return Shape::Reference;
        }
        if self.map.contains_key("oneOf") {
            return Shape::OneOf;
        }
        if self.map.contains_key("enum") {
            return Shape::Enum;
        }
        match self.map.get("type").and_then(Value::as_str) {
            Some("object") if self.map.get("properties").and_then(Value::as_object).is_some_and(|own| !own.is_empty()) => Shape::Struct,
            Some("object") => Shape::Map,
            Some("array") => Shape::Array,
            Some(_) => Shape::Scalar,
            None => Shape::Any,
        }
    }
}
