//! What an edition has in common with its platform: what is the same there is written once, in the platform's crate.

use std::collections::{BTreeMap, BTreeSet};

use super::{Api, BodyContent, Content, Operation, Parameter, Schema, Shape, TypeRef};

/// Marks what each edition has in common with its platform, which it refers to by name.
pub fn share(apis: &mut [Api]) {
    for at in 0..apis.len() {
        let Some(base) = apis.iter().position(|api| api.platform.is_none() && apis[at].platform.as_ref() == Some(&api.name)) else {
            apis[at].platform = None;
            continue;
        };
        let [base, edition] = if base < at {
            let (before, after) = apis.split_at_mut(at);
            [&mut before[base], &mut after[0]]
        } else {
            let (before, after) = apis.split_at_mut(base);
            [&mut after[0], &mut before[at]]
        };
        share_one(base, edition);
    }
}

fn share_one(base: &Api, edition: &mut Api) {
    let schemas = schemas(base, edition);
    for (component, shared) in &schemas {
        if let Some(schema) = edition.schemas.get_mut(*component) {
            *schema = Schema { shared: true, ..(*shared).clone() };
        }
    }
    for operation in &mut edition.operations {
        let Some(platforms) = base.operations.iter().find(|other| other.id == operation.id) else { continue };
        operation.inherited = is_one_route(operation, platforms);
        let own = edition.groups.iter().find(|group| group.name == operation.group);
        let other = base.groups.iter().find(|group| group.name == platforms.group);
        operation.shared = operation.inherited
            && own.map(|group| &group.feature) == other.map(|group| &group.feature)
            && is_one_call(operation, platforms)
            && types(operation).all(|name| schemas.contains_key(name));
    }
    edition.shares_events = !edition.events.is_empty()
        && edition.envelope == base.envelope
        && edition.events == base.events
        && edition.events.iter().filter_map(|event| component(&event.payload)).all(|name| schemas.contains_key(name));
    edition.base = Some(base.id.clone());
}

/// The platform's components that an edition has in the same shape, as it has all that they refer to. What the edition sends or receives of them
/// the platform does too, so that one type serves both.
fn schemas<'a>(base: &'a Api, edition: &Api) -> BTreeMap<&'a str, &'a Schema> {
    let same = |name: &String, schema: &Schema| {
        edition.schemas.get(name).is_some_and(|own| {
            own.shape == schema.shape
                && own.description == schema.description
                && (schema.sent || !own.sent)
                && (schema.received || !own.received)
                && (schema.feature.is_none() || schema.feature == own.feature)
        })
    };
    let mut shared: BTreeMap<&str, &Schema> =
        base.schemas.iter().filter(|(name, schema)| same(name, schema)).map(|(name, schema)| (name.as_str(), schema)).collect();
    loop {
        let is_torn = |schema: &Schema| references(&schema.shape).iter().any(|name| !shared.contains_key(*name));
        let torn: BTreeSet<&str> = shared.iter().filter(|(_, schema)| is_torn(schema)).map(|(name, _)| *name).collect();
        if torn.is_empty() {
            return shared;
        }
        shared.retain(|name, _| !torn.contains(name));
    }
}

/// The routes differ in nothing but page, evidence and constant headers.
fn is_one_route(one: &Operation, other: &Operation) -> bool {
    let key = |operation: &Operation| {
        (
            (operation.group.clone(), operation.name.clone(), operation.method.clone(), operation.path.clone()),
            (operation.effect, operation.repeat, operation.guessed, operation.authenticated, operation.token),
            operation.pagination.clone(),
        )
    };
    key(one) == key(other)
}

/// Arguments, bodies and docs are the same.
fn is_one_call(one: &Operation, other: &Operation) -> bool {
    let key = |operation: &Operation| {
        (
            (operation.summary.clone(), operation.description.clone(), operation.deprecated),
            (operation.body.as_ref().map(|body| body.content.clone()), operation.success.content.clone()),
            operation.parameters.iter().map(|parameter| Parameter { example: None, ..parameter.clone() }).collect::<Vec<_>>(),
        )
    };
    key(one) == key(other)
}

/// Whether an edition sends the same as its platform and shows the same values for it: what one is seen to do, the other does.
pub fn is_alike(one: &Operation, other: &Operation) -> bool {
    let bodies = |operation: &Operation| (operation.body.as_ref().and_then(|body| body.example.clone()), operation.success.example.clone());
    one.constant_headers == other.constant_headers && shows_the_same(one, other) && bodies(one) == bodies(other)
}

/// Whether the arguments of both have the same documented values.
pub fn shows_the_same(one: &Operation, other: &Operation) -> bool {
    let values = |operation: &Operation| operation.parameters.iter().map(|parameter| parameter.example.clone()).collect::<Vec<_>>();
    values(one) == values(other)
}

/// The components that an operation's parameters and bodies are.
pub fn types(operation: &Operation) -> impl Iterator<Item = &str> {
    let body = operation.body.as_ref().and_then(|body| match &body.content {
        BodyContent::Json(ty) | BodyContent::Form(ty) => Some(ty),
        BodyContent::Bytes(_) | BodyContent::Multipart(_) => None,
    });
    let response = match &operation.success.content {
        Content::Json(ty) => Some(ty),
        Content::Empty | Content::Bytes => None,
    };
    operation.parameters.iter().map(|parameter| &parameter.ty).chain(body).chain(response).filter_map(component)
}

/// The components that a component is made of.
pub fn references(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Struct { fields, .. } => fields.iter().filter_map(|field| component(&field.ty)).collect(),
        Shape::OneOf { alternatives, .. } => alternatives.iter().filter_map(|one| component(&one.ty)).collect(),
        Shape::Alias(ty) => component(ty).into_iter().collect(),
        Shape::Enum(_) => Vec::new(),
    }
}

/// The component that a type is, or holds.
pub fn component(ty: &TypeRef) -> Option<&str> {
    match ty {
        TypeRef::Component(name) => Some(name),
        TypeRef::Map(inner) | TypeRef::List(inner) | TypeRef::Boxed(inner) | TypeRef::Nullable(inner) => component(inner),
        _ => None,
    }
}
