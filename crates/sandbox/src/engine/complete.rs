//! Fields that follow from others, wherever an object comes from.

use serde_json::{Value, json};

use super::ids;
use super::page::milliseconds;
use super::store::{Fields, text};
use crate::api::Api;

/// Fills in what every object of this kind has.
pub(crate) fn complete(api: &Api, kind: &str, fields: &mut Fields) {
    if !api.is_highlevel() {
        return;
    }
    match kind {
        "contact" => highlevel_contact(fields),
        "conversation" => highlevel_conversation(fields),
        "custom_field" => highlevel_key(fields, "contact.", ""),
        "custom_value" => highlevel_key(fields, "{{ custom_values.", " }}"),
        // It goes by its key, and has an id beside it.
        "object" if !fields.contains_key("id") => {
            fields.insert("id".to_owned(), ids::like(&Value::Null).into());
        }
        _ => {}
    }
}

/// A custom field and a custom value have a key that templates use, made of the name.
fn highlevel_key(fields: &mut Fields, before: &str, after: &str) {
    let key: String = text(fields, "name").to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if !key.is_empty() {
        fields.entry("fieldKey").or_insert_with(|| format!("{before}{key}{after}").into());
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
