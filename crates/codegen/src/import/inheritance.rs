//! Components that inherit from one another, as OpenAPI writes it: a parent with a discriminator, and children that have it among their parts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::load::referenced;

/// The children of every parent with a discriminator, and theirs; by the names that the document gives.
pub fn children(source: &Value) -> BTreeMap<String, Vec<String>> {
    let components = source["components"]["schemas"].as_object();
    let parents = |schema: &Value| {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        let names = parts.filter_map(referenced);
        names.collect::<Vec<String>>()
    };
    let direct: Vec<(&String, Vec<String>)> = components.into_iter().flatten().map(|(name, schema)| (name, parents(schema))).collect();
    let mut all = BTreeMap::new();
    for (name, schema) in components.into_iter().flatten() {
        let alternatives = schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
        if !schema["discriminator"]["propertyName"].is_string() || alternatives {
            continue;
        }
        let mut found: Vec<String> = Vec::new();
        let mut queue = vec![name.clone()];
        while let Some(parent) = queue.pop() {
            for (child, _) in direct.iter().filter(|(_, parents)| parents.contains(&parent)) {
                if *child != name && !found.contains(child) {
                    found.push((*child).clone());
                    queue.push((*child).clone());
                }
            }
        }
        if !found.is_empty() {
            all.insert(name.clone(), found);
        }
    }
    all
}
