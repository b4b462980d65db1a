//! The body of a webhook, as the document's `x-webhook-events` and `x-webhook-envelope` have it.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::api::{Api, project};
use crate::clock::rfc3339;
use crate::engine::Event;
use crate::engine::ids;

/// The body of one event.
pub(crate) struct Payload {
    pub id: String,
    pub body: Bytes,
}

/// The names of the events that the vendor documents.
pub(crate) fn events(api: &Api) -> Vec<&str> {
    api.document.events().map(|event| event.name).collect()
}

/// The whole body of an event; nothing where the vendor documents no such event.
pub(crate) fn compose(api: &Api, event: &Event, now: DateTime<Utc>) -> Option<Payload> {
    let documented = api.document.event(event.name)?;
    let envelope = api.document.envelope();
    let data = event.data.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone()));
    let data = project(api.document, documented.payload, data.collect());
    let (mut body, id_field, id) = match envelope.payload {
        // The fields beside the data, such as the workspace, are those of the example.
        Some(place) => {
            let mut body = documented.example.cloned().unwrap_or_default();
            body[place] = data;
            (body, "eventId", format!("evt_{}_{}", now.timestamp_millis(), ids::random(9).to_lowercase()))
        }
        None => (data, "webhookId", uuid::Uuid::new_v4().to_string()),
    };
    body[envelope.name] = event.name.into();
    body["timestamp"] = json!(rfc3339(now));
    body[id_field] = Value::String(id.clone());
    Some(Payload { id, body: body.to_string().into() })
}
