//! `types.rs`: the components as structs and enums.

use std::{collections::BTreeSet, ops::Bound};

use super::{
    Crate,
    print::{WIDTH, doc, inner_doc, literal},
};
use crate::model::{Alternative, Api, Checked, Field, Limits, Schema, Shape, TypeRef, Variant, checked, references};

/// How to read the macros, once a file.
const GRAMMAR: &str = "
// `object!` and `request!` declare structs. The fields in the first braces are required, those of `optional` are `Option`s, and null can be
// sent for those of `nullable`. A text is the name on the wire, where it is another; `int` reads integers written as `3.0` too. With `with
// extra`, fields that are not listed are kept. `request!` adds `new` and setters, which take lists as anything that gives the items in brackets.
";

/// The types of a feature, or those that are always there; those of an edition that are its platform's come from there.
pub fn write(api: &Api, of: &Crate<'_>, feature: Option<&str>) -> String {
    let own = || api.schemas.values().filter(|schema| !schema.shared && schema.feature.as_deref() == feature);
    let types: String = own().map(|schema| print(of, schema)).collect();
    let runtime = if types.contains("rt::") { "use reachout_runtime as rt;\n" } else { "" };
    let grammar = if types.contains("rt::object!") || types.contains("rt::request!") { GRAMMAR } else { "" };
    if let Some(feature) = feature {
        let declared: BTreeSet<&str> = own().map(|schema| schema.name.as_str()).collect();
        let code = types.lines().filter(|line| !line.trim_start().starts_with("//"));
        let words: BTreeSet<&str> = code.flat_map(|line| line.split(|char: char| !char.is_alphanumeric() && char != '_')).collect();
        let others: BTreeSet<&str> = own().flat_map(|schema| mentions(of, schema)).collect();
        let others: Vec<&str> = others.into_iter().filter(|name| !declared.contains(name) && words.contains(name)).collect();
        let others = if others.is_empty() { String::new() } else { format!("use super::{{{}}};\n", others.join(", ")) };
        return format!("{}\n{runtime}{others}{grammar}\n{types}", inner_doc(&format!("Types of the feature `{feature}`.")));
    }
    let title = inner_doc(&format!("Types of {}'s requests and responses.", api.name));
    let platform = api.base_module().map_or_else(String::new, |platform| format!("#[doc(inline)]\npub use {platform}::types::*;\n"));
    let modules = super::modules(api.features().into_iter().filter(|feature| has_own(api, feature)));
    format!("{title}\n{platform}{runtime}\n{modules}{grammar}\n{types}")
}

/// Whether a feature has types that are not the platform's.
pub fn has_own(api: &Api, feature: &str) -> bool {
    let is_printed = |schema: &Schema| !schema.shared && !matches!(schema.shape, Shape::Alias(_));
    api.schemas.values().any(|schema| is_printed(schema) && schema.feature.as_deref() == Some(feature))
}

/// The types that may be named where a type is declared: those of its parts, and what these can be.
fn mentions<'a>(of: &Crate<'a>, schema: &'a Schema) -> BTreeSet<&'a str> {
    let mut named = BTreeSet::new();
    let mut found = references(&schema.shape);
    while let Some(name) = found.pop() {
        match of.schemas.get(name) {
            Some(Schema { shape: shape @ Shape::Alias(_), .. }) => found.extend(references(shape)),
            Some(Schema { shape: shape @ Shape::OneOf { .. }, name, .. }) if named.insert(name.as_str()) => found.extend(references(shape)),
            Some(other) => {
                named.insert(other.name.as_str());
            }
            None => {}
        }
    }
    named
}

fn print(of: &Crate<'_>, schema: &Schema) -> String {
    match &schema.shape {
        Shape::Struct { fields, required, extra } => object(of, schema, fields, required, *extra),
        Shape::Enum(variants) => string_enum(schema, variants),
        Shape::OneOf { alternatives, open } => one_of(of, schema, alternatives, *open),
        Shape::Alias(_) => String::new(),
    }
}

fn object(of: &Crate<'_>, schema: &Schema, fields: &[Field], required: &[usize], extra: bool) -> String {
    let Schema { name, description, .. } = schema;
    let section = |name: &str, fields: Vec<String>| match fields.concat() {
        fields if fields.is_empty() => String::new(),
        fields => format!("{name} {{\n{fields}    }}"),
    };
    let optional = |cleared: bool| fields.iter().filter(move |field| !field.required && field.cleared == cleared);
    let sections = [
        // In the order of the arguments of `new`.
        section("", required.iter().map(|at| member(of, &fields[*at], "", schema.sent)).collect()),
        section(" optional", optional(false).map(|field| member(of, field, "", schema.sent)).collect()),
        section(
            " nullable",
            optional(true).map(|field| member(of, field, &format!(" {}", clearing(field, fields)), schema.sent)).collect(),
        ),
        if extra { " with extra".to_owned() } else { String::new() },
    ];
    let declares = if schema.sent { "request" } else { "object" };
    let mut text = format!("rt::{declares}! {{\n{}    pub struct {name}{}\n}}\n", indented(&doc(description, 1), 1), sections.concat());
    if schema.limited {
        let checks: String = fields.iter().map(|field| check(of, field)).collect();
        text += &format!("\nimpl rt::Limited for {name} {{\nfn check(&self, check: &mut rt::Check<'_>) {{\n{checks}}}\n}}\n");
    }
    text + "\n"
}

/// `first_name "firstName": String,` below its docs: a field as the runtime's `object!` and `request!` take it.
fn member(of: &Crate<'_>, field: &Field, clearing: &str, sent: bool) -> String {
    let ty = match field.nullable && field.required {
        true => format!("Option<{}>", of.own(&field.ty)),
        false => of.own(&field.ty),
    };
    let items = match of.resolve(&field.ty) {
        TypeRef::List(item) if sent && !(field.nullable && field.required) => format!(" [{}]", of.own(item)),
        _ => String::new(),
    };
    let whole = if of.is_whole(&field.ty) { " int" } else { "" };
    let wire = if field.name == field.wire { String::new() } else { format!(" {}", literal(&field.wire)) };
    indented(&format!("{}{}{clearing}{whole}{wire}: {ty}{items},\n", doc(&field.description, 2), field.name), 2)
}

/// Inside of a macro, where rustfmt leaves everything as it is.
pub fn indented(lines: &str, levels: usize) -> String {
    lines.lines().map(|line| format!("{}{line}\n", "    ".repeat(levels))).collect()
}

/// The method that sends null for a field.
pub fn clearing(field: &Field, fields: &[Field]) -> String {
    let mut name = format!("clear_{}", field.name.trim_end_matches('_'));
    while fields.iter().any(|other| other.name == name) {
        name.push('_');
    }
    name
}

/// Items in lines of a macro's braces.
pub fn filled(items: &[String], levels: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(last) if last.len() + item.len() + 2 <= WIDTH - levels * 4 => *last += &format!(" {item},"),
            _ => lines.push(format!("{item},")),
        }
    }
    indented(&lines.join("\n"), levels)
}

/// The type that a field is declared with.
pub fn declared(of: &Crate<'_>, field: &Field) -> String {
    let ty = of.own(&field.ty);
    let ty = if field.is_option() { format!("Option<{ty}>") } else { ty };
    if field.cleared { format!("Option<{ty}>") } else { ty }
}

/// The statement that checks a field before it is sent.
fn check(of: &Crate<'_>, field: &Field) -> String {
    let nested = checked(of.schemas, &field.ty);
    if field.limits.is_empty() && nested.is_none() {
        return String::new();
    }
    let value = match (field.is_option(), field.cleared) {
        (_, true) => format!("check.optional({}, self.{}.as_ref().and_then(Option::as_ref))", literal(&field.wire), field.name),
        (true, false) => format!("check.optional({}, self.{}.as_ref())", literal(&field.wire), field.name),
        (false, false) => format!("check.field({}, &self.{})", literal(&field.wire), field.name),
    };
    let nested = nested.map_or("", below);
    match limits(of, &field.ty, &field.limits) {
        limits if limits.is_empty() && nested.is_empty() => String::new(),
        limits => format!("{value}{limits}{nested};\n"),
    }
}

/// The call that checks what a value is made of.
pub fn below(checked: Checked) -> &'static str {
    match checked {
        Checked::Whole => ".fields()",
        Checked::Items => ".each()",
        Checked::Values => ".values()",
    }
}

/// The calls that check a value's own limits; none where its type cannot have them.
pub fn limits(of: &Crate<'_>, ty: &TypeRef, limits: &Limits) -> String {
    let range = |range: (Option<String>, Option<String>)| {
        let [least, most] = [range.0, range.1].map(|bound| bound.map_or_else(|| "None".to_owned(), |bound| format!("Some({bound})")));
        format!("({least}, {most})")
    };
    let count =
        |(least, most): (Option<u64>, Option<u64>)| range((least.map(|least| least.to_string()), most.map(|most| most.to_string())));
    let some = |(least, most): (Option<u64>, Option<u64>)| least.is_some() || most.is_some();
    let mut text = String::new();
    match of.resolve(ty) {
        TypeRef::String if some(limits.length) => text += &format!(".length{}", count(limits.length)),
        TypeRef::Number if limits.fractions.is_some() => {
            let (least, most) = limits.fractions.unwrap_or((Bound::Unbounded, Bound::Unbounded));
            text += &format!(".range({}, {})", edge(least), edge(most));
        }
        TypeRef::Integer(_) | TypeRef::Number if limits.bounds != (None, None) => {
            let (least, most) = limits.bounds;
            text += &format!(".bounds{}", range((least.map(|least| least.to_string()), most.map(|most| most.to_string()))));
        }
        TypeRef::List(item) => {
            if some(limits.items) {
                text += &format!(".items{}", count(limits.items));
            }
            let (least, most) = limits.item_bounds;
            match of.resolve(item) {
                TypeRef::String if some(limits.item_length) => text += &format!(".each_length{}", count(limits.item_length)),
                TypeRef::Integer(_) | TypeRef::Number if limits.item_bounds != (None, None) => {
                    let bounds = range((least.map(|least| least.to_string()), most.map(|most| most.to_string())));
                    text += &format!(".each_bounds{bounds}");
                }
                _ => {}
            }
        }
        _ => {}
    }
    text
}

/// A bound in Rust.
fn edge(bound: Bound<f64>) -> String {
    match bound {
        Bound::Included(bound) => format!("std::ops::Bound::Included({bound:?})"),
        Bound::Excluded(bound) => format!("std::ops::Bound::Excluded({bound:?})"),
        Bound::Unbounded => "std::ops::Bound::Unbounded".to_owned(),
    }
}

fn string_enum(schema: &Schema, variants: &[Variant]) -> String {
    let Schema { name, description, .. } = schema;
    let named = |variant: &Variant| match schema.received && variant.name == "Unknown" {
        true => "UnknownValue".to_owned(),
        false => variant.name.clone(),
    };
    let pairs: Vec<String> = variants.iter().map(|variant| format!("{} = {}", named(variant), literal(&variant.wire))).collect();
    let declares = if schema.received { "open_enum" } else { "closed_enum" };
    format!("rt::{declares}! {{\n{}    pub enum {name} {{\n{}    }}\n}}\n\n", indented(&doc(description, 1), 1), filled(&pairs, 2))
}

fn one_of(of: &Crate<'_>, schema: &Schema, alternatives: &[Alternative], open: bool) -> String {
    let Schema { name, description, .. } = schema;
    let listed: String = alternatives.iter().map(|one| alternative(of, one)).collect();
    let mut sources: Vec<(String, &str)> = Vec::new();
    for Alternative { name: variant, ty, .. } in alternatives {
        let printed = of.own(ty);
        // Of two alternatives of one type, the first is meant.
        if sources.iter().any(|(known, _)| *known == printed) {
            continue;
        }
        let is_text = printed == "String";
        sources.push((printed, variant));
        if is_text {
            sources.push(("&str".to_owned(), variant));
        }
    }
    let sources: Vec<String> = sources.into_iter().map(|(source, variant)| format!("{variant}({source})")).collect();
    let (attribute, unknown) = if open { ("    #[non_exhaustive]\n", " else Unknown") } else { ("", "") };
    let mut text = format!(
        "rt::one_of! {{\n{}{attribute}    pub enum {name} {{\n{listed}    }}{unknown}\n    from {}\n}}\n",
        indented(&doc(description, 1), 1),
        sources.join(", ")
    );
    if schema.limited {
        let arms: Vec<String> = alternatives.iter().filter_map(|one| arm(of, one)).collect();
        let rest = if open || arms.len() < alternatives.len() { "_ => {}\n" } else { "" };
        text += &format!(
            "\nimpl rt::Limited for {name} {{\nfn check(&self, check: &mut rt::Check<'_>) {{\nmatch self {{\n{}{rest}}}\n}}\n}}\n",
            arms.concat()
        );
    }
    text + "\n"
}

/// `Sms(Sms) by Sms if "type" = "sms",` below its docs: an alternative, the objects whose fields it knows, and its tags.
fn alternative(of: &Crate<'_>, one: &Alternative) -> String {
    let mut text = format!("/// As {}.\n{}({})", described(of, &one.ty), one.name, of.own(&one.ty));
    let mut objects = Vec::new();
    of.objects(&one.ty, &mut objects);
    if !objects.is_empty() {
        text += &format!(" by {}", objects.join(" | "));
    }
    if !one.tags.is_empty() {
        let tags = one.tags.iter().map(|(property, values)| {
            let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
            format!("{} = {}", literal(property), values.join(" | "))
        });
        text += &format!(" if {}", tags.collect::<Vec<_>>().join(" and "));
    }
    indented(&format!("{text},"), 2)
}

/// The arm that checks an alternative before it is sent.
fn arm(of: &Crate<'_>, one: &Alternative) -> Option<String> {
    let nested = checked(of.schemas, &one.ty);
    if nested == Some(Checked::Whole) {
        return Some(format!("Self::{}(value) => value.check(check),\n", one.name));
    }
    let checks = limits(of, &one.ty, &one.limits) + nested.map_or("", below);
    (!checks.is_empty()).then(|| format!("Self::{}(value) => {{ check.value(value){checks}; }}\n", one.name))
}

/// A type in words, for the docs of a variant.
fn described(of: &Crate<'_>, ty: &TypeRef) -> String {
    match of.resolve(ty) {
        TypeRef::String | TypeRef::Uuid | TypeRef::Date | TypeRef::DateTime => "a text".to_owned(),
        TypeRef::Bool => "true or false".to_owned(),
        TypeRef::Integer(_) | TypeRef::Number => "a number".to_owned(),
        TypeRef::Json => "any JSON".to_owned(),
        TypeRef::Object | TypeRef::Map(_) => "an object with any fields".to_owned(),
        TypeRef::List(_) => "a list".to_owned(),
        TypeRef::Boxed(inner) | TypeRef::Nullable(inner) => described(of, inner),
        component @ TypeRef::Component(_) => format!("[`{}`]", of.own(component)),
    }
}
