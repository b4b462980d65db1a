//! The public interface of a client as a reviewer wants to read it: its routes, the signatures of its operations, its types.

use super::Crate;
use crate::model::{Api, BodyContent, Content, Operation, Part, Place, Schema, Shape, Style};

/// The outline of a vendor's crate; types that it shares are in the outline of the family.
pub fn vendor(api: &Api, of: &Crate<'_>) -> String {
    let mut text = format!("{}: {} operations\n", api.name, api.operations.len());
    text += &api.operations.iter().map(route).collect::<String>();
    for group in &api.groups {
        for operation in api.operations_of(group) {
            text += &format!("\n{}", signature(of, operation));
        }
    }
    for event in &api.events {
        text += &format!("\nevent {} {}", event.name, of.own(&event.payload));
        if !event.aliases.is_empty() {
            text += &format!(" (also {})", event.aliases.join(", "));
        }
    }
    text.push('\n');
    text + &types(of, api.schemas.values().filter(|schema| !schema.shared))
}

/// The types of a family.
pub fn types<'a>(of: &Crate<'_>, schemas: impl Iterator<Item = &'a Schema>) -> String {
    schemas.map(|schema| declared(of, schema)).collect()
}

/// `POST /messages  send_message  full, by offset`
fn route(operation: &Operation) -> String {
    let paged = match operation.pagination.as_ref().map(|pagination| &pagination.style) {
        None => "",
        Some(Style::Offset(_)) => ", by offset",
        Some(Style::Page(_)) => ", by page",
        Some(Style::Token(_)) => ", by token",
        Some(Style::Cursor(_)) => ", by cursor",
    };
    let headers: String = operation.constant_headers.iter().map(|(name, value)| format!(", {name}: {value}")).collect();
    let public = if operation.authenticated { "" } else { ", public" };
    format!("{:<6} {}  {}  {}{paged}{headers}{public}\n", operation.method, operation.path, operation.id, operation.evidence.0)
}

/// `messages().send(request: SendMessageRequest) -> SendMessageResponse`, and its setters.
fn signature(of: &Crate<'_>, operation: &Operation) -> String {
    let mut arguments: Vec<String> = operation
        .required()
        .map(|parameter| match parameter.place {
            Place::Path => format!("{}: impl Display", parameter.name),
            Place::Query | Place::Header => format!("{}: {}", parameter.name, of.own(&parameter.ty)),
        })
        .collect();
    if let Some(BodyContent::Json(ty) | BodyContent::Form(ty)) = operation.body.as_ref().map(|body| &body.content) {
        arguments.push(format!("request: {}", of.own(ty)));
    }
    arguments.extend(operation.parts().iter().filter(|part| part.required).map(|part| format!("{}: {}", part.name, part_type(part))));
    let response = match &operation.success.content {
        Content::Empty => "()".to_owned(),
        Content::Json(ty) => of.own(ty),
        Content::Bytes => "ByteStream".to_owned(),
    };
    let shared = if operation.shared { " (shared)" } else { "" };
    let mut text = format!("{}().{}({}) -> {response}{shared}\n", operation.group, operation.name, arguments.join(", "));
    for parameter in operation.optional() {
        text += &format!("    .{}({})\n", parameter.name, of.own(&parameter.ty));
    }
    for part in operation.parts().iter().filter(|part| !part.required || part.list) {
        text += &format!("    .{}({})\n", part.name, part_type(part));
    }
    text
}

fn part_type(part: &Part) -> &'static str {
    if part.file { "Part" } else { "String" }
}

fn declared(of: &Crate<'_>, schema: &Schema) -> String {
    let name = &schema.name;
    let sent = if schema.sent { ", sent" } else { "" };
    match &schema.shape {
        Shape::Alias(_) => String::new(),
        Shape::Enum(variants) => {
            let open = if schema.received { ", or unknown" } else { "" };
            let variants: Vec<String> = variants.iter().map(|variant| format!("{} {:?}", variant.name, variant.wire)).collect();
            format!("\nenum {name}: {}{open}\n", variants.join(", "))
        }
        Shape::OneOf(alternatives) => {
            let alternatives: Vec<String> = alternatives.iter().map(|(variant, ty)| format!("{variant}({})", of.own(ty))).collect();
            format!("\none of {name}: {}{sent}\n", alternatives.join(", "))
        }
        Shape::Struct { fields, required, extra } => {
            let extra = if *extra { ", extra" } else { "" };
            let required: Vec<&str> = required.iter().map(|at| fields[*at].name.as_str()).collect();
            let new = if schema.sent { format!("::new({})", required.join(", ")) } else { String::new() };
            let fields: String = fields
                .iter()
                .map(|field| {
                    let ty = of.own(&field.ty);
                    let ty = if field.is_option() { format!("Option<{ty}>") } else { ty };
                    let wire = if field.wire == field.name { String::new() } else { format!(" {:?}", field.wire) };
                    format!("    {}: {ty}{wire}\n", field.name)
                })
                .collect();
            format!("\nstruct {name}{new}{extra}\n{fields}")
        }
    }
}
