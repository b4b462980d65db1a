//! What tells the alternatives of a `oneOf` apart: a discriminator, or properties that have one value in each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::load::{Document, pointer, referenced};

/// Properties, each with the values that it has in one alternative.
pub type Tags = Vec<(String, Vec<String>)>;

/// The tags of each alternative.
pub fn read(document: &Document, schema: &Value, alternatives: &[Value]) -> Vec<Tags> {
    let discriminator = &schema["discriminator"];
    let property = discriminator["propertyName"].as_str();
    let listed = disjoint(document, alternatives);
    let of = |one: &Value| {
        let component = referenced(one).unwrap_or_default();
        let mut tags = Tags::new();
        for (name, values) in values(document, one, 0) {
            if Some(name.as_str()) != property && (values.len() == 1 || listed.contains(&name)) {
                tags.push((name, values));
            }
        }
        if let Some(property) = property {
            tags.insert(0, (property.to_owned(), named(document, discriminator, property, &component, one)));
        }
        tags
    };
    alternatives.iter().map(of).collect()
}

/// Whether one property decides between all alternatives.
pub fn decide(tags: &[Tags]) -> bool {
    let first = tags.first().into_iter().flatten();
    let mut properties = first.map(|(property, _)| property);
    properties.any(|property| tags.iter().all(|tags| tags.iter().any(|(other, _)| other == property)))
}

/// The values of the discriminator that mean this alternative: those of the mapping, else those that its own schema has, else its name.
fn named(document: &Document, discriminator: &Value, property: &str, component: &str, one: &Value) -> Vec<String> {
    let means = |target: &Value| {
        let target = target.as_str().unwrap_or_default();
        pointer::unescape(target.rsplit('/').next().unwrap_or_default()) == component
    };
    let mapped = discriminator["mapping"].as_object().into_iter().flatten().filter(|(_, target)| means(target));
    let mapped: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
    if !mapped.is_empty() {
        return mapped;
    }
    let own = values(document, one, 0).into_iter().find(|(name, _)| name == property);
    own.map_or_else(|| vec![component.to_owned()], |(_, values)| values)
}

/// The properties of an alternative that are enumerations. Of alternatives among the alternatives, all values.
fn values(document: &Document, one: &Value, depth: usize) -> Tags {
    let schema = document.resolve(one);
    // An alternative that is a list is told by its items.
    let schema = if schema["type"] == "array" { document.resolve(&schema["items"]) } else { schema };
    if let Some(nested) = schema["oneOf"].as_array().filter(|_| depth < 8) {
        let mut joined: Option<Tags> = None;
        for one in nested {
            let own = values(document, one, depth + 1);
            joined = Some(match joined {
                None => own,
                Some(before) => before.into_iter().filter_map(|(name, values)| join(name, values, &own)).collect(),
            });
        }
        return joined.unwrap_or_default();
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    let texts = |property: &Value| {
        let values = document.resolve(property)["enum"].as_array()?.iter().map(|value| value.as_str().map(str::to_owned));
        values.collect::<Option<Vec<String>>>()
    };
    properties.filter_map(|(name, property)| Some((name.clone(), texts(property)?))).collect()
}

fn join(name: String, mut values: Vec<String>, other: &Tags) -> Option<(String, Vec<String>)> {
    let (_, more) = other.iter().find(|(property, _)| *property == name)?;
    values.extend(more.iter().filter(|value| !values.contains(value)).cloned().collect::<Vec<_>>());
    Some((name, values))
}

/// Properties that every alternative enumerates, and no two with the same value.
fn disjoint(document: &Document, alternatives: &[Value]) -> BTreeSet<String> {
    let all: Vec<Tags> = alternatives.iter().map(|one| values(document, one, 0)).collect();
    let names = all.first().into_iter().flatten().map(|(name, _)| name);
    let own = |name: &String| {
        let mut seen = BTreeSet::new();
        all.iter().all(|tags| {
            let found = tags.iter().find(|(other, _)| other == name);
            found.is_some_and(|(_, values)| values.iter().all(|value| seen.insert(value.clone())))
        })
    };
    names.filter(|name| own(name)).cloned().collect()
}
