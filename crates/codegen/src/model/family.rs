//! What the editions of one platform share: components and operations that are written once, in a folder of their own, and are the same
//! in every edition that has them.

use std::collections::{BTreeMap, BTreeSet};

use crate::names;

use super::{Api, BodyContent, Content, Group, Operation, Parameter, Schema, Shape, TypeRef};

/// The editions of a platform.
#[derive(Debug)]
pub struct Family {
    /// Folder in `specs/` and package name: `highlevel`.
    pub id: String,
    /// As people write it: `HighLevel`.
    pub name: String,
    /// Groups that have a shared operation.
    pub groups: Vec<Group>,
    /// Shared components.
    pub schemas: BTreeMap<String, Schema>,
    /// Shared operations.
    pub operations: Vec<Operation>,
}

/// Marks what the editions share, and collects it.
pub fn share(apis: &mut [Api]) -> Vec<Family> {
    let ids: BTreeSet<String> = apis.iter().filter_map(|api| api.family.clone()).collect();
    ids.into_iter()
        .filter_map(|id| {
            let mut editions: Vec<&mut Api> = apis.iter_mut().filter(|api| api.family.as_deref() == Some(id.as_str())).collect();
            match editions.len() {
                0 | 1 => {
                    for edition in editions {
                        edition.family = None;
                    }
                    None
                }
                _ => Some(share_one(id, &mut editions)),
            }
        })
        .collect()
}

fn share_one(id: String, editions: &mut [&mut Api]) -> Family {
    let schemas = shared_schemas(editions);
    for edition in editions.iter_mut() {
        for (component, shared) in &schemas {
            if let Some(schema) = edition.schemas.get_mut(component) {
                // One edition may send what another only receives: the type serves both.
                *schema = shared.clone();
            }
        }
    }
    let operations = shared_operations(editions, &schemas);
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    for edition in editions.iter_mut() {
        for operation in edition.operations.iter_mut().filter(|operation| ids.contains(operation.id.as_str())) {
            operation.shared = true;
        }
    }
    let used: BTreeSet<&str> = operations.iter().map(|operation| operation.group.as_str()).collect();
    let groups = editions[0].groups.iter().filter(|group| used.contains(group.name.as_str())).cloned().collect();
    let name = editions[0].platform.clone().unwrap_or_else(|| names::type_name(&id));
    Family { id, name, groups, schemas, operations }
}

/// The components of at least two editions that have the same shape in all of them, as all that they refer to has.
fn shared_schemas(editions: &[&mut Api]) -> BTreeMap<String, Schema> {
    let mut shared: BTreeMap<String, Schema> = BTreeMap::new();
    let names: BTreeSet<&String> = editions.iter().flat_map(|edition| edition.schemas.keys()).collect();
    for name in names {
        let found: Vec<&Schema> = editions.iter().filter_map(|edition| edition.schemas.get(name)).collect();
        let [first, rest @ ..] = found.as_slice() else { continue };
        if rest.is_empty() || rest.iter().any(|other| other.shape != first.shape || other.description != first.description) {
            continue;
        }
        let any = |of: fn(&Schema) -> bool| found.iter().any(|schema| of(schema));
        shared.insert(
            name.clone(),
            Schema {
                sent: any(|schema| schema.sent),
                received: any(|schema| schema.received),
                limited: any(|schema| schema.limited),
                shared: true,
                ..(*first).clone()
            },
        );
    }
    loop {
        let torn: Vec<String> = shared
            .iter()
            .filter(|(_, schema)| references(&schema.shape).iter().any(|name| !shared.contains_key(*name)))
            .map(|(name, _)| name.clone())
            .collect();
        if torn.is_empty() {
            return shared;
        }
        shared.retain(|name, _| !torn.contains(name));
    }
}

/// The operations of at least two editions that differ in nothing but the vendor's page, its evidence and constant headers, and that use
/// shared types alone.
fn shared_operations(editions: &[&mut Api], schemas: &BTreeMap<String, Schema>) -> Vec<Operation> {
    let [first, rest @ ..] = editions else { return Vec::new() };
    let in_rest = |operation: &Operation| {
        let found: Vec<&Operation> =
            rest.iter().filter_map(|edition| edition.operations.iter().find(|other| other.id == operation.id)).collect();
        !found.is_empty() && found.len() == rest.len() && found.iter().all(|other| same(operation, other))
    };
    let shares_types = |operation: &Operation| {
        let mut types: Vec<&TypeRef> = operation.parameters.iter().map(|parameter| &parameter.ty).collect();
        if let Some(BodyContent::Json(ty) | BodyContent::Form(ty)) = operation.body.as_ref().map(|body| &body.content) {
            types.push(ty);
        }
        if let Content::Json(ty) = &operation.success.content {
            types.push(ty);
        }
        types.iter().filter_map(|ty| components(ty)).all(|name| schemas.contains_key(name))
    };
    let shared = first.operations.iter().filter(|operation| in_rest(operation) && shares_types(operation));
    shared.map(|operation| Operation { shared: true, ..operation.clone() }).collect()
}

fn same(one: &Operation, other: &Operation) -> bool {
    let key = |operation: &Operation| {
        (
            (operation.group.clone(), operation.name.clone(), operation.method.clone(), operation.path.clone()),
            (operation.summary.clone(), operation.description.clone(), operation.deprecated, operation.authenticated),
            (operation.body.as_ref().map(|body| body.content.clone()), operation.success.content.clone(), operation.pagination.clone()),
        )
    };
    let parameters = |operation: &Operation| {
        operation.parameters.iter().map(|parameter| Parameter { example: None, ..parameter.clone() }).collect::<Vec<_>>()
    };
    key(one) == key(other) && parameters(one) == parameters(other)
}

/// Whether two editions send the same for a shared operation and show the same values for it: what one is seen to do, the other does.
pub fn is_alike(one: &Operation, other: &Operation) -> bool {
    let examples = |operation: &Operation| {
        let parameters: Vec<_> = operation.parameters.iter().map(|parameter| parameter.example.clone()).collect();
        (parameters, operation.body.as_ref().and_then(|body| body.example.clone()), operation.success.example.clone())
    };
    one.constant_headers == other.constant_headers && examples(one) == examples(other)
}

fn references(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Struct { fields, .. } => fields.iter().filter_map(|field| components(&field.ty)).collect(),
        Shape::OneOf { alternatives, .. } => alternatives.iter().filter_map(|one| components(&one.ty)).collect(),
        Shape::Alias(ty) => components(ty).into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

fn components(ty: &TypeRef) -> Option<&str> {
    match ty {
        TypeRef::Component(name) => Some(name),
        TypeRef::Map(inner) | TypeRef::List(inner) | TypeRef::Boxed(inner) | TypeRef::Nullable(inner) => components(inner),
        _ => None,
    }
}
