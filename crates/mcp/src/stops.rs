//! What a person said who is not to be written to, at a vendor: an assistant may add to it, and never takes it back.

use serde_json::Value;

/// Fields of the vendors' bodies that hold it, in lower case without `_` and `-`.
const FIELDS: [&str; 5] = ["donotcontact", "dnd", "dndsettings", "inbounddndsettings", "subscriptionaction"];

/// The field of a body, however deep, that may take it back; `true` only adds to it.
pub(crate) fn undone(body: &Value) -> Option<&str> {
    match body {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let is_stop = FIELDS.contains(&name.replace(['_', '-'], "").to_lowercase().as_str());
            if is_stop && *value != Value::Bool(true) { Some(name.as_str()) } else { undone(value) }
        }),
        Value::Array(items) => items.iter().find_map(undone),
        _ => None,
    }
}
