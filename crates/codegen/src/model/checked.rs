//! What is checked before it is sent.

use std::collections::BTreeMap;

use super::{Schema, Shape, TypeRef};

/// A type is checked before it is sent where it has limits of its own, or one of its fields is checked.
pub fn mark_limited(schemas: &mut BTreeMap<String, Schema>) {
    loop {
        let limited: Vec<String> = schemas
            .iter()
            .filter(|(_, schema)| schema.sent && !schema.limited)
            .filter(|(_, schema)| match &schema.shape {
                Shape::Struct { fields, .. } => {
                    fields.iter().any(|field| !field.limits.is_empty() || checked(schemas, &field.ty).is_some())
                }
                Shape::OneOf { alternatives, .. } => {
                    alternatives.iter().any(|one| !one.limits.is_empty() || checked(schemas, &one.ty).is_some())
                }
                Shape::Enum(_) | Shape::Alias(_) => false,
            })
            .map(|(name, _)| name.clone())
            .collect();
        if limited.is_empty() {
            return;
        }
        for name in limited {
            if let Some(schema) = schemas.get_mut(&name) {
                schema.limited = true;
            }
        }
    }
}

/// What of a value is checked beside its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The value.
    Whole,
    /// Each item.
    Items,
    /// Each value of a map.
    Values,
}

/// Whether a type refers to one with limits.
pub fn checked(schemas: &BTreeMap<String, Schema>, ty: &TypeRef) -> Option<Checked> {
    match ty {
        TypeRef::Component(name) => match schemas.get(name) {
            Some(Schema { shape: Shape::Alias(ty), .. }) => checked(schemas, ty),
            Some(schema) => schema.limited.then_some(Checked::Whole),
            None => None,
        },
        TypeRef::List(item) => checked(schemas, item).filter(|found| *found == Checked::Whole).map(|_| Checked::Items),
        TypeRef::Map(value) => checked(schemas, value).filter(|found| *found == Checked::Whole).map(|_| Checked::Values),
        _ => None,
    }
}
