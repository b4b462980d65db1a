//! `operations.rs`: a type a group, a method an operation, and a type for each call with optional parameters.

use super::{
    Crate, docs, example,
    page::{self, Page},
    print::{doc, inner_doc, literal},
    types::{below, indented, limits},
};
use crate::{
    diagnostic::Error,
    model::{Api, BodyContent, Checked, Content, Group, Operation, Parameter, Part, Place, TypeRef, checked},
};

/// Whether operations of a feature are declared here: those of an edition that are its platform's are not, and their groups need no file.
pub fn has_own(api: &Api, feature: &str) -> bool {
    api.groups_of(Some(feature)).any(|group| api.operations_of(group).any(|operation| !operation.shared))
}

/// The operations of a feature, or those that are always there; those of an edition that are its platform's come from there.
pub fn write(api: &Api, of: &Crate<'_>, feature: Option<&str>) -> Result<String, Error> {
    let title = feature.map_or_else(|| docs::OPERATIONS.to_owned(), |feature| format!("Operations of the feature `{feature}`."));
    let platform = api.base_module();
    let mut text = inner_doc(&match &platform {
        Some(platform) if feature.is_none() => format!("{title}\n\n{}", docs::edition(platform)),
        _ => title,
    });
    if let (Some(platform), None) = (&platform, feature) {
        text += &format!("#[doc(inline)]\npub use {platform}::operations::*;\n");
    }
    let (mut groups, mut accessors, mut body, mut inherits) = (String::new(), String::new(), String::new(), false);
    for group in api.groups_of(feature) {
        let operations: Vec<&Operation> = api.operations_of(group).collect();
        let own: Vec<&Operation> = operations.iter().copied().filter(|operation| !operation.shared).collect();
        if own.len() == operations.len() {
            let Group { name, type_name, description, .. } = group;
            groups += &indented(&format!("{}{name}: {type_name},\n", doc(description, 1)), 1);
        } else {
            accessors += &accessor(group);
        }
        if own.is_empty() {
            inherits = true;
            continue;
        }
        if let Some(platform) = platform.as_deref().filter(|_| own.len() < operations.len()) {
            body += &extend(group, platform);
        }
        body += &methods(of, group, &own)?;
    }
    // By its path: a group may be called like it.
    let client = if feature.is_none() { "super::Client" } else { "super::super::Client" };
    let title = doc(&format!("The operations of {}, in their groups.", api.name), 0);
    let groups = if groups.is_empty() {
        groups
    } else {
        format!("rt::groups! {{\n{}    {client} {{\n{}    }}\n}}\n\n", indented(&title, 1), indented(&groups, 1))
    };
    let mut accessors = if accessors.is_empty() { accessors } else { format!("{title}impl {client} {{\n{accessors}}}\n\n") };
    let (own, inherited): (Vec<&str>, Vec<&str>) = api.features().into_iter().partition(|feature| has_own(api, feature));
    let modules = if feature.is_none() { super::modules(own.into_iter()) } else { String::new() };
    for feature in inherited.into_iter().filter(|_| feature.is_none()) {
        let inherited: String = api.groups_of(Some(feature)).map(accessor).collect();
        accessors += &format!("{}impl super::Client {{\n{inherited}}}\n\n", super::condition(feature));
    }
    // The modules of features take what they name from here.
    let names = if modules.is_empty() { imports(&body) } else { "use super::{routes, types};\n".to_owned() };
    let platforms = match &platform {
        Some(platform) if feature.is_some() && inherits => format!("use {platform}::operations::*;\n"),
        _ => String::new(),
    };
    let code = format!("{modules}\n{groups}{accessors}{body}");
    let runtime = if code.contains("rt::") { "use reachout_runtime as rt;\n" } else { "" };
    Ok(format!("{text}\n{runtime}{platforms}{names}\n{code}"))
}

/// The client's method for a group.
fn accessor(Group { name, type_name, description, .. }: &Group) -> String {
    format!("{}pub fn {name}(&self) -> {type_name} {{\n{type_name}::from(self.core.clone())\n}}\n\n", doc(description, 1))
}

/// What the code names: an operation without a body needs no type.
fn imports(code: &str) -> String {
    let named = [("routes", "routes::"), ("types", "types::")].into_iter().filter(|(_, path)| code.contains(path)).map(|(name, _)| name);
    match named.collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => format!("use super::{one};\n"),
        all => format!("use super::{{{}}};\n", all.join(", ")),
    }
}

/// The type of a group that an edition adds to: it has the platform's through `Deref`.
fn extend(group: &Group, platform: &str) -> String {
    let Group { type_name, description, .. } = group;
    format!(
        "{}#[derive(Clone, Debug)]\npub struct {type_name} {{\ncore: rt::Core,\nplatform: {platform}::operations::{type_name},\n}}\n\n\
         impl From<rt::Core> for {type_name} {{\nfn from(core: rt::Core) -> Self {{\nSelf {{ platform: core.clone().into(), core }}\n}}\n}}\n\n\
         impl std::ops::Deref for {type_name} {{\ntype Target = {platform}::operations::{type_name};\n\n\
         fn deref(&self) -> &Self::Target {{\n&self.platform\n}}\n}}\n\n",
        doc(description, 0)
    )
}

fn methods(of: &Crate<'_>, group: &Group, operations: &[&Operation]) -> Result<String, Error> {
    let mut methods = String::new();
    let mut types = String::new();
    for operation in operations {
        let call = Call::of(of, operation)?;
        methods += &call.method(group);
        types += &call.declare(group);
    }
    Ok(format!("impl {} {{\n{methods}}}\n\n{types}", group.type_name))
}

/// One operation as it is printed.
struct Call<'a> {
    of: &'a Crate<'a>,
    operation: &'a Operation,
    /// The type of a response's value.
    response: String,
    page: Option<Page>,
}

impl<'a> Call<'a> {
    fn of(of: &'a Crate<'a>, operation: &'a Operation) -> Result<Self, Error> {
        let (response, page) = match &operation.success.content {
            Content::Empty => ("()".to_owned(), None),
            Content::Bytes => ("rt::ByteStream".to_owned(), None),
            Content::Json(ty) => {
                let page = operation.pagination.as_ref().map(|pagination| page::write(of, operation, pagination, ty));
                (of.ty(ty), page.transpose()?)
            }
        };
        Ok(Self { of, operation, response, page })
    }

    /// `rt::Call<…>`, or `rt::List<…>` of an operation that pages.
    fn inner(&self) -> String {
        match &self.page {
            Some(page) => format!("rt::List<{}, {}>", self.response, page.item),
            None => format!("rt::Call<{}>", self.response),
        }
    }

    fn method(&self, group: &Group) -> String {
        let operation = self.operation;
        let evidence = docs::evidence(operation);
        let docs_text = format!(
            "{}.\n\n{}\n\n{} {evidence}\n\n{}",
            operation.summary,
            operation.description,
            docs::route(operation),
            example::doctest(self.of, operation, group)
        );
        let mut arguments: Vec<String> =
            operation.required().map(|parameter| format!("{}: {}", parameter.name, self.argument(parameter))).collect();
        arguments.extend(operation.body.as_ref().and_then(|body| match &body.content {
            BodyContent::Json(ty) | BodyContent::Form(ty) => Some(format!("request: impl Into<{}>", self.of.ty(ty))),
            BodyContent::Bytes(_) => Some("body: impl Into<rt::Bytes>".to_owned()),
            BodyContent::Multipart(_) => None,
        }));
        arguments.extend(operation.parts().iter().filter(|part| part.required).map(|part| format!("{}: {}", part.name, part_type(part))));
        let (returned, wrap) = match operation.has_setters() {
            true => (operation.type_name.clone(), format!("{}(", operation.type_name)),
            false => (self.inner(), String::new()),
        };
        let close = if wrap.is_empty() { "" } else { ")" };
        let route = format!("&routes::{}", operation.route());
        let deprecated = if operation.deprecated { "#[deprecated = \"the vendor calls this operation deprecated\"]\n" } else { "" };
        let separator = if arguments.is_empty() { "" } else { ", " };
        let alias = if operation.id == operation.name { String::new() } else { format!("#[doc(alias = {})]\n", literal(&operation.id)) };
        format!(
            "{}{alias}{deprecated}pub fn {}(&self{separator}{}) -> {returned} {{\n{}{wrap}self.core.operation({route}){}{}{close}\n}}\n\n",
            doc(&docs_text, 1),
            operation.name,
            arguments.join(", "),
            self.converted_body(),
            self.filled(),
            self.end(),
        )
    }

    fn argument(&self, parameter: &Parameter) -> String {
        match parameter.place {
            Place::Path => "impl std::fmt::Display".to_owned(),
            Place::Query | Place::Header => self.of.argument(&parameter.ty),
        }
    }

    fn converted_body(&self) -> String {
        match self.operation.body.as_ref().map(|body| &body.content) {
            Some(BodyContent::Json(ty) | BodyContent::Form(ty)) => format!("let request: {} = request.into();\n", self.of.ty(ty)),
            Some(BodyContent::Multipart(_) | BodyContent::Bytes(_)) | None => String::new(),
        }
    }

    /// The calls that put the arguments into the request.
    fn filled(&self) -> String {
        let mut text: String = self.operation.required().map(|parameter| self.set(parameter)).collect();
        match self.operation.body.as_ref().map(|body| &body.content) {
            Some(BodyContent::Json(ty)) => text += &format!("{}.json(&request)", self.checked(ty)),
            Some(BodyContent::Form(ty)) => text += &format!("{}.form(&request)", self.checked(ty)),
            Some(BodyContent::Bytes(media_type)) => text += &format!(".bytes({}, body)", literal(media_type)),
            Some(BodyContent::Multipart(parts)) => {
                text.extend(parts.iter().filter(|part| part.required).map(add));
            }
            None => {}
        }
        text
    }

    fn checked(&self, ty: &TypeRef) -> String {
        let nested = checked(self.of.schemas, ty);
        if nested == Some(Checked::Whole) {
            return ".check(&request)".to_owned();
        }
        // A body that is a list or a text of limits, and no type of its own.
        let own = self.operation.body.as_ref().map(|body| limits(self.of, ty, &body.limits)).unwrap_or_default();
        let checks = own + nested.map_or("", below);
        if checks.is_empty() { checks } else { format!(".checking(|check| {{ check.value(&request){checks}; }})") }
    }

    fn set(&self, parameter: &Parameter) -> String {
        let name = &parameter.name;
        let (set, generic, wire, check) = self.setting(parameter);
        match (parameter.place, check.is_empty()) {
            (Place::Path, true) => format!(".path_param({wire}, &{name})"),
            (Place::Path, false) => {
                let limits = limits(self.of, &parameter.ty, &parameter.limits).replace(".bounds(", ".written_bounds(");
                format!(".checking(|check| check.field({wire}, &{name}.to_string()){limits}).path_param({wire}, &{name})")
            }
            (Place::Query | Place::Header, _) => format!(".{set}::<{generic}>({wire}, {name}{check})"),
        }
    }

    /// The function of a request that takes a parameter of the query or a header, its type, the name on the wire, and the check of its limits.
    fn setting(&self, parameter: &Parameter) -> (String, String, String, String) {
        let wire = literal(&parameter.wire);
        let limits = limits(self.of, &parameter.ty, &parameter.limits);
        let checked = if limits.is_empty() { "" } else { "checked_" };
        let check = match self.of.resolve(&parameter.ty) {
            _ if limits.is_empty() => String::new(),
            // The number of items is checked by what more can be asked of.
            TypeRef::List(_) => format!(", |check, value| {{ check.field({wire}, value){limits}; }}"),
            _ => format!(", |check, value| check.field({wire}, value){limits}"),
        };
        let (set, generic) = match (parameter.place, self.of.resolve(&parameter.ty)) {
            (Place::Header, ty) => ("header_parameter", self.of.ty(ty)),
            (_, TypeRef::List(item)) => ("parameters", self.of.ty(item)),
            (_, ty) => ("parameter", self.of.ty(ty)),
        };
        (format!("{checked}{set}"), generic, wire, check)
    }

    fn end(&self) -> String {
        match (&self.operation.success.content, &self.page) {
            (Content::Json(_), Some(page)) => format!(".list({})", page.closure),
            (Content::Json(_), None) => ".send()".to_owned(),
            (Content::Empty, _) => ".send_empty()".to_owned(),
            (Content::Bytes, _) => ".send_stream()".to_owned(),
        }
    }

    /// The type of a call with optional parameters: its setters.
    fn declare(&self, group: &Group) -> String {
        let operation = self.operation;
        if !operation.has_setters() {
            return String::new();
        }
        let mut setters: String = operation.optional().map(|parameter| self.setter(parameter)).collect();
        setters.extend(operation.parts().iter().filter(|part| !part.required || part.list).map(part_setter));
        let inner = self.inner();
        format!(
            "rt::call! {{ {}::{} => {}({}) {{\n{setters}}} }}\n\n",
            group.type_name,
            operation.name,
            operation.type_name,
            inner.trim_start_matches("rt::")
        )
    }

    fn setter(&self, parameter: &Parameter) -> String {
        let (set, generic, wire, check) = self.setting(parameter);
        let Parameter { name, ty, description, .. } = parameter;
        let printed = format!("{}{name}: {} => {set}::<{generic}>({wire}{check}),\n", doc(description, 1), self.of.argument(ty));
        indented(&printed, 1)
    }
}

fn part_type(part: &Part) -> &'static str {
    if part.file { "rt::multipart::Part" } else { "impl Into<String>" }
}

/// The call that adds a part to the form.
fn add(part: &Part) -> String {
    format!(".{}({}, {})", adds(part), literal(&part.wire), part.name)
}

fn adds(part: &Part) -> &'static str {
    if part.file { "file_part" } else { "text_part" }
}

fn part_setter(part: &Part) -> String {
    let again = if part.list { " May be called again." } else { "" };
    let docs = doc(&format!("{}{again}", part.description), 1);
    indented(&format!("{docs}{}: {} => {}({}),\n", part.name, part_type(part), adds(part), literal(&part.wire)), 1)
}
