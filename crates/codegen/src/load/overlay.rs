//! `overlay.yaml`: what people say of what an import writes anew each time. It is an OpenAPI Overlay 1.0.

use std::path::{Path, PathBuf};

use roas_overlay::{apply::Apply as _, v1_0::Overlay};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    origins::{Origins, Place},
    pointer,
    yaml::{self, Source},
};
use crate::diagnostic::{Diagnostic, Error};

/// Name of the file beside `openapi.yaml`.
pub const FILE: &str = "overlay.yaml";

/// The overlay of a fragment stands beside it: `invoices.overlay.yaml` beside `invoices.yaml`.
pub fn of_fragment(fragment: &Path) -> PathBuf {
    fragment.with_extension(FILE)
}

/// Applies an overlay, if the file is there, to the bundled document.
pub fn apply(root: &Path, file: &Path, document: &mut Value, origins: &mut Origins) -> Result<(), Error> {
    let text = match std::fs::read_to_string(root.join(file)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io(file)(error)),
    };
    let source = yaml::parse(file, &text).map_err(|problem| Error::Spec(vec![problem]))?;
    let source = std::sync::Arc::new(source);
    origins.read(file, std::sync::Arc::clone(&source));
    let mut problems = Vec::new();
    for (index, action) in head(file, &source)?.into_iter().enumerate() {
        let place = Place { file: file.into(), pointer: format!("/actions/{index}") };
        if let Err((below, message, help)) = one(action, document, &place, origins) {
            problems.push(Diagnostic::new(origins.place(file, &format!("{}{below}", place.pointer)), message, help));
        }
    }
    rename(document, file, origins, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(Error::Spec(problems)) }
}

/// The actions, where the file is an overlay.
fn head<'a>(file: &Path, source: &'a Source) -> Result<Vec<&'a Value>, Error> {
    let wrong = |pointer: &str, message: &str, help: &str| {
        let origin = crate::diagnostic::Origin { file: file.to_owned(), line: source.nearest(pointer).0, pointer: pointer.to_owned() };
        Error::Spec(vec![Diagnostic::new(origin, message, help)])
    };
    if !source.value["overlay"].as_str().is_some_and(|version| version.starts_with("1.0")) {
        return Err(wrong("/overlay", "the file is not an OpenAPI Overlay 1.0", "write `overlay: 1.0.0`, `info` and `actions`"));
    }
    for key in source.value.as_object().into_iter().flatten().map(|(key, _)| key) {
        if !["overlay", "info", "extends", "actions"].contains(&key.as_str()) && !key.starts_with("x-") {
            return Err(wrong(
                &pointer::child("", key),
                "this key is not known in an overlay",
                "an overlay has `overlay`, `info` and `actions`",
            ));
        }
    }
    match source.value.get("actions") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(actions)) => Ok(actions.iter().collect()),
        Some(_) => Err(wrong("/actions", "`actions` is not a list", "write one `- target: …` with `update` or `remove` an action")),
    }
}

/// A fault below an action: where, what, and what to write instead.
type Fault = (&'static str, String, String);

fn one(action: &Value, document: &mut Value, place: &Place, origins: &mut Origins) -> Result<(), Fault> {
    for key in action.as_object().into_iter().flatten().map(|(key, _)| key) {
        if !["target", "update", "remove", "description"].contains(&key.as_str()) && !key.starts_with("x-") {
            return Err((
                "",
                format!("`{key}` is not known in an action"),
                "an action has `target`, `description`, and `update` or `remove`".into(),
            ));
        }
    }
    let target = action["target"].as_str().unwrap_or_default();
    let path = JsonPath::parse(target).map_err(|error| {
        let help = "write an RFC 9535 JSONPath such as `$.paths['/contacts'].get`";
        ("/target", format!("`{target}` is not a JSONPath: {error}"), help.to_owned())
    })?;
    let found: Vec<String> = path.query_located(document).iter().map(|node| node.location().to_json_pointer()).collect();
    if found.is_empty() {
        let help = "correct the target, or remove the action: the vendor's document does not have what it is about any more";
        return Err(("/target", format!("`{target}` matches nothing"), help.into()));
    }
    if let Some(update) = action.get("update").filter(|_| action["remove"] != true) {
        for at in &found {
            remember(
                document,
                at,
                update,
                &Place { file: std::sync::Arc::clone(&place.file), pointer: format!("{}/update", place.pointer) },
                origins,
            );
        }
    } else if action["remove"] != true {
        return Err(("", "this action does nothing".into(), "write `update: { … }` or `remove: true`".into()));
    }
    let overlay = serde_json::json!({ "overlay": "1.0.0", "info": { "title": "", "version": "" }, "actions": [action] });
    let overlay: Overlay = serde_json::from_value(overlay).map_err(|error| ("", error.to_string(), "correct the action".to_owned()))?;
    overlay.apply(document, enumset::EnumSet::empty()).map(drop).map_err(|error| {
        let help = "a target is an object or a list: name what holds a single value, and write the value under `update`";
        ("/target", error.kind.to_string(), help.to_owned())
    })
}

/// Notes where the overlay writes: at what an update adds or replaces.
fn remember(node: &Value, at: &str, update: &Value, place: &Place, origins: &mut Origins) {
    match (node.pointer(at), update) {
        (Some(Value::Object(_)), Value::Object(update)) => {
            for (key, value) in update {
                remember(node, &pointer::child(at, key), value, &place.child(key), origins);
            }
        }
        (Some(Value::Array(items)), update) if !update.is_array() => origins.moved(&pointer::child(at, &items.len().to_string()), place),
        _ => origins.moved(at, place),
    }
}

/// Gives components the names that `x-name` says, wherever they are referred to.
fn rename(document: &mut Value, file: &Path, origins: &mut Origins, problems: &mut Vec<Diagnostic>) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let wanted: Vec<(String, String)> = schemas
        .iter_mut()
        .filter_map(|(name, schema)| Some((name.clone(), schema.as_object_mut()?.shift_remove("x-name")?.as_str()?.to_owned())))
        .collect();
    for (old, new) in wanted {
        let at = pointer::child("/components/schemas", &old);
        let origin = origins.origin(&pointer::child(&at, "x-name"));
        let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
        if schemas.contains_key(&new) {
            problems.push(Diagnostic::new(origin, format!("there is a component `{new}` already"), "write another name"));
            continue;
        }
        let Some(schema) = schemas.shift_remove(&old) else { continue };
        schemas.insert(new.clone(), schema);
        let renamed = pointer::child("/components/schemas", &new);
        let place = Place { file: origin.file.clone().into(), pointer: origin.pointer.clone() };
        origins.moved(&renamed, &if origin.file == file { place } else { origins_place(origins, &at) });
        refer(document, &format!("#{at}"), &format!("#{renamed}"));
    }
}

fn origins_place(origins: &Origins, at: &str) -> Place {
    let origin = origins.origin(at);
    Place { file: origin.file.into(), pointer: origin.pointer }
}

fn refer(node: &mut Value, old: &str, new: &str) {
    match node {
        Value::Object(map) => {
            if let Some(reference) = map.get_mut("$ref").filter(|reference| *reference == old) {
                *reference = new.into();
            }
            let mapped = map.get_mut("discriminator").and_then(|discriminator| discriminator["mapping"].as_object_mut());
            mapped.into_iter().flatten().filter(|(_, target)| *target == old).for_each(|(_, target)| *target = new.into());
            map.values_mut().for_each(|value| refer(value, old, new));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, old, new)),
        _ => {}
    }
}
