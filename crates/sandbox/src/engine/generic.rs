//! What most operations do: make, list, return, change and delete objects.

use serde_json::Value;

use super::call::{Call, Listing};
use super::plan::{Role, referred};
use super::store::Fields;
use crate::api::refusal::Refusal;

/// Refuses a request that names an object which does not exist, in its path or in a field that its body requires.
pub(crate) fn check_references(call: &mut Call<'_>) -> Result<(), Refusal> {
    for parent in &call.plan.parents {
        if call.model.kind(&parent.kind).is_some() {
            call.object(&parent.kind, call.parameter(&parent.parameter), "")?;
        }
    }
    let Some(body) = call.operation.body else { return Ok(()) };
    let schema = call.api.document.resolve(body.content.schema);
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let kind = referred(name).filter(|kind| call.model.kind(kind).is_some());
        if let Some(kind) = kind.filter(|_| call.checked.body[name].is_string()) {
            call.object(&kind, call.said(name), name)?;
        }
    }
    Ok(())
}

/// Does what the plan of the operation says.
pub(crate) fn perform(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let kind = call.plan.kind.as_str();
    let own = call.plan.own.as_deref().map(|own| call.parameter(own)).unwrap_or_default();
    if call.model.kind(kind).is_none() {
        return Ok(call.example());
    }
    match call.plan.role {
        // A list of what to make has no state here.
        Role::Create if call.checked.body.is_array() => Ok(call.example()),
        Role::Create => {
            let mut fields = call.body();
            for parent in &call.plan.parents {
                fields.insert(parent.field.clone(), call.parameter(&parent.parameter).into());
            }
            let made = call.make(kind, fields);
            Ok(call.show(made))
        }
        Role::List => call.list(&Listing::default()),
        Role::Read => {
            let object = owned(call, kind, own)?;
            Ok(call.show(object))
        }
        Role::Update => {
            owned(call, kind, own)?;
            let changed = call.change(kind, own, call.body())?;
            Ok(call.show(changed))
        }
        Role::Delete => {
            owned(call, kind, own)?;
            call.store.remove(kind, own);
            Ok(call.example())
        }
        Role::Other => Ok(call.example()),
    }
}

/// The object that the address names, if it belongs to the others that the address names.
fn owned(call: &mut Call<'_>, kind: &str, id: &str) -> Result<Fields, Refusal> {
    let parents = call.plan.parents.clone();
    let documented = call.store.get(kind, id).is_none();
    let mut object = call.object(kind, id, "")?.clone();
    for parent in parents.iter().filter(|parent| call.model.kind(&parent.kind).is_some()) {
        let named = call.parameter(&parent.parameter);
        if documented {
            object.insert(parent.field.clone(), named.into());
        } else if object.get(&parent.field).is_some_and(|id| id != named) {
            return Err(Refusal::not_found("", kind));
        }
    }
    if documented {
        call.store.insert(kind, id, object.clone());
    }
    Ok(object)
}
