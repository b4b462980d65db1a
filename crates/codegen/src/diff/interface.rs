//! What code that uses a crate sees of it, name by name.

use std::collections::BTreeMap;

use crate::{
    emit::Crate,
    model::{Api, BodyContent, Content, Operation, Parameter, Place, Shape},
};

use super::{Change, facts};

/// What changed from one interface to another, the breaking changes first.
pub fn changes(old: &Api, new: &Api) -> Vec<Change> {
    let mut changes = facts::changes(old, new);
    let (old, new) = (names(old), names(new));
    // What belongs to something that is gone, or new, is not said again.
    let within = |all: &BTreeMap<String, String>, name: &str| parents(name).any(|parent| !all.contains_key(parent));
    for (name, is) in &old {
        match new.get(name) {
            None if within(&new, name) => {}
            None => changes.push(Change { breaking: true, what: format!("`{name}` is gone") }),
            Some(other) if other != is => changes.push(Change { breaking: true, what: format!("`{name}` was `{is}` and is `{other}`") }),
            Some(_) => {}
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name) && !within(&old, name)) {
        changes.push(Change { breaking: false, what: format!("`{name}` is new") });
    }
    changes.sort_by_key(|change| !change.breaking);
    changes
}

/// What the name of an event begins with.
const EVENT: &str = "webhook event ";

/// `contacts().list.offset` stands in `contacts().list`, and `Contact.id` in `Contact`.
fn parents(name: &str) -> impl Iterator<Item = &str> {
    // The name of an event is one name, whatever is in it.
    let own = if name.starts_with(EVENT) { "" } else { name };
    let inner = own.find("().").map_or(0, |at| at + 3);
    own[inner..].char_indices().filter(|(_, char)| *char == '.').map(move |(at, _)| &name[..inner + at])
}

/// Every name of an interface, and what it is.
fn names(api: &Api) -> BTreeMap<String, String> {
    let module = api.module();
    let of = Crate { module: &module, title: &api.name, schemas: &api.schemas };
    let mut names = BTreeMap::new();
    for operation in &api.operations {
        let name = format!("{}().{}", operation.group, operation.name);
        for parameter in operation.optional() {
            names.insert(format!("{name}.{}", parameter.name), of.own(&parameter.ty) + &wire(parameter));
        }
        for part in operation.parts().iter().filter(|part| !part.required || part.list) {
            names.insert(format!("{name}.{}", part.name), if part.file { "file" } else { "text" }.to_owned());
        }
        let repeated = if operation.is_repeatable() { "repeated" } else { "sent once" };
        names.insert(format!("{name}.(effect)"), format!("{}, {repeated}", operation.effect));
        names.insert(name, signature(&of, operation));
    }
    for schema in api.schemas.values() {
        let name = &schema.name;
        match &schema.shape {
            Shape::Alias(ty) => {
                names.insert(name.clone(), format!("another name of {}", of.own(ty)));
            }
            Shape::Enum(variants) => {
                names.insert(name.clone(), if schema.received { "an open enum" } else { "an enum" }.to_owned());
                names.extend(variants.iter().map(|variant| (format!("{name}.{}", variant.name), format!("{:?}", variant.wire))));
            }
            Shape::OneOf { alternatives, open } => {
                // A `match` has all of them, so that one more breaks it, unless it must have an arm for others.
                let all: Vec<&str> = alternatives.iter().map(|one| one.name.as_str()).collect();
                names.insert(name.clone(), if *open { "an open choice".to_owned() } else { format!("one of {}", all.join(", ")) });
                names.extend(alternatives.iter().map(|one| (format!("{name}.{}", one.name), of.own(&one.ty))));
            }
            Shape::Struct { fields, required, .. } => {
                let required: Vec<&str> = required.iter().map(|at| fields[*at].name.as_str()).collect();
                let is = if schema.sent { format!("new({})", required.join(", ")) } else { "a struct".to_owned() };
                names.insert(name.clone(), is);
                names.extend(fields.iter().map(|field| {
                    let ty = of.own(&field.ty);
                    let ty = if field.is_option() { format!("Option<{ty}>") } else { ty };
                    let ty = if field.cleared { format!("Option<{ty}>") } else { ty };
                    // What is sent and read is what the wire says.
                    let wire = if field.wire == field.name { String::new() } else { format!(", {:?}", field.wire) };
                    (format!("{name}.{}", field.name), ty + &wire)
                }));
            }
        }
    }
    names.extend(api.events.iter().map(|event| (format!("{EVENT}{}", event.name), of.own(&event.payload))));
    names
}

/// The name of a parameter on the wire, where it is another.
fn wire(parameter: &Parameter) -> String {
    let place = if parameter.place == Place::Header { " header" } else { "" };
    if parameter.wire == parameter.name { place.to_owned() } else { format!(",{place} {:?}", parameter.wire) }
}

fn signature(of: &Crate<'_>, operation: &Operation) -> String {
    let mut arguments: Vec<String> = operation
        .required()
        .map(|parameter| match parameter.place {
            Place::Path => parameter.name.clone(),
            Place::Query | Place::Header => format!("{}: {}{}", parameter.name, of.own(&parameter.ty), wire(parameter)),
        })
        .collect();
    match operation.body.as_ref().map(|body| &body.content) {
        Some(BodyContent::Json(ty)) => arguments.push(of.own(ty)),
        Some(BodyContent::Form(ty)) => arguments.push(format!("{} as a form", of.own(ty))),
        Some(BodyContent::Bytes(media_type)) => arguments.push(format!("bytes of {media_type}")),
        Some(BodyContent::Multipart(_)) | None => {}
    }
    arguments.extend(operation.parts().iter().filter(|part| part.required).map(|part| part.name.clone()));
    let response = match &operation.success.content {
        Content::Empty => "()".to_owned(),
        Content::Json(ty) => of.own(ty),
        Content::Bytes => "a file".to_owned(),
    };
    let stream = if operation.pagination.is_some() { ", streams" } else { "" };
    format!("({}) -> {response}{stream}", arguments.join(", "))
}
