//! Which components travel in which direction.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::content::Content;
use crate::document::Document;
use crate::operation::Operation;
use crate::reference::{Position, component, component_of, references};

/// Which way a body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the vendor.
    Request,
    /// The same, as a merge patch (RFC 7396): null removes, and what is absent stays.
    Update,
    /// From the vendor to the client; webhook payloads too.
    Response,
}

impl Document {
    /// Names of the components that bodies of this direction are made of.
    #[must_use]
    pub fn reachable(&self, direction: Direction) -> BTreeSet<String> {
        let named = |content: Option<Content<'_>>| content.and_then(|content| component(content.schema));
        let mut roots = Vec::new();
        for operation in self.operations() {
            roots.extend(match direction {
                Direction::Request => named(typed_body(&operation)),
                Direction::Update => named(typed_body(&operation).filter(|body| body.media_type == "application/merge-patch+json")),
                Direction::Response => operation.response().and_then(|response| component(response.schema)),
            });
        }
        if direction == Direction::Response {
            let mut found = Vec::new();
            references(&self.json()["x-webhook-events"], Position::Names, &mut found);
            references(&self.json()["components"]["responses"], Position::Names, &mut found);
            roots.extend(found.into_iter().filter_map(component_of));
        }
        self.made_of(roots)
    }

    /// These components, and all that they refer to.
    #[must_use]
    pub fn made_of(&self, mut roots: Vec<String>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        while let Some(name) = roots.pop() {
            if names.contains(&name) {
                continue;
            }
            let mut found = Vec::new();
            references(self.component(&name).unwrap_or(&Value::Null), Position::Node, &mut found);
            roots.extend(found.into_iter().filter_map(component_of));
            names.insert(name);
        }
        names
    }

    /// Components that the vendor may send, whose enums may have values that nobody documented: those of responses and webhooks, and those that
    /// neither a request nor a parameter refers to, which may come from anywhere.
    #[must_use]
    pub fn received(&self) -> &BTreeSet<String> {
        self.received.get_or_init(|| {
            let mut received = self.reachable(Direction::Response);
            let mut sent = self.reachable(Direction::Request);
            for parameter in self.operations().flat_map(|operation| operation.parameters) {
                sent.extend(component(parameter.schema).or_else(|| component(&parameter.schema["items"])));
            }
            let all = self.json()["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name);
            received.extend(all.filter(|name| !sent.contains(*name)).cloned());
            received
        })
    }

    /// Whether the vendor may add to the enum that a schema stands for.
    #[must_use]
    pub fn is_open(&self, schema: &Value) -> bool {
        let part = || schema["allOf"].as_array().filter(|parts| parts.len() == 1)?.first().and_then(component);
        component(schema).or_else(part).is_some_and(|name| self.received().contains(&name))
    }
}

impl<'d> Operation<'d> {
    /// The success response, where it is JSON.
    #[must_use]
    pub fn response(&self) -> Option<Content<'d>> {
        self.success?.content.filter(Content::is_json)
    }
}

/// The request body, where it has a type. A multipart body is given part by part, and has none.
fn typed_body<'d>(operation: &Operation<'d>) -> Option<Content<'d>> {
    operation.body.filter(|_| operation.node["x-multipart"] != true).map(|body| body.content)
}
