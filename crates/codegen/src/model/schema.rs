//! Components with a Rust type of their own.

use serde_json::Value;

use super::{Limits, TypeRef};

/// A component with a Rust type of its own.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Schema {
    /// Its Rust name.
    pub name: String,
    /// Shown in the docs.
    pub description: String,
    /// What it is.
    pub shape: Shape,
    /// Part of a request body.
    pub sent: bool,
    /// Part of a response or webhook, or of nothing at all: the vendor may send more than it documents.
    pub received: bool,
    /// It, or something in it, has limits to check before it is sent.
    pub limited: bool,
    /// The feature whose operations alone it is for; nothing where it is always there.
    pub feature: Option<String>,
    /// It is the platform's.
    pub shared: bool,
}

/// What a component is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object, its fields sorted by name.
    Struct {
        /// Its fields.
        fields: Vec<Field>,
        /// The order in which the spec lists what is required: places in `fields`.
        required: Vec<usize>,
        /// Fields that nobody documented are kept.
        extra: bool,
    },
    /// One of some strings.
    Enum(Vec<Variant>),
    /// One of some alternatives.
    OneOf {
        /// In the order in which they are tried where nothing decides.
        alternatives: Vec<Alternative>,
        /// A tag decides between all of them, and the vendor may add alternatives.
        open: bool,
    },
    /// Another name for a type.
    Alias(TypeRef),
}

/// One of several things that a value can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Name of the variant.
    pub name: String,
    /// Its type.
    pub ty: TypeRef,
    /// What the vendor takes.
    pub limits: Limits,
    /// Properties that tell it from the others, each with the values it has here.
    pub tags: Vec<(String, Vec<String>)>,
}

impl Alternative {
    /// A tag of the value is another alternative's.
    pub fn is_excluded_by(&self, value: &Value) -> bool {
        self.tags.iter().any(|(tag, values)| value[tag].as_str().is_some_and(|own| values.iter().all(|known| known != own)))
    }
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub name: String,
    /// Shown in the docs.
    pub description: String,
    /// Its type.
    pub ty: TypeRef,
    /// May not be left out.
    pub required: bool,
    /// Null is a value.
    pub nullable: bool,
    /// Null is sent as null: an optional field of what is only sent, where an absent one means something else.
    pub cleared: bool,
    /// What the vendor takes.
    pub limits: Limits,
}

impl Field {
    /// The field is an `Option`.
    pub fn is_option(&self) -> bool {
        !self.required || self.nullable
    }
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub name: String,
}
