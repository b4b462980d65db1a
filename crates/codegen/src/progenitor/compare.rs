//! Typify's types beside ours, component by component.
//!
//! What is another type by design:
//! - a number is the runtime's, which keeps integers apart from fractions, where typify has `f64`;
//! - an integer is an `i64` whatever its bounds or `int32` say, because vendors do not keep to them; `uint64` alone is a `u64`;
//! - a list is a `Vec`, whether or not its items are unique or their number fixed;
//! - what may be left out is an `Option`, where typify has an empty list or map;
//! - null is in the type of the field that refers to a component, where typify has it in the component; so is a box;
//! - an object of which nothing is documented is any object, and one that keeps more than is documented has a field for it;
//! - parts that are not merged (`allOf` of several) are any JSON;
//! - a field whose name is a word of Rust has an underscore;
//! - what an open enum or `oneOf` does not know yet is a variant more, and alternatives are not named after their number.

use std::collections::BTreeMap;

use typify_impl::{Type, TypeDetails, TypeEnumVariant, TypeId, TypeSpace, TypeStruct};

use super::dialect;
use crate::{
    diagnostic::Diagnostic,
    emit::{self, Crate},
    load::{Document, pointer},
    model::{Api, Field, Schema, Shape, TypeRef},
};

/// Where the types that progenitor made of a document are others than ours.
pub fn compare(document: &Document, api: &Api, space: &TypeSpace) -> Vec<Diagnostic> {
    let components = document.json()["components"]["schemas"].as_object().into_iter().flat_map(|components| components.keys());
    // Typify has the components first, in the order of the document.
    let pairs: Vec<(&String, Type<'_>)> = components.zip(space.iter_types()).collect();
    let module = api.module();
    let sides = Sides {
        ours: Crate { module: &module, title: &api.name, schemas: &api.schemas },
        space,
        components: pairs.iter().map(|(component, ty)| (ty.name(), component.as_str())).collect(),
    };
    let mut findings = Vec::new();
    for (component, ty) in &pairs {
        let Some(schema) = api.schemas.get(*component) else { continue };
        let at = pointer::child("/components/schemas", component);
        for Difference { field, ours, theirs } in sides.differences(schema, ty) {
            let (place, name) = match field {
                Some(field) => (pointer::child(&format!("{at}/properties"), &field), format!("{component}.{field}")),
                None => (at.clone(), (*component).clone()),
            };
            findings.push(document.diagnostic(
                &place,
                format!("`{name}` is {ours} here and {theirs} by progenitor"),
                "write the schema so that every generator reads the same of it: a plain `type`, a `format`, or a `$ref` to a component",
            ));
        }
    }
    findings
}

struct Difference {
    /// On the wire; none where the component itself differs.
    field: Option<String>,
    ours: String,
    theirs: String,
}

struct Sides<'a> {
    ours: Crate<'a>,
    space: &'a TypeSpace,
    /// By what typify calls them.
    components: BTreeMap<String, &'a str>,
}

impl Sides<'_> {
    fn differences(&self, schema: &Schema, ty: &Type<'_>) -> Vec<Difference> {
        let nullable = self.nullable(ty);
        match (&schema.shape, ty.details(), nullable.as_ref().unwrap_or(ty).details()) {
            (Shape::Struct { fields, .. }, _, TypeDetails::Struct(theirs)) => self.fields(fields, &theirs),
            (Shape::Enum(variants), _, TypeDetails::Enum(theirs)) => {
                let values = |count: usize| format!("an enum of {count} values");
                whole(values(variants.len()), values(theirs.variants().count()))
            }
            (Shape::OneOf { alternatives, .. }, _, TypeDetails::Enum(theirs)) => {
                let one_of = |types: Vec<String>| format!("one of `{}`", types.join("`, `"));
                let theirs = theirs.variants_info().map(|variant| match variant.details {
                    TypeEnumVariant::Tuple(types) => types.iter().map(|ty| self.print(ty)).collect::<Vec<_>>().join(", "),
                    TypeEnumVariant::Simple | TypeEnumVariant::Struct(_) => variant.name.to_owned(),
                });
                whole(one_of(alternatives.iter().map(|one| self.ours.own(&one.ty)).collect()), one_of(theirs.collect()))
            }
            (Shape::Alias(ours), TypeDetails::Newtype(theirs), _) => {
                whole(format!("`{}`", self.ours.own(ours)), format!("`{}`", bare(&self.print(&theirs.inner()))))
            }
            // A component that has the name of such a type.
            (Shape::Alias(ours), TypeDetails::Builtin(theirs), _) => {
                whole(format!("`{}`", self.ours.own(ours)), format!("`{}`", builtin(theirs)))
            }
            (Shape::Alias(TypeRef::Json), ..) => Vec::new(),
            (Shape::Alias(TypeRef::Object), TypeDetails::Struct(theirs), _) if theirs.properties().next().is_none() => Vec::new(),
            (shape, ..) => {
                let ours = match shape {
                    Shape::Struct { .. } => "an object".to_owned(),
                    Shape::Enum(_) => "an enum".to_owned(),
                    Shape::OneOf { .. } => "one of several types".to_owned(),
                    Shape::Alias(ty) => format!("`{}`", self.ours.own(ty)),
                };
                whole(ours, ty.describe())
            }
        }
    }

    fn fields(&self, fields: &[Field], theirs: &TypeStruct<'_>) -> Vec<Difference> {
        // Both by what typify calls them.
        let wires: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
        let mut ours: Vec<(String, &Field)> = dialect::field_names(&wires).iter().map(|name| key(name)).zip(fields).collect();
        ours.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut theirs: Vec<_> = theirs.properties_info().map(|property| (key(property.name), property)).collect();
        theirs.sort_by(|(one, _), (other, _)| one.cmp(other));
        if theirs.len() > ours.len() {
            theirs.retain(|(name, _)| name != "extra");
        }
        let object = |names: Vec<&str>| format!("an object of `{}`", names.join("`, `"));
        let named: Vec<&str> = ours.iter().map(|(name, _)| name.as_str()).collect();
        let listed = whole(object(named.clone()), object(theirs.iter().map(|(name, _)| name.as_str()).collect()));
        if !listed.is_empty() {
            return listed;
        }
        let declared = |name: &str, required: bool, ty: &str| match (required, bare(ty)) {
            (false, ty) => format!("`{name}: {ty}`, optional,"),
            (true, "rt::Value") => format!("`{name}: rt::Value`"),
            (true, _) => format!("`{name}: {ty}`"),
        };
        let pairs = ours.iter().zip(&theirs).map(|((_, field), (name, property))| Difference {
            field: Some(field.wire.clone()),
            ours: declared(&key(&field.name), field.required, &emit::declared(&self.ours, field)),
            theirs: declared(name, property.required, &self.print(&property.type_id)),
        });
        pairs.filter(|pair| pair.ours != pair.theirs).collect()
    }

    /// What may be null, where the type is such a wrapper.
    fn nullable(&self, ty: &Type<'_>) -> Option<Type<'_>> {
        let TypeDetails::Newtype(newtype) = ty.details() else { return None };
        let TypeDetails::Option(id) = self.space.get_type(&newtype.inner()).ok()?.details() else { return None };
        self.space.get_type(&id).ok()
    }

    /// A type of typify's as we write it.
    fn print(&self, id: &TypeId) -> String {
        let Ok(ty) = self.space.get_type(id) else { return String::new() };
        if let Some(component) = self.components.get(&ty.name()) {
            return self.ours.own(&TypeRef::Component((*component).to_owned()));
        }
        match ty.details() {
            TypeDetails::Newtype(newtype) => self.print(&newtype.inner()),
            TypeDetails::Struct(details) if details.properties().next().is_none() => "rt::Object".to_owned(),
            TypeDetails::Option(id) => format!("Option<{}>", self.print(&id)),
            TypeDetails::Vec(id) | TypeDetails::Set(id) | TypeDetails::Array(id, _) => format!("Vec<{}>", self.print(&id)),
            TypeDetails::Map(_, value) => match self.print(&value).as_str() {
                "rt::Value" => "rt::Object".to_owned(),
                value => format!("std::collections::BTreeMap<String, {value}>"),
            },
            TypeDetails::Box(id) => match self.print(&id) {
                ty if bare(&ty) == ty => format!("Box<{ty}>"),
                ty => format!("Option<Box<{}>>", bare(&ty)),
            },
            TypeDetails::String => "String".to_owned(),
            TypeDetails::Builtin(name) => builtin(name).to_owned(),
            TypeDetails::Enum(_) | TypeDetails::Struct(_) | TypeDetails::Tuple(_) | TypeDetails::Unit => ty.name(),
        }
    }
}

fn whole(ours: String, theirs: String) -> Vec<Difference> {
    if ours == theirs { Vec::new() } else { vec![Difference { field: None, ours, theirs }] }
}

/// A name without what keeps it from being a word of Rust.
fn key(name: &str) -> String {
    let name = name.trim_matches('_');
    match name.strip_prefix('x') {
        Some(rest) if rest.starts_with(|char: char| char.is_ascii_digit()) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// A type without the `Option`s around it.
fn bare(ty: &str) -> &str {
    ty.strip_prefix("Option<").and_then(|ty| ty.strip_suffix('>')).map_or(ty, bare)
}

fn builtin(name: &str) -> &str {
    match name {
        "::uuid::Uuid" => "rt::Uuid",
        "::chrono::naive::NaiveDate" => "rt::NaiveDate",
        "::chrono::DateTime<::chrono::offset::Utc>" => "rt::DateTime<rt::Utc>",
        "::serde_json::Value" => "rt::Value",
        "f64" | "f32" => "rt::Number",
        "i8" | "i16" | "i32" | "u8" | "u16" | "u32" => "i64",
        name if name.starts_with("::std::num::NonZero") => "i64",
        name => name,
    }
}
