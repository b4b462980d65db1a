//! A published file before it is drafted: it gets the names of its plan, and what a draft does not keep is remembered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    super::notes::Notes,
    paging,
    plan::{self, Group, Plan},
};
use crate::{
    diagnostic::Error,
    load::{Position, pointer},
};

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

/// Gives a published file the names of its plan, and makes what counts a whole number.
pub fn prepare(source: &mut Value, plan: &Plan, group: &Group, notes: &mut Notes) -> Result<(), Error> {
    let file = &group.file;
    open_lists(source, Position::Node, "", notes);
    let mut known: BTreeSet<&str> = group.operations.keys().map(String::as_str).collect();
    for (path, method, operation) in operations(source) {
        let written = operation["tags"][0].as_str().unwrap_or_default();
        let Some(tag) = group.tags.get(written) else {
            let message =
                format!("`{written}`, the tag of {} {path}, is not among the tags of group `{}`", method.to_uppercase(), group.name);
            return Err(plan::problem(file, message, "give it a name and a description in groups.yaml"));
        };
        let key = format!("{} {path}", method.to_uppercase());
        let (tag, id) = (tag.name.clone(), group.operations.get(&key).cloned());
        known.remove(key.as_str());
        operation["tags"] = json!([tag]);
        if let Some(id) = id {
            operation["operationId"] = id.into();
        }
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if paging::counts(parameter)
                && let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
            {
                schema.insert("type".into(), "integer".into());
            }
        }
        // A success without a schema is whatever comes: JSON, or nothing.
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let empty = response.get("content").and_then(Value::as_object).is_none_or(Map::is_empty);
            if status.starts_with('2') && status != "204" && empty {
                response["content"] = json!({ "application/json": {} });
            }
        }
    }
    match known.first() {
        Some(unknown) => Err(plan::problem(file, format!("`{unknown}` is not in this file"), "correct it in groups.yaml, or remove it")),
        None if plan.groups.iter().filter(|other| other.name == group.name).count() > 1 => {
            Err(plan::problem(file, format!("group `{}` is there twice", group.name), "give one of them another name in groups.yaml"))
        }
        None => Ok(()),
    }
}

/// The longest enumeration that is written out: what is longer is a standard's list, such as that of countries, which is a text.
const LONGEST: usize = 100;

fn open_lists(node: &mut Value, position: Position, at: &str, notes: &mut Notes) {
    match node {
        Value::Object(map) if position != Position::Data => {
            if position == Position::Node && map.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() > LONGEST) {
                map.shift_remove("enum");
                notes.add("Enumerations of more than a hundred values became texts", at);
            }
            for (key, value) in map.iter_mut() {
                let below = position.child(key, value);
                open_lists(value, below, &pointer::child(at, key), notes);
            }
        }
        Value::Array(items) if position != Position::Data => {
            for item in items {
                open_lists(item, position.item(), at, notes);
            }
        }
        _ => {}
    }
}

/// The operations of a document, with path and method.
pub fn operations(source: &mut Value) -> impl Iterator<Item = (String, String, &mut Value)> {
    let items = source["paths"].as_object_mut().into_iter().flatten();
    items.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation))
    })
}

/// What a draft does not keep: whose token each operation takes, and with which scopes.
pub struct Known(BTreeMap<(String, String), Access>);

/// Whose token, where the file says it, and the scopes of which one is needed.
type Access = (Option<&'static str>, Vec<String>);

impl Known {
    pub fn of(source: &Value, plan: &Plan) -> Self {
        let mut known = BTreeMap::new();
        for (path, method, operation) in operations(&mut source.clone()) {
            let ways = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
            let (mut tokens, mut scopes) = (BTreeSet::new(), Vec::new());
            for (scheme, needed) in ways {
                tokens.extend(plan.tokens.get(scheme).map(String::as_str));
                for scope in needed.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !scopes.iter().any(|known| known == scope) {
                        scopes.push(scope.to_owned());
                    }
                }
            }
            let token = match tokens.into_iter().collect::<Vec<_>>().as_slice() {
                [] => None,
                ["location"] => Some("location"),
                ["agency"] => Some("agency"),
                _ => Some("any"),
            };
            known.insert((path, method), (token, scopes));
        }
        Self(known)
    }

    /// Puts it into the operations of the draft.
    pub fn tell(&self, document: &mut Value) {
        for (path, method, operation) in operations(document) {
            let Some((token, scopes)) = self.0.get(&(path, method)) else { continue };
            if let Some(token) = token {
                operation["x-token"] = (*token).into();
            }
            operation["description"] = match scopes.as_slice() {
                [] => "The vendor's file names no scope.".into(),
                [one] => format!("Needs the scope `{one}`.").into(),
                several => format!("Needs one of the scopes `{}`.", several.join("`, `")).into(),
            };
        }
    }
}
