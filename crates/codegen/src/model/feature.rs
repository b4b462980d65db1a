//! Which types a feature of the crate brings: those that its operations alone are made of.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Api,
    edition::{component, references, types},
};

/// Marks the types of each feature. What operations of several features have in common is always there, and so is what events hold.
pub fn mark(api: &mut Api) {
    let mut users: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for operation in &api.operations {
        let feature = api.feature_of(operation);
        found.extend(types(operation).map(|name| (name.to_owned(), feature.map(str::to_owned))));
    }
    found.extend(api.events.iter().filter_map(|event| Some((component(&event.payload)?.to_owned(), None))));
    while let Some((name, feature)) = found.pop() {
        let Some(schema) = api.schemas.get(&name) else { continue };
        if users.entry(name).or_default().insert(feature.clone()) {
            found.extend(references(&schema.shape).into_iter().map(|name| (name.to_owned(), feature.clone())));
        }
    }
    for (name, features) in users {
        if let (Some(schema), Some(Some(only)), 1) = (api.schemas.get_mut(&name), features.first(), features.len()) {
            schema.feature = Some(only.clone());
        }
    }
}
