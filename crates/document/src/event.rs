//! Webhook events: `x-webhook-events` and `x-webhook-envelope`.

use serde_json::Value;

use crate::content::text;
use crate::document::Document;

/// An event that the vendor tells of by webhook.
#[derive(Clone, Debug)]
pub struct Event<'d> {
    /// Its name in a webhook.
    pub name: &'d str,
    /// Other names of it.
    pub aliases: Vec<&'d str>,
    /// What happened.
    pub description: &'d str,
    /// The schema of its payload.
    pub payload: &'d Value,
    /// A documented webhook, as a whole body.
    pub example: Option<&'d Value>,
}

/// The fields of a webhook's body that hold the event.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'d> {
    /// The field of its name.
    pub name: &'d str,
    /// The field of its payload; where there is none, the body itself is the payload.
    pub payload: Option<&'d str>,
}

impl Document {
    /// Every event, in the order of the document.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.json()["x-webhook-events"].as_object().into_iter().flatten().map(|(name, node)| Event {
            name,
            aliases: node["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
            description: text(node, "description"),
            payload: &node["payload"],
            example: node.get("example"),
        })
    }

    /// The event of this name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<Event<'_>> {
        self.events().find(|event| event.name == name)
    }

    /// How events stand in a webhook's body.
    #[must_use]
    pub fn envelope(&self) -> Envelope<'_> {
        let envelope = &self.json()["x-webhook-envelope"];
        Envelope { name: text(envelope, "type"), payload: envelope["data"].as_str() }
    }
}
