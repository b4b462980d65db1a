//! The public interface of a client as a reviewer wants to read it: a table of its routes, and its signatures as rustdoc prints them.
//!
//! One item a line, each under the block of its type, so that a diff shows what changed and nothing else. What is no part of the interface
//! but changes what is sent, such as a field's name on the wire and its limits, stands in a comment.

use std::ops::Bound;

use super::{Crate, page};
use crate::model::{Api, BodyContent, Content, Field, Group, Limits, Operation, Pagination, Part, Place, Schema, Shape, Style, TypeRef};

/// The outline of a vendor's crate; what an edition shares is in that of its platform.
pub fn vendor(api: &Api, of: &Crate<'_>) -> String {
    let mut text = format!("{}\n{}", facts(api), routes(api));
    let groups: String = groups(api)
        .map(|group| {
            let feature = group.feature.iter().map(|feature| format!("feature {feature}")).collect::<Vec<_>>();
            line(&format!("pub fn {}(&self) -> {};", group.name, group.type_name), &feature)
        })
        .collect();
    text += &format!("\nimpl Client {{\n{groups}}}\n");
    for group in groups_with_own(api) {
        let own: Vec<&Operation> = api.operations_of(group).filter(|operation| !operation.shared).collect();
        text += &operations(of, group, &own);
    }
    if !api.events.is_empty() && !api.shares_events {
        let events = api.events.iter().map(|event| line(&format!("{}: {},", event.name, plain(&of.own(&event.payload))), &event.aliases));
        text += &format!("\nwebhook events {{ // older names\n{}}}\n", events.collect::<String>());
    }
    text + &types(of, api.schemas.values().filter(|schema| !schema.shared))
}

/// What is said once of a vendor.
fn facts(api: &Api) -> String {
    let auth = api.auth.to_string();
    let limit = match &api.rate_limit {
        Some(limit) => format!("{} requests in {} s", limit.requests, limit.seconds),
        None => "none documented".to_owned(),
    };
    let counted = api.counted_by.as_ref().map_or_else(String::new, |by| format!(", for each {by}"));
    let error =
        ["code", "message", "request id"].iter().zip(&api.error).filter_map(|(name, path)| Some(format!("{name} `{}`", path.as_ref()?)));
    let error: Vec<String> = error.collect();
    let platform = api.base.as_ref().map_or_else(String::new, |base| format!("edition of: {base}\n"));
    format!(
        "{}\n{platform}base URL: {}\ncredential: {} from {}\nrate limit: {limit}{counted}\nerrors: {}\n",
        api.name,
        api.base_url,
        auth,
        api.credential_env,
        if error.is_empty() { "no shape documented".to_owned() } else { error.join(", ") }
    )
}

/// `| POST | /messages | messages().send | full | |`
fn routes(api: &Api) -> String {
    let rows: String = api
        .operations
        .iter()
        .map(|operation| {
            let mut notes: Vec<String> = operation.constant_headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            notes.extend(operation.body.as_ref().and_then(|body| match body.content {
                BodyContent::Json(_) => None,
                BodyContent::Form(_) => Some("form".to_owned()),
                BodyContent::Bytes(ref media_type) => Some(media_type.clone()),
                BodyContent::Multipart(_) => Some("multipart".to_owned()),
            }));
            notes.extend((!operation.authenticated).then(|| "without the credential".to_owned()));
            notes.extend(operation.deprecated.then(|| "deprecated".to_owned()));
            notes.extend(operation.token.map(|token| format!("token: {token:?}").to_lowercase()));
            notes.extend(operation.shared.then(|| "shared".to_owned()));
            let cells = [
                operation.method.as_str(),
                &operation.path,
                &operation.id,
                &format!("{}().{}", operation.group, operation.name),
                &operation.success.status,
                &effect(operation),
                &operation.evidence.0,
                &operation.pagination.as_ref().map(pages).unwrap_or_default(),
                &notes.join("; "),
            ];
            format!("| {} |\n", cells.join(" | ")).replace("|  |", "| |").replace("|  |", "| |")
        })
        .collect();
    format!(
        "| method | path | operation | call | success | effect | evidence | pages by | |\n|---|---|---|---|---|---|---|---|---|\n{rows}"
    )
}

/// `reads, repeated`
fn effect(operation: &Operation) -> String {
    let repeated = if operation.is_repeatable() { "repeated" } else { "sent once" };
    let guess = if operation.guessed { ", a guess" } else { "" };
    format!("{}, {repeated}{guess}", operation.effect)
}

/// ``offset `offset`: items `data`, more `meta.has_more` ``
fn pages(pagination: &Pagination) -> String {
    let next = |next: &[(String, String)]| next.iter().map(|(to, from)| format!("`{to}` = `{from}`")).collect::<Vec<_>>().join(", ");
    let style = match &pagination.style {
        Style::Offset(parameter) => format!("offset `{parameter}`"),
        Style::Page(parameter) => format!("page `{parameter}`"),
        Style::Token(values) => format!("token {}", next(values)),
        Style::Cursor(values) => format!("last item {}", next(values)),
    };
    let paths = [("more", &pagination.more), ("total", &pagination.total), ("total pages", &pagination.total_pages)];
    let paths: String = paths.iter().filter_map(|(name, path)| Some(format!(", {name} `{}`", path.as_ref()?))).collect();
    format!("{style}: items `{}`{paths}", pagination.items)
}

fn groups(api: &Api) -> impl Iterator<Item = &Group> {
    api.groups.iter().filter(|group| api.operations_of(group).next().is_some())
}

fn groups_with_own(api: &Api) -> impl Iterator<Item = &Group> {
    api.groups.iter().filter(|group| api.operations_of(group).any(|operation| !operation.shared))
}

/// The methods of a group, then the setters of each call that has some.
fn operations(of: &Crate<'_>, group: &Group, operations: &[&Operation]) -> String {
    let methods: String = operations.iter().map(|operation| method(of, operation)).collect();
    let calls: String = operations.iter().filter(|operation| operation.has_setters()).map(|operation| setters(of, operation)).collect();
    format!("\nimpl {} {{\n{methods}}}\n{calls}", group.type_name)
}

/// `pub fn send(&self, request: impl Into<SendMessageRequest>) -> Call<SendMessageResponse>;`
fn method(of: &Crate<'_>, operation: &Operation) -> String {
    let required = operation.required().map(|parameter| match parameter.place {
        Place::Path => format!("{}: impl Display", parameter.name),
        Place::Query | Place::Header => format!("{}: {}", parameter.name, argument(of, &parameter.ty)),
    });
    let body = operation.body.iter().filter_map(|body| match &body.content {
        BodyContent::Json(ty) | BodyContent::Form(ty) => Some(format!("request: impl Into<{}>", plain(&of.own(ty)))),
        BodyContent::Bytes(_) => Some("body: impl Into<Bytes>".to_owned()),
        BodyContent::Multipart(_) => None,
    });
    let parts = operation.parts().iter().filter(|part| part.required).map(|part| format!("{}: {}", part.name, part_type(part)));
    let arguments: String = required.chain(body).chain(parts).map(|argument| format!(", {argument}")).collect();
    let returned = if operation.has_setters() { operation.type_name.clone() } else { call(of, operation) };
    format!("    pub fn {}(&self{arguments}) -> {returned};\n", operation.name)
}

/// What awaiting gives: `Call<ContactResponse>`, or `List<…>` of an operation that pages.
fn call(of: &Crate<'_>, operation: &Operation) -> String {
    let ty = match &operation.success.content {
        Content::Empty => return "Call<()>".to_owned(),
        Content::Bytes => return "Call<ByteStream>".to_owned(),
        Content::Json(ty) => ty,
    };
    let response = plain(&of.own(ty));
    match operation.pagination.as_ref().and_then(|pagination| page::write(of, operation, pagination, ty).ok()) {
        Some(page) => format!("List<{response}, {}>", plain(&page.item)),
        None => format!("Call<{response}>"),
    }
}

fn setters(of: &Crate<'_>, operation: &Operation) -> String {
    let parameters = operation.optional().map(|parameter| {
        let limits = limits(&parameter.limits);
        line(&format!("pub fn {name}(self, {name}: {}) -> Self;", argument(of, &parameter.ty), name = parameter.name), &limits)
    });
    let parts = operation.parts().iter().filter(|part| !part.required || part.list);
    let parts = parts.map(|part| line(&format!("pub fn {name}(self, {name}: {}) -> Self;", part_type(part), name = part.name), &[]));
    let setters: String = parameters.chain(parts).collect();
    format!("\nimpl {} {{ // {}\n{setters}}}\n", operation.type_name, call(of, operation))
}

/// The types, each with what makes one.
fn types<'a>(of: &Crate<'_>, schemas: impl Iterator<Item = &'a Schema>) -> String {
    schemas.map(|schema| declared(of, schema)).collect()
}

fn declared(of: &Crate<'_>, schema: &Schema) -> String {
    let name = &schema.name;
    match &schema.shape {
        Shape::Alias(_) => String::new(),
        Shape::Enum(variants) => {
            let variants = variants.iter().map(|variant| line(&format!("{},", variant.name), &[format!("{:?}", variant.wire)]));
            let unknown = if schema.received { "    Unknown(String),\n" } else { "" };
            format!("\n#[non_exhaustive]\npub enum {name} {{\n{}{unknown}}}\n", variants.collect::<String>())
        }
        Shape::OneOf { alternatives, open } => {
            let lines = alternatives.iter().map(|one| {
                let mut notes: Vec<String> = one.tags.iter().map(|(tag, values)| format!("{tag} {}", values.join(" or "))).collect();
                notes.extend(limits(&one.limits));
                line(&format!("{}({}),", one.name, plain(&of.own(&one.ty))), &notes)
            });
            let (attribute, unknown) = if *open { ("#[non_exhaustive]\n", "    Unknown(Value),\n") } else { ("", "") };
            format!("\n{attribute}pub enum {name} {{\n{}{unknown}}}\n", lines.collect::<String>())
        }
        Shape::Struct { fields, required, extra } => {
            let extra = if *extra { "    pub extra: Extra,\n" } else { "" };
            let declared: String = fields.iter().map(|field| field_line(of, field)).collect();
            let mut text = format!("\n#[non_exhaustive]\npub struct {name} {{\n{declared}{extra}}}\n");
            if schema.sent {
                text += &constructor(of, name, fields, required);
            }
            text
        }
    }
}

fn field_line(of: &Crate<'_>, field: &Field) -> String {
    let ty = plain(&of.own(&field.ty));
    let ty = if field.is_option() { format!("Option<{ty}>") } else { ty };
    let ty = if field.cleared { format!("Option<{ty}>") } else { ty };
    let mut notes: Vec<String> = (field.wire != field.name).then(|| format!("{:?}", field.wire)).into_iter().collect();
    notes.extend(limits(&field.limits));
    line(&format!("pub {}: {ty},", field.name), &notes)
}

/// `new`, with what is required. The setters repeat the other fields, so they are only told of.
fn constructor(of: &Crate<'_>, name: &str, fields: &[Field], required: &[usize]) -> String {
    let arguments: Vec<String> = required
        .iter()
        .map(|at| &fields[*at])
        .map(|field| match field.nullable {
            true => format!("{}: impl Into<Option<{}>>", field.name, plain(&of.own(&field.ty))),
            false => format!("{}: {}", field.name, argument(of, &field.ty)),
        })
        .collect();
    let setters = if required.len() < fields.len() { " // and a setter for each other field" } else { "" };
    format!("\nimpl {name} {{\n    pub fn new({}) -> Self;{setters}\n}}\n", arguments.join(", "))
}

/// What an argument of this type is taken as.
fn argument(of: &Crate<'_>, ty: &TypeRef) -> String {
    match of.resolve(ty) {
        TypeRef::List(item) => format!("impl IntoIterator<Item = impl Into<{}>>", plain(&of.own(item))),
        ty => format!("impl Into<{}>", plain(&of.own(ty))),
    }
}

fn part_type(part: &Part) -> &'static str {
    if part.file { "Part" } else { "impl Into<String>" }
}

/// A type without its module, as rustdoc shows it.
fn plain(ty: &str) -> String {
    ty.replace("rt::", "").replace("std::collections::", "").replace("types::", "")
}

/// `at most 100 characters`, for each limit.
fn limits(limits: &Limits) -> Vec<String> {
    fn range<T: ToString>((least, most): &(Option<T>, Option<T>), unit: &str) -> Option<String> {
        let text = |bound: &Option<T>| bound.as_ref().map(ToString::to_string);
        match (text(least), text(most)) {
            (None, None) => None,
            (least, most) => Some(format!("{}..={}{unit}", least.unwrap_or_default(), most.unwrap_or_default())),
        }
    }
    let Limits { length, items, item_length, bounds, item_bounds, fractions } = limits;
    let all = [
        range(length, " characters"),
        range(items, " items"),
        range(item_length, " characters each"),
        range(bounds, ""),
        range(item_bounds, " each"),
        fractions.map(|(least, most)| format!("{}, {}", bound(least), bound(most))),
    ];
    all.into_iter().flatten().collect()
}

/// `more than 0`
fn bound(bound: Bound<f64>) -> String {
    match bound {
        Bound::Included(bound) => format!("{bound}"),
        Bound::Excluded(bound) => format!("not {bound}"),
        Bound::Unbounded => "any".to_owned(),
    }
}

/// A line in a block, with notes that are no part of the interface.
fn line(item: &str, notes: &[String]) -> String {
    if notes.is_empty() { format!("    {item}\n") } else { format!("    {item} // {}\n", notes.join(", ")) }
}
