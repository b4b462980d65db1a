//! Contacts, their tags, followers and businesses.

use serde_json::{Value, json};

use super::search;
use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler, Listing};
use crate::engine::event::Event;
use crate::engine::store::{Fields, fields, text};

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "create_contact" => create_contact,
        "update_contact" => update_contact,
        "delete_contact" => delete_contact,
        "upsert_contact" => upsert_contact,
        "search_contacts" => search_contacts,
        "get_duplicate_contact" => get_duplicate_contact,
        "bulk_update_tags" => bulk_update_tags,
        "bulk_update_business" => bulk_update_business,
        "add_tags" => |call| change_list(call, "tags", Change::Add),
        "remove_tags" => |call| change_list(call, "tags", Change::Remove),
        "add_followers" => |call| change_list(call, "followers", Change::Add),
        "remove_followers" => |call| change_list(call, "followers", Change::Remove),
        _ => return None,
    })
}

/// The body as a contact keeps it.
fn contact_fields(call: &Call<'_>) -> Fields {
    let mut contact = call.body();
    let is_named = contact.contains_key("firstName") || contact.contains_key("lastName");
    if let Some((first, last)) = call.body_text("name").split_once(' ').filter(|_| !is_named) {
        contact.insert("firstName".to_owned(), first.into());
        contact.insert("lastName".to_owned(), last.into());
    }
    // A custom field is written as `fieldValue`, or as `field_value` in the older form, and read as `value`.
    for field in contact.get_mut("customFields").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        for name in ["field_value", "fieldValue"] {
            if let Some(value) = field.remove(name) {
                field.insert("value".to_owned(), value);
            }
        }
        field.remove("key");
    }
    contact
}

fn make_contact(call: &mut Call<'_>) -> Fields {
    let mut contact = fields(json!({ "type": "lead", "deleted": false, "tags": [], "customFields": [], "dnd": false }));
    contact.extend(contact_fields(call));
    let contact = call.make("contact", contact);
    call.events.push(Event::new("ContactCreate", contact.clone()));
    contact
}

/// Changes a contact and tells subscribers of it.
pub(super) fn change_contact(call: &mut Call<'_>, id: &str, patch: Fields) -> Result<Fields, Refusal> {
    let before = call.object("contact", id, "")?.clone();
    let after = call.change("contact", id, patch)?;
    let payload = call.api.document.event("ContactUpdate").map(|event| call.api.document.properties(event.payload));
    // Tags and the wish not to be disturbed have events of their own.
    let shown = payload.into_iter().flatten().map(|(name, _)| name);
    let others: Vec<&str> = shown.filter(|name| !["tags", "dnd"].contains(name)).collect();
    for (name, fields) in [("ContactUpdate", &others[..]), ("ContactDndUpdate", &["dnd", "dndSettings"]), ("ContactTagUpdate", &["tags"])] {
        if fields.iter().any(|field| before.get(*field) != after.get(*field)) {
            call.events.push(Event::new(name, after.clone()));
        }
    }
    Ok(after)
}

fn delete_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameter("contactId");
    let contact = call.object("contact", id, "")?.clone();
    call.store.remove("contact", id);
    call.events.push(Event::new("ContactDelete", contact));
    Ok(call.example())
}

fn create_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let contact = make_contact(call);
    Ok(call.show(contact))
}

fn update_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let contact = change_contact(call, call.parameter("contactId"), contact_fields(call))?;
    Ok(call.show(contact))
}

/// A contact of the same location with the same e-mail address or the same phone number.
fn find_contact(call: &Call<'_>, location: &str, email: &str, phone: &str) -> Option<Fields> {
    let same = |contact: &&Fields| {
        let is = |name: &str, value: &str| !value.is_empty() && text(contact, name).eq_ignore_ascii_case(value);
        text(contact, "locationId") == location && (is("email", email) || is("phone", phone))
    };
    call.store.newest("contact").find(same).cloned()
}

fn upsert_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let known = find_contact(call, call.body_text("locationId"), call.body_text("email"), call.body_text("phone"));
    let known = known.filter(|_| call.checked.body.get("createNewIfDuplicateAllowed") != Some(&Value::Bool(true)));
    let (new, contact) = match known {
        Some(known) => (false, change_contact(call, text(&known, "id"), contact_fields(call))?),
        None => (true, make_contact(call)),
    };
    Ok(json!({ "new": new, "contact": contact, "traceId": uuid::Uuid::new_v4() }))
}

fn search_contacts(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let filters = call.checked.body.get("filters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fits = |contact: &Fields| filters.iter().all(|filter| search::fits(filter, contact));
    let choose = (!filters.is_empty()).then_some(&fits as &dyn Fn(&Fields) -> bool);
    call.list(&Listing { choose, ..Listing::default() })
}

fn get_duplicate_contact(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let found = find_contact(call, call.parameter("locationId"), call.parameter("email"), call.parameter("number"));
    Ok(json!({ "contact": found }))
}

fn bulk_update_tags(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let (add, tags) = (call.parameter("type") == "add", call.texts("tags"));
    let remove_all = call.checked.body.get("removeAllTags") == Some(&Value::Bool(true));
    let (mut responses, mut errors) = (Vec::new(), 0);
    for id in call.texts("contacts") {
        let Ok(contact) = call.object("contact", id, "contacts") else {
            errors += 1;
            responses.push(json!({ "contactId": id, "message": "contact not found", "type": "error" }));
            continue;
        };
        let old = strings(contact, "tags");
        let changed: Vec<&str> = tags.iter().copied().filter(|tag| old.iter().any(|old| old == tag) != add).collect();
        let kept = old.iter().filter(|old| add || !(remove_all || changed.contains(&old.as_str()))).cloned();
        let new: Vec<String> = kept.chain(changed.iter().filter(|_| add).map(|tag| (*tag).to_owned())).collect();
        let (added, removed) = if add { (changed, Vec::new()) } else { (Vec::new(), changed) };
        responses.push(json!({
            "contactId": id, "message": "Tags updated", "type": "success", "oldTags": old, "tagsAdded": added, "tagsRemoved": removed,
        }));
        change_contact(call, id, fields(json!({ "tags": new })))?;
    }
    Ok(json!({ "succeded": errors == 0, "errorCount": errors, "responses": responses }))
}

fn bulk_update_business(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut ids = Vec::new();
    for id in call.texts("ids") {
        let business = call.checked.body["businessId"].clone();
        if change_contact(call, id, Fields::from_iter([("businessId".to_owned(), business)])).is_ok() {
            ids.push(id);
        }
    }
    Ok(json!({ "success": true, "ids": ids }))
}

fn strings(fields: &Fields, name: &str) -> Vec<String> {
    let items = fields.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Change {
    Add,
    Remove,
}

/// Adds to or removes from a list of the contact, and returns what it holds then.
fn change_list(call: &mut Call<'_>, name: &str, change: Change) -> Result<Value, Refusal> {
    let id = call.parameter("contactId");
    let contact = call.object("contact", id, "")?.clone();
    let (list, response) = changed_list(call, &contact, name, change);
    change_contact(call, id, Fields::from_iter([(name.to_owned(), json!(list))]))?;
    Ok(response.into())
}

/// A list of an object with what the request adds to it or removes from it, and the response that says so.
pub(super) fn changed_list(call: &Call<'_>, object: &Fields, name: &str, change: Change) -> (Vec<String>, Fields) {
    let before = strings(object, name);
    let mut list = before.clone();
    let named = call.texts(name);
    match change {
        Change::Add => {
            for item in named {
                if !list.iter().any(|known| known == item) {
                    list.push(item.to_owned());
                }
            }
        }
        Change::Remove => list.retain(|known| !named.contains(&known.as_str())),
    }
    let (longer, shorter) = if change == Change::Add { (&list, &before) } else { (&before, &list) };
    let changed: Vec<&String> = longer.iter().filter(|item| !shorter.contains(item)).collect();
    let suffix = if change == Change::Add { "Added" } else { "Removed" };
    let response = Fields::from_iter([(name.to_owned(), json!(list)), (format!("{name}{suffix}"), json!(changed))]);
    (list, response)
}
