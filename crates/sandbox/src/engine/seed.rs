//! Objects to start from, checked against what the document shows of their kind.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reachout_document::{Document, Strictness};
use reachout_messenger::Vendor;
use serde_json::{Map, Value, json};

use super::call::make;
use super::generic::is_account;
use super::ids;
use super::model::Model;
use super::plan::{Role, referred, singular};
use super::simulator::Simulator;
use super::store::{DOCUMENTED, Fields, Store, text, too_many_objects};
use crate::api::Api;
use crate::fault::unknown;

/// The fields of a kind with their schemas.
struct Schemas(BTreeMap<String, Value>);

impl Simulator {
    /// Starts from these objects beside the documented ones: kinds by name, each a list. The error names the field.
    pub(crate) fn seed(&mut self, kinds: &Map<String, Value>) -> Result<(), String> {
        let mut store = self.initial.clone();
        let capacity = store.capacity();
        store.set_capacity(usize::MAX);
        let count: usize = kinds.values().filter_map(Value::as_array).map(Vec::len).sum();
        store.set_behind(TimeDelta::milliseconds(i64::try_from(count).unwrap_or(i64::MAX / 1_000)));
        let mut seeded = Vec::new();
        for (name, objects) in kinds {
            let kind = self.seed_kind(name)?;
            let schemas = Schemas::of(self.api, self.model, &kind);
            let objects = objects.as_array().ok_or_else(|| format!("{name}: this is not a list of objects"))?;
            for (index, object) in objects.iter().enumerate() {
                let place = format!("{name}[{index}]");
                let fields = object.as_object().ok_or_else(|| format!("{place}: this is not an object"))?;
                schemas.check(self.api.document, fields).map_err(|error| format!("{place}.{error}"))?;
                let id = self.add(&mut store, &kind, fields.clone()).map_err(|error| format!("{place}.{error}"))?;
                seeded.push((place, kind.clone(), id));
            }
            let count = store.count_of(&kind);
            if count > capacity {
                let documented = store.newest(&kind).filter(|fields| fields.contains_key(DOCUMENTED)).count();
                return Err(format!("{name}: {}, {documented} of these objects are documented ones", too_many_objects(count, capacity)));
            }
        }
        // In the end, so that objects may refer to one another in any order.
        for (place, kind, id) in seeded {
            let fields = store.get(&kind, &id).cloned().unwrap_or_default();
            self.check_references(&store, &kind, &fields).map_err(|error| format!("{place}.{error}"))?;
        }
        store.set_capacity(capacity);
        store.set_behind(TimeDelta::zero());
        self.initial = store;
        self.reset_to_start();
        Ok(())
    }

    /// The kind of this name, in the singular or in the plural.
    fn seed_kind(&self, name: &str) -> Result<String, String> {
        let kind = [name.to_owned(), singular(name)].into_iter().find(|kind| self.model.kind(kind).is_some());
        kind.ok_or_else(|| {
            let whose = format!("a kind of object that {} has", self.api.vendor);
            unknown(name, name, &whose, self.model.kinds())
        })
    }

    fn add(&self, store: &mut Store, kind: &str, fields: Fields) -> Result<String, String> {
        let known = self.model.kind(kind);
        let id_field = known.map_or("id", |kind| kind.id_field.as_str());
        let given = text(&fields, id_field);
        if !given.is_empty() && !known.is_some_and(|kind| kind.has_form(given)) {
            let example = known.map_or(&Value::Null, |kind| kind.example_id());
            return Err(format!("{id_field}: {given:?} is not an id of {}; one looks like {example}", self.api.vendor));
        }
        let id = if given.is_empty() { ids::like(known.map_or(&Value::Null, |kind| kind.example_id())) } else { given.to_owned() };
        if store.get(kind, &id).is_some_and(|known| !known.contains_key(DOCUMENTED)) {
            return Err(format!("{id_field}: {id:?} is there twice"));
        }
        make((self.api, self.model), store, kind, &id, fields);
        Ok(id)
    }

    fn check_references(&self, store: &Store, own: &str, fields: &Fields) -> Result<(), String> {
        let id_field = self.model.kind(own).map_or("id", |kind| kind.id_field.as_str());
        for (name, value) in fields.iter().filter(|(name, _)| name.as_str() != id_field) {
            let kind = referred(name).filter(|kind| !is_account(self.api, kind));
            let Some((kind, known)) = kind.and_then(|kind| Some((kind.clone(), self.model.kind(&kind)?))) else { continue };
            let named = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter().filter_map(Value::as_str);
            if let Some(missing) = named.into_iter().find(|id| store.get(&kind, id).is_none() && !known.is_documented(id)) {
                return Err(format!("{name}: there is no {kind} {missing:?}; add one to the file"));
            }
        }
        Ok(())
    }
}

impl Schemas {
    fn check(&self, document: &Document, fields: &Fields) -> Result<(), String> {
        for (name, value) in fields {
            let Some(schema) = self.0.get(name) else {
                return Err(unknown(name, name, "a field of this kind", self.0.keys().map(String::as_str)));
            };
            if let Some(problem) = document.problems(schema, value, Strictness::Exact).into_iter().next() {
                let path = if problem.path.is_empty() { name.clone() } else { format!("{name}.{}", problem.path) };
                return Err(format!("{path}: {}", problem.message));
            }
        }
        Ok(())
    }

    /// The fields that operations show of a kind or take for it.
    fn of(api: &Api, model: &Model, kind: &str) -> Self {
        let mut schemas = BTreeMap::new();
        let mut add = |schema: &Value| {
            for (name, property) in api.document.properties(schema) {
                schemas.entry(name.to_owned()).or_insert_with(|| property.clone());
            }
        };
        let about = |role: Option<Role>| {
            api.operations.iter().filter(move |operation| {
                let plan = model.plan(operation);
                plan.kind == kind && role.is_none_or(|role| plan.role == role)
            })
        };
        for operation in about(None) {
            let shown = operation.response().zip(model.plan(operation).item.as_deref());
            if let Some(schema) = shown.and_then(|(content, path)| api.document.at(content.schema, path)) {
                add(api.document.items(schema).unwrap_or(schema));
            }
        }
        for body in about(Some(Role::Create)).filter_map(|operation| operation.body) {
            add(body.content.schema);
        }
        let parents = about(None).flat_map(|operation| model.plan(operation).parents.iter()).flat_map(|parent| parent.fields.clone());
        // What no page shows of a conversation and a message needs all the same.
        let bare = ["contact_id", "conversation_id", "channel"]
            .map(str::to_owned)
            .into_iter()
            .filter(|_| kind == "conversation" || kind == "message");
        let id = model.kind(kind).map(|kind| kind.id_field.clone());
        for name in parents.chain(bare.filter(|_| api.vendor == Vendor::Leonar)).chain(id) {
            schemas.entry(name).or_insert_with(|| json!({ "type": "string" }));
        }
        Self(schemas)
    }
}
