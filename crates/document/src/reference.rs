//! References: where they stand, and what they name.

use serde_json::Value;

use crate::pointer;

/// What precedes the name of a schema component in a reference.
const COMPONENTS: &str = "#/components/schemas/";

/// The reference that a node is.
pub(crate) fn of(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()
}

/// The name of the schema component that a node refers to.
#[must_use]
pub fn component(node: &Value) -> Option<String> {
    component_of(of(node)?)
}

/// The name of the schema component that a reference points at.
#[must_use]
pub fn component_of(reference: &str) -> Option<String> {
    reference.strip_prefix(COMPONENTS).map(pointer::unescape)
}

/// The name of the schema component that holds what a reference points at, or is it.
pub(crate) fn holder_of(reference: &str) -> Option<String> {
    Some(pointer::unescape(reference.strip_prefix(COMPONENTS)?.split('/').next()?))
}

/// The reference to a schema component.
pub(crate) fn to(name: &str) -> String {
    pointer::child(COMPONENTS.trim_end_matches('/'), name)
}

/// What the keys of a node are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Words of OpenAPI.
    Node,
    /// Names that the document gives: properties, components, media types.
    Names,
    /// Anything: an example, a default, a value of an enum. A `$ref` in there is data.
    Data,
}

impl Position {
    /// What the keys of a child are.
    #[must_use]
    pub fn child(self, key: &str, value: &Value) -> Self {
        match (self, key) {
            (Self::Data, _) | (Self::Node, "default" | "enum" | "const" | "example" | "value" | "mapping") => Self::Data,
            (
                Self::Node,
                "callbacks" | "content" | "encoding" | "examples" | "headers" | "links" | "parameters" | "paths" | "patternProperties"
                | "properties" | "requestBodies" | "responses" | "schemas" | "securitySchemes" | "variables" | "x-webhook-events",
            ) if value.is_object() => Self::Names,
            _ => Self::Node,
        }
    }

    /// What the keys of an item of a list are.
    #[must_use]
    pub fn item(self) -> Self {
        match self {
            Self::Data => Self::Data,
            Self::Node | Self::Names => Self::Node,
        }
    }
}

/// Every `$ref` in a node, examples and other data left out.
pub fn references<'a>(node: &'a Value, position: Position, found: &mut Vec<&'a str>) {
    match (node, position) {
        (_, Position::Data) => {}
        (Value::Object(map), _) => {
            if position == Position::Node {
                found.extend(of(node));
            }
            map.iter().for_each(|(key, value)| references(value, position.child(key, value), found));
        }
        (Value::Array(items), _) => items.iter().for_each(|item| references(item, position.item(), found)),
        _ => {}
    }
}
