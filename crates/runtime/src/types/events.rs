//! How the webhook events of generated crates are read.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// Fields that an event may stand in beside its name, where its payload is documented as the body itself: HighLevel's guides print such bodies.
const INSIDE: [&str; 2] = ["data", "body"];

/// The name and the payload of an event; without `data`, the body is the payload, or else what it holds in an object under `data` or `body`.
#[doc(hidden)]
pub fn envelope<'de, D: Deserializer<'de>>(deserializer: D, name: &str, data: Option<&str>) -> Result<(String, Value), D::Error> {
    let mut body = Value::deserialize(deserializer)?;
    if data.is_none() {
        flatten(&mut body);
    }
    let event = body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let payload = match data {
        Some(data) => body.get_mut(data).map(Value::take).unwrap_or_default(),
        None => body,
    };
    Ok((event, payload))
}

/// Puts what stands inside beside what stands around it, which is kept where both have a field.
fn flatten(body: &mut Value) {
    let Some(fields) = body.as_object_mut() else { return };
    let Some(inside) = INSIDE.into_iter().find(|name| fields.get(*name).is_some_and(Value::is_object)) else { return };
    if let Some(Value::Object(inner)) = fields.remove(inside) {
        for (name, value) in inner {
            fields.entry(name).or_insert(value);
        }
    }
}

/// A typed payload; an error carries the path of the field that did not fit.
#[doc(hidden)]
pub fn payload<T: DeserializeOwned, E: Error>(payload: Value) -> Result<Box<T>, E> {
    serde_path_to_error::deserialize(payload).map(Box::new).map_err(E::custom)
}
