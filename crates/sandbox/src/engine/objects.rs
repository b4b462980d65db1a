//! The objects of a vendor by kind, as they look from outside its API.

use std::collections::BTreeMap;

use serde_json::Value;

use super::simulator::Simulator;
use super::store::Fields;

/// The kinds that hold credentials, which are not shown.
const HIDDEN: [&str; 3] = ["access token", "refresh token", "authorization code"];

impl Simulator {
    /// How many objects there are of each kind. Kinds that the document shows are there without objects too.
    pub(crate) fn kinds(&self) -> BTreeMap<String, usize> {
        let mut kinds: BTreeMap<String, usize> = self.model.kinds().map(|kind| (kind.to_owned(), 0)).collect();
        let store = self.store();
        kinds.extend(store.count().into_iter().map(|(kind, count)| (kind.to_owned(), count)));
        kinds.retain(|kind, _| !HIDDEN.contains(&kind.as_str()));
        kinds
    }

    /// The objects of a kind that hold a text somewhere, the newest first.
    pub(crate) fn objects(&self, kind: &str, search: &str, (offset, limit): (usize, usize)) -> Vec<Fields> {
        let search = search.to_lowercase();
        let store = self.store();
        let shown = store.newest(kind).filter(|_| !HIDDEN.contains(&kind));
        let found = shown.filter(|fields| search.is_empty() || fields.values().any(|value| contains(value, &search)));
        let public = |fields: &Fields| {
            fields.iter().filter(|(name, _)| !name.starts_with('~')).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        found.skip(offset).take(limit).map(public).collect()
    }
}

/// Whether a value holds a text, given in lower case, somewhere, or is this number.
pub(crate) fn contains(value: &Value, search: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(search),
        Value::Array(items) => items.iter().any(|item| contains(item, search)),
        Value::Object(fields) => fields.values().any(|value| contains(value, search)),
        Value::Number(number) => number.to_string() == search,
        Value::Bool(_) | Value::Null => false,
    }
}
