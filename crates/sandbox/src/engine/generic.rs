//! What most operations do: make, list, return, change and delete objects, and tell subscribers of it.

use serde_json::Value;

use super::call::{Call, Listing};
use super::lifecycle;
use super::plan::{Role, referred};
use super::store::{Fields, text};
use crate::api::Api;
use crate::api::refusal::Refusal;

/// Refuses a request that names an object which does not exist, in its path or in a field that its body requires.
pub(crate) fn check_references(call: &mut Call<'_>) -> Result<(), Refusal> {
    for parent in &call.plan.parents {
        if call.model.kind(&parent.kind).is_some() && !is_account(call.api, &parent.kind) {
            call.object(&parent.kind, call.parameter(&parent.parameter), "")?;
        }
    }
    let Some(body) = call.operation.body else { return Ok(()) };
    let schema = call.api.document.resolve(body.content.schema);
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let kind = referred(name).filter(|kind| call.model.kind(kind).is_some() && !is_account(call.api, kind));
        if let Some(kind) = kind.filter(|_| call.checked.body[name].is_string()) {
            call.object(&kind, call.body_text(name), name)?;
        }
    }
    Ok(())
}

/// Whether a kind is what a credential stands for at HighLevel. It need not be made here before it is named: whoever has an account knows its ids.
pub(super) fn is_account(api: &Api, kind: &str) -> bool {
    api.is_highlevel() && ["location", "company"].contains(&kind)
}

/// Does what the plan of the operation says.
pub(crate) fn perform(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let kind = call.plan.kind.as_str();
    if call.model.kind(kind).is_none() {
        return Ok(call.example());
    }
    match call.plan.role {
        // A list of what to make has no state here.
        Role::Create if call.checked.body.is_array() => Ok(call.example()),
        Role::Create => {
            let body = call.body();
            let made = create(call, kind, body);
            Ok(call.show(made))
        }
        Role::List => call.list(&Listing::default()),
        Role::Read => {
            let (_, object) = owned(call)?;
            Ok(call.show(object))
        }
        Role::Update => {
            let changed = update(call, kind, call.body())?;
            Ok(call.show(changed))
        }
        Role::Delete => {
            let (id, object) = owned(call)?;
            delete(call, kind, &id, &object);
            Ok(call.example())
        }
        Role::Other => Ok(call.example()),
    }
}

/// Makes an object of these fields under those that the address names.
pub(crate) fn create(call: &mut Call<'_>, kind: &str, mut fields: Fields) -> Fields {
    for parent in &call.plan.parents {
        if let [field] = parent.fields.as_slice() {
            fields.insert(field.clone(), call.parameter(&parent.parameter).into());
        }
        // What is under a contact is in its location.
        let location = call.store.get(&parent.kind, call.parameter(&parent.parameter)).and_then(|parent| parent.get("locationId")).cloned();
        if let Some(location) = location {
            fields.entry("locationId").or_insert(location);
        }
    }
    let made = call.make(kind, fields);
    lifecycle::created(call, kind, &made);
    made
}

/// Changes the object that the address names.
pub(crate) fn update(call: &mut Call<'_>, kind: &str, patch: Fields) -> Result<Fields, Refusal> {
    let (id, before) = owned(call)?;
    let after = call.change(kind, &id, patch)?;
    lifecycle::changed(call, kind, &before, &after);
    Ok(after)
}

/// Deletes an object.
pub(crate) fn delete(call: &mut Call<'_>, kind: &str, id: &str, object: &Fields) {
    call.store.remove(kind, id);
    lifecycle::deleted(call, kind, object);
}

/// The object that the address names, with its id, if it belongs to the others that the address names.
fn owned(call: &mut Call<'_>) -> Result<(String, Fields), Refusal> {
    let (kind, parents) = (call.plan.kind.as_str(), call.plan.parents.clone());
    let named = call.plan.own.as_deref().map(|own| call.parameter(own)).unwrap_or_default();
    let found =
        call.plan.named_by.and_then(|field| call.store.find(kind, field, named)).map(|found| text(found, &call.plan.id_field).to_owned());
    let id = found.as_deref().unwrap_or(named);
    let documented = call.store.get(kind, id).is_none();
    let mut object = call.object(kind, id, "")?.clone();
    for parent in parents.iter().filter(|parent| call.model.kind(&parent.kind).is_some()) {
        let named = Value::from(call.parameter(&parent.parameter));
        let Some(field) = parent.fields.first() else { continue };
        if documented {
            object.insert(field.clone(), named);
        } else if object.contains_key(field) && !parent.has(&object, &named) {
            return Err(Refusal::not_found("", kind));
        }
    }
    if documented {
        call.store.insert(kind, id, object.clone());
    }
    Ok((id.to_owned(), object))
}
