//! `types.rs`: the components as structs and enums.

use super::{
    Crate,
    print::{WIDTH, doc, inner_doc, literal},
};
use crate::{
    model::{Api, Checked, Family, Field, Limits, Schema, Shape, TypeRef, Variant, checked},
    names,
};

const DERIVE: &str = "#[derive(Clone, Debug, PartialEq)]\n";

/// The types of a vendor; those it shares come from the family's crate.
pub fn vendor(api: &Api, of: &Crate<'_>) -> String {
    let title = inner_doc(&format!("Types of {}'s requests and responses.", api.name));
    let shared = api.family.as_ref().map(|family| format!("#[doc(inline)]\npub use {}::types::*;\n", family.replace('-', "_")));
    file(of, &title, shared.as_deref().unwrap_or_default(), api.schemas.values().filter(|schema| !schema.shared))
}

/// The types that the editions share.
pub fn family(family: &Family, of: &Crate<'_>) -> String {
    let title = inner_doc(&format!("Types of {}'s requests and responses that its editions share.", family.name));
    file(of, &title, "", family.schemas.values())
}

fn file<'a>(of: &Crate<'_>, title: &str, imports: &str, schemas: impl Iterator<Item = &'a Schema>) -> String {
    let types: String = schemas.map(|schema| write(of, schema)).collect();
    let runtime = if types.contains("rt::") { "use reachout_runtime as rt;\n" } else { "" };
    format!("{title}\n{imports}{runtime}\n{types}")
}

fn write(of: &Crate<'_>, schema: &Schema) -> String {
    match &schema.shape {
        Shape::Struct { fields, required, extra } => object(of, schema, fields, required, *extra),
        Shape::Enum(variants) => string_enum(schema, variants),
        Shape::OneOf(alternatives) => one_of(of, schema, alternatives),
        Shape::Alias(_) => String::new(),
    }
}

fn object(of: &Crate<'_>, schema: &Schema, fields: &[Field], required: &[usize], extra: bool) -> String {
    let Schema { name, description, .. } = schema;
    let named = |name: fn(&str) -> String| fields.iter().filter(|field| name(&field.name) == field.wire).count();
    let camel_case = named(names::camel_case) > named(str::to_owned);
    let declared: String = fields.iter().map(|field| declare(of, field, camel_case)).collect();
    let schemars =
        if camel_case { "derive(schemars::JsonSchema), schemars(rename_all = \"camelCase\")" } else { "derive(schemars::JsonSchema)" };
    let keys: Vec<String> =
        fields.iter().map(|field| format!("{}{} {}", field.name, if field.required { ":" } else { "?" }, literal(&field.wire))).collect();
    let (keeps, extra_field) = match extra {
        true => (
            " extra",
            "/// Fields that the vendor sends and nobody documented.\n#[cfg_attr(feature = \"schemars\", schemars(flatten))]\npub extra: rt::Extra,\n",
        ),
        false => ("", ""),
    };
    let mut text = format!(
        "{}{DERIVE}#[cfg_attr(feature = \"schemars\", {schemars})]\n#[non_exhaustive]\npub struct {name} {{\n{declared}{extra_field}}}\n\n{}",
        doc(description, 0),
        invocation(&format!("object!({name} {{"), &keys, &format!("}}{keeps}"))
    );
    if schema.sent {
        let new: Vec<String> = required
            .iter()
            .map(|at| &fields[*at])
            .map(|field| match field.nullable {
                true => format!("{}: (Option<{}>)", field.name, of.own(&field.ty)),
                false => format!("{}: {}", field.name, of.token(&field.ty)),
            })
            .collect();
        let optional: Vec<String> =
            fields.iter().filter(|field| !field.required).map(|field| format!("{}: {}", field.name, of.token(&field.ty))).collect();
        text += &invocation(&format!("setters!({name} new({}) {{", new.join(", ")), &optional, &format!("}}{keeps}"));
    }
    if schema.limited {
        let checks: String = fields.iter().map(|field| check(of, field)).collect();
        text += &format!("\nimpl rt::Limited for {name} {{\nfn check(&self, check: &mut rt::Check<'_>) {{\n{checks}}}\n}}\n");
    }
    text + "\n"
}

/// The call of a runtime macro, with its list broken into lines: rustfmt leaves it as it is.
fn invocation(start: &str, items: &[String], end: &str) -> String {
    let one_line = format!("rt::{start} {} {end});\n", items.join(", "));
    if one_line.len() <= WIDTH {
        return one_line;
    }
    let mut lines = vec![String::from("   ")];
    for (index, item) in items.iter().enumerate() {
        let comma = if index + 1 < items.len() { "," } else { "" };
        match lines.last_mut() {
            Some(last) if last.len() + item.len() + 2 <= WIDTH => *last += &format!(" {item}{comma}"),
            _ => lines.push(format!("    {item}{comma}")),
        }
    }
    format!("rt::{start}\n{}\n{end});\n", lines.join("\n"))
}

fn declare(of: &Crate<'_>, field: &Field, camel_case: bool) -> String {
    let ty = of.own(&field.ty);
    let ty = if field.is_option() { format!("Option<{ty}>") } else { ty };
    let derived = if camel_case { names::camel_case(&field.name) } else { field.name.clone() };
    let renamed = match field.wire == derived {
        true => String::new(),
        false => format!("#[cfg_attr(feature = \"schemars\", schemars(rename = {}))]\n", literal(&field.wire)),
    };
    format!("{}{renamed}pub {}: {ty},\n", doc(&field.description, 1), field.name)
}

/// The statement that checks a field before it is sent.
fn check(of: &Crate<'_>, field: &Field) -> String {
    let nested = checked(of.schemas, &field.ty);
    if field.limits.is_empty() && nested.is_none() {
        return String::new();
    }
    let value = match field.is_option() {
        true => format!("check.optional({}, self.{}.as_ref())", literal(&field.wire), field.name),
        false => format!("check.field({}, &self.{})", literal(&field.wire), field.name),
    };
    let nested = match nested {
        Some(Checked::Whole) => ".fields()",
        Some(Checked::Items) => ".each()",
        None => "",
    };
    match limits(of, &field.ty, &field.limits) {
        limits if limits.is_empty() && nested.is_empty() => String::new(),
        limits => format!("{value}{limits}{nested};\n"),
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
        TypeRef::Integer(_) | TypeRef::Number if limits.bounds != (None, None) => {
            let (least, most) = limits.bounds;
            text += &format!(".bounds{}", range((least.map(|least| least.to_string()), most.map(|most| most.to_string()))));
        }
        TypeRef::List(item) => {
            if some(limits.items) {
                text += &format!(".items{}", count(limits.items));
            }
            if some(limits.item_length) && *of.resolve(item) == TypeRef::String {
                text += &format!(".each_length{}", count(limits.item_length));
            }
        }
        _ => {}
    }
    text
}

fn string_enum(schema: &Schema, variants: &[Variant]) -> String {
    let Schema { name, description, .. } = schema;
    let named = |variant: &Variant| match schema.received && variant.name == "Unknown" {
        true => "UnknownValue".to_owned(),
        false => variant.name.clone(),
    };
    let declared: String = variants.iter().map(|variant| format!("/// `{}`\n{},\n", variant.wire, named(variant))).collect();
    let pairs: Vec<String> = variants.iter().map(|variant| format!("{} = {}", named(variant), literal(&variant.wire))).collect();
    match schema.received {
        true => {
            let open = "\n\nThe vendor may add values: one that this version does not know is [`Unknown`](Self::Unknown), and is sent back unchanged.";
            format!(
                "{}#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[non_exhaustive]\npub enum {name} {{\n{declared}\
                 /// A value this version does not know, as it came.\nUnknown(String),\n}}\n\n{}\n",
                doc(&format!("{description}{open}"), 0),
                invocation(&format!("open_enum!({name},"), &pairs, "")
            )
        }
        false => format!(
            "{}#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[non_exhaustive]\npub enum {name} {{\n{declared}}}\n\n\
             {}\n",
            doc(description, 0),
            invocation(&format!("closed_enum!({name},"), &pairs, "")
        ),
    }
}

fn one_of(of: &Crate<'_>, schema: &Schema, alternatives: &[(String, TypeRef)]) -> String {
    let Schema { name, description, .. } = schema;
    let declared: String =
        alternatives.iter().map(|(variant, ty)| format!("/// As {}.\n{variant}({}),\n", described(of, ty), of.own(ty))).collect();
    let listed: Vec<String> = alternatives.iter().map(|(variant, ty)| format!("{variant}({})", of.own(ty))).collect();
    let mut text = format!(
        "{}{DERIVE}#[cfg_attr(feature = \"schemars\", derive(schemars::JsonSchema), schemars(untagged))]\npub enum {name} {{\n{declared}}}\n\nrt::one_of!({name} {{ {} }});\n",
        doc(description, 0),
        listed.join(", ")
    );
    let mut known: Vec<String> = Vec::new();
    for (variant, ty) in alternatives {
        let printed = of.own(ty);
        // Of two alternatives of one type, the first is meant.
        if known.contains(&printed) {
            continue;
        }
        let from_text = (printed == "String").then(|| format!("rt::alternative!({name}, {variant}(&str));\n"));
        text += &format!("rt::alternative!({name}, {variant}({printed}));\n{}", from_text.unwrap_or_default());
        known.push(printed);
    }
    if schema.limited {
        let arms: String = alternatives
            .iter()
            .filter(|(_, ty)| checked(of.schemas, ty) == Some(Checked::Whole))
            .map(|(variant, _)| format!("Self::{variant}(value) => value.check(check),\n"))
            .collect();
        let rest = alternatives.iter().any(|(_, ty)| checked(of.schemas, ty) != Some(Checked::Whole));
        let rest = if rest { "_ => {}\n" } else { "" };
        text += &format!(
            "\nimpl rt::Limited for {name} {{\nfn check(&self, check: &mut rt::Check<'_>) {{\nmatch self {{\n{arms}{rest}}}\n}}\n}}\n"
        );
    }
    text + "\n"
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
        TypeRef::Boxed(inner) => described(of, inner),
        component @ TypeRef::Component(_) => format!("[`{}`]", of.own(component)),
    }
}
