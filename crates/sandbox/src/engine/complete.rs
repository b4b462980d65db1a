//! Fields that follow from others, wherever an object comes from.

use serde_json::{Value, json};

use super::page::milliseconds;
use super::store::{Fields, text};
use crate::api::Api;
use crate::vendor::Vendor;

/// Fills in what every object of this kind has.
pub(crate) fn complete(api: &Api, kind: &str, fields: &mut Fields) {
    match (api.vendor, kind) {
        (Vendor::HighLevel | Vendor::HoopAi | Vendor::Leadway, "contact") => highlevel_contact(fields),
        (Vendor::HighLevel | Vendor::HoopAi | Vendor::Leadway, "conversation") => highlevel_conversation(fields),
        _ => {}
    }
}

/// HighLevel keeps several spellings of a name, and a place in the order of its search.
fn highlevel_contact(fields: &mut Fields) {
    let whole = format!("{} {}", text(fields, "firstName"), text(fields, "lastName")).trim().to_owned();
    let name = if whole.is_empty() { text(fields, "name").to_owned() } else { whole };
    if !name.is_empty() {
        fields.insert("name".to_owned(), name.clone().into());
        fields.insert("contactName".to_owned(), name.clone().into());
        fields.insert("fullNameLowerCase".to_owned(), name.to_lowercase().into());
    }
    for (field, lower) in [("firstName", "firstNameLowerCase"), ("lastName", "lastNameLowerCase"), ("email", "emailLowerCase")] {
        if let Some(value) = fields.get(field).and_then(Value::as_str) {
            fields.insert(lower.to_owned(), value.to_lowercase().into());
        }
    }
    let place = json!([milliseconds(fields), text(fields, "id")]);
    fields.insert("searchAfter".to_owned(), place);
}

/// A conversation is ordered by its last message, and by its making before there is one.
fn highlevel_conversation(fields: &mut Fields) {
    let made = milliseconds(fields);
    let last = match fields.get("lastMessageDate") {
        Some(Value::String(date)) => chrono::DateTime::parse_from_rfc3339(date).map_or(made, |date| date.timestamp_millis()),
        Some(Value::Number(date)) => date.as_i64().unwrap_or(made),
        _ => made,
    };
    fields.insert("lastMessageDate".to_owned(), last.into());
    if !fields.get("type").is_some_and(Value::is_string) {
        fields.insert("type".to_owned(), "TYPE_PHONE".into());
    }
    for (name, value) in [("unreadCount", json!(0)), ("inbox", true.into()), ("starred", false.into()), ("deleted", false.into())] {
        fields.entry(name).or_insert(value);
    }
}
