//! [`Document`]: the JSON of a document, and the way through its references.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use crate::operation::Places;
use crate::problem::Problem;
use crate::reference;
use crate::strictness::Strictness;
use crate::validate::{Schemas, Validators};

/// A chain of references is shorter than this; one that is not goes in a circle.
pub(crate) const STEPS: usize = 16;

/// A bundled OpenAPI document: every reference in it points into itself.
///
/// Nothing here fails on a document that is wrong: what is not there is absent, and a circle of references ends.
#[derive(Debug, Default)]
pub struct Document {
    json: Value,
    pub(crate) received: OnceLock<BTreeSet<String>>,
    pub(crate) places: OnceLock<Places>,
    validators: Validators,
}

impl Document {
    /// Takes the JSON of a document.
    #[must_use]
    pub fn new(json: Value) -> Self {
        Self { json, ..Self::default() }
    }

    /// Parses the text of a document.
    ///
    /// # Errors
    /// Where the text is not JSON.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self::new)
    }

    /// The whole document.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The schema component of this name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Value> {
        self.json["components"]["schemas"].get(name)
    }

    /// The node that a reference such as `#/components/parameters/Limit` points at.
    #[must_use]
    pub fn target(&self, reference: &str) -> Option<&Value> {
        self.json.pointer(reference.strip_prefix('#')?)
    }

    /// The node itself, or what it refers to. A reference that leads nowhere is the node that it stands in.
    #[must_use]
    pub fn follow<'d>(&'d self, mut node: &'d Value) -> &'d Value {
        for _ in 0..STEPS {
            let Some(target) = reference::of(node).and_then(|reference| self.target(reference)) else { break };
            node = target;
        }
        node
    }

    /// The schema itself, or what it stands for: through references, and through the `allOf` of one part that makes a reference nullable.
    #[must_use]
    pub fn resolve<'d>(&'d self, schema: &'d Value) -> &'d Value {
        let mut schema = self.follow(schema);
        for _ in 0..STEPS {
            let Some([part]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) else { break };
            schema = self.follow(part);
        }
        schema
    }

    #[cfg(test)]
    pub(crate) fn validators(&self) -> &Validators {
        &self.validators
    }

    /// Everything in `value` that does not fit `schema`, in the order of the value. Where alternatives were offered (`oneOf`, `nullable`) and none
    /// fits, the problems are those of the one that comes closest.
    ///
    /// A schema is compiled when the first value is validated by it, and kept.
    #[must_use]
    pub fn problems(&self, schema: &Value, value: &Value, strictness: Strictness) -> Vec<Problem> {
        let received = || self.received();
        self.validators.problems(Schemas { document: &self.json, received: &received }, schema, value, strictness)
    }
}
