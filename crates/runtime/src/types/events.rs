//! How the webhook events of generated crates are read.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// The name and the payload of an event; without `data`, the body is the payload.
#[doc(hidden)]
pub fn envelope<'de, D: Deserializer<'de>>(deserializer: D, name: &str, data: Option<&str>) -> Result<(String, Value), D::Error> {
    let mut body = Value::deserialize(deserializer)?;
    let event = body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let payload = match data {
        Some(data) => body.get_mut(data).map(Value::take).unwrap_or_default(),
        None => body,
    };
    Ok((event, payload))
}

/// A typed payload; an error carries the path of the field that did not fit.
#[doc(hidden)]
pub fn payload<T: DeserializeOwned, E: Error>(payload: Value) -> Result<Box<T>, E> {
    serde_path_to_error::deserialize(payload).map(Box::new).map_err(E::custom)
}
