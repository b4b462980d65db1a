//! Examples of components, from the examples of operations and webhooks.

use std::iter::successors;

use serde_json::Value;

use crate::document::{Document, STEPS};
use crate::reference::component;

impl Document {
    /// The documented example of a component: its own, or the first value of it in the examples of the operations, then of the webhooks, in the
    /// order of the document. Null is no example.
    #[must_use]
    pub fn example(&self, name: &str) -> Option<&Value> {
        let own = self.component(name).and_then(|schema| schema.get("example"));
        own.or_else(|| self.shown().find_map(|(schema, example)| self.example_within(name, schema, example)))
    }

    /// Every example of a body, with its schema.
    fn shown(&self) -> impl Iterator<Item = (&Value, &Value)> {
        let bodies = self.operations().flat_map(|operation| {
            let success = operation.success.and_then(|success| success.content);
            [operation.body.map(|body| body.content), success].into_iter().flatten()
        });
        let place = self.envelope().payload;
        let payloads = self.events().filter_map(move |event| {
            let example = event.example?;
            Some((event.payload, place.map_or(Some(example), |place| example.get(place))?))
        });
        bodies.filter_map(|content| Some((content.schema, content.example?))).chain(payloads)
    }

    /// The first value of the component within a value of `schema`. A value has an end, and so has the search, whatever the schemas refer to.
    fn example_within<'d>(&'d self, name: &str, schema: &'d Value, value: &'d Value) -> Option<&'d Value> {
        if value.is_null() {
            return None;
        }
        let steps = successors(Some(schema), |schema| self.step(schema, value)).take(STEPS);
        if steps.into_iter().any(|schema| component(schema).is_some_and(|component| component == name)) {
            return Some(value);
        }
        let schema = self.alternative(schema, value);
        match value {
            Value::Object(fields) => fields.iter().find_map(|(field, value)| {
                let property = self.written_property(schema, field).or_else(|| schema.get("additionalProperties"));
                self.example_within(name, property?, value)
            }),
            Value::Array(items) => items.iter().find_map(|item| self.example_within(name, schema.get("items")?, item)),
            _ => None,
        }
    }
}
