//! [`Model`]: how one vendor is simulated, derived from its document once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use reachout_document::Location;
use serde_json::Value;

use super::complete::complete;
use super::page::milliseconds;
use super::plan::{Plan, Role, noun, referred};
use super::store::{DOCUMENTED, Fields, Store};
use crate::api::{Api, Operation};
use crate::engine::ids;

/// How one vendor is simulated.
#[derive(Debug)]
pub(crate) struct Model {
    plans: HashMap<String, Plan>,
    kinds: BTreeMap<String, Kind>,
}

/// What the document shows of one kind of object.
#[derive(Debug, Default)]
pub(crate) struct Kind {
    pub id_field: String,
    /// The fullest example, under the id by which the document asks for it.
    pub template: Fields,
    /// Every example, by id.
    examples: Vec<(String, Fields)>,
    /// Ids that occur in example requests: they must be found although nothing made them.
    documented: BTreeSet<String>,
}

impl Kind {
    /// An id in the look of the documented ones.
    pub(crate) fn example_id(&self) -> &Value {
        self.template.get(&self.id_field).unwrap_or(&Value::Null)
    }

    pub(crate) fn is_documented(&self, id: &str) -> bool {
        self.documented.contains(id)
    }

    /// Whether the id has the form of one that the documents show.
    pub(crate) fn has_form(&self, id: &str) -> bool {
        let shown = self.examples.iter().map(|(id, _)| id).chain(&self.documented).map(String::as_str);
        shown.chain(self.example_id().as_str()).any(|example| ids::is_like(example, id))
    }
}

impl Model {
    pub(crate) fn derive(api: &Api) -> Self {
        let nouns = api.operations.iter().map(|operation| noun(operation.id)).collect();
        let plan = |operation: &Operation| (operation.id.to_owned(), Plan::derive(api, operation, &nouns));
        let mut model = Self { plans: api.operations.iter().map(plan).collect(), kinds: BTreeMap::new() };
        // An object that is returned whole comes first, so that it becomes the template of its kind.
        for roles in [&[Role::Read][..], &[Role::Create, Role::Update], &[Role::List]] {
            for operation in &api.operations {
                if roles.contains(&model.plan(operation).role) {
                    model.add_examples(operation);
                }
            }
        }
        api.operations.iter().for_each(|operation| model.add_bare_parents(operation));
        api.operations.iter().for_each(|operation| model.add_documented_ids(operation));
        model.link_examples();
        for (name, kind) in &mut model.kinds {
            if let Some((_, fullest)) = kind.examples.first() {
                kind.template.clone_from(fullest);
            }
            let examples = kind.examples.iter_mut().map(|(_, fields)| fields);
            examples.chain([&mut kind.template]).for_each(|fields| complete(api, name, fields));
            // The documents show the newest first, where they show no time.
            kind.examples.reverse();
            kind.examples.sort_by_key(|(_, fields)| milliseconds(fields));
        }
        model
    }

    pub(crate) fn plan(&self, operation: &Operation) -> &Plan {
        // Every operation got its plan in `derive`.
        &self.plans[operation.id]
    }

    /// The names of all kinds.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    /// What is known of a kind; nothing where no object of it is ever returned.
    pub(crate) fn kind(&self, kind: &str) -> Option<&Kind> {
        self.kinds.get(kind)
    }

    /// Puts the documented objects into an empty store.
    pub(crate) fn seed(&self, store: &mut Store) {
        for (name, kind) in &self.kinds {
            for (id, fields) in &kind.examples {
                store.insert(name, id, fields.clone());
            }
        }
    }

    fn add_examples(&mut self, operation: &Operation) {
        let plan = self.plans[operation.id].clone();
        if plan.item.is_none() {
            return;
        }
        let kind = self.kinds.entry(plan.kind.clone()).or_default();
        kind.id_field.clone_from(&plan.id_field);
        for example in plan.examples(operation).into_iter().filter_map(Value::as_object) {
            let mut fields = example.clone();
            // Only an object under another belongs to it; `/contacts/business/{businessId}` lists what belongs nowhere.
            for parent in plan.parents.iter().filter(|parent| !operation.path.ends_with(&format!("{{{}}}", parent.parameter))) {
                if let [field] = parent.fields.as_slice() {
                    fields.insert(field.clone(), path_example(operation, &parent.parameter));
                }
            }
            let asked = plan.own.as_ref().filter(|_| plan.named_by.is_none()).map(|own| path_example(operation, own));
            let id = asked.or_else(|| fields.get(&plan.id_field).cloned()).unwrap_or_default();
            let Some(id) = id.as_str().map(str::to_owned).filter(|id| !id.is_empty()) else { continue };
            fields.insert(plan.id_field.clone(), id.clone().into());
            fields.insert(DOCUMENTED.to_owned(), true.into());
            if kind.template.is_empty() {
                kind.template.clone_from(&fields);
            }
            // A made or changed object is mostly one that another operation shows under the id it is asked for by.
            let repeats = matches!(plan.role, Role::Create | Role::Update) && !kind.examples.is_empty();
            match kind.examples.iter_mut().find(|(known, _)| *known == id) {
                // What several pages show of one object is put together.
                Some((_, known)) => {
                    for (name, value) in fields {
                        known.entry(name).or_insert(value);
                    }
                }
                None if repeats => {}
                None => kind.examples.push((id, fields)),
            }
        }
    }

    /// A kind may be shown nowhere and still have a list of others under it, as a conversation has messages at Leonar.
    fn add_bare_parents(&mut self, operation: &Operation) {
        let plan = &self.plans[operation.id];
        let holds = plan.item.is_some() && matches!(plan.role, Role::List | Role::Create);
        for parent in plan.parents.iter().filter(|parent| holds && !operation.path.ends_with(&format!("{{{}}}", parent.parameter))) {
            let kind = self.kinds.entry(parent.kind.clone()).or_default();
            if kind.id_field.is_empty() {
                "id".clone_into(&mut kind.id_field);
                kind.template = Fields::from_iter([("id".to_owned(), path_example(operation, &parent.parameter))]);
            }
        }
    }

    fn add_documented_ids(&mut self, operation: &Operation) {
        let plan = self.plans[operation.id].clone();
        let own = plan.own.iter().filter(|_| plan.named_by.is_none()).map(|own| (plan.kind.clone(), path_example(operation, own)));
        let parents = plan.parents.iter().map(|parent| (parent.kind.clone(), path_example(operation, &parent.parameter)));
        let body = operation.body.and_then(|body| body.content.example?.as_object());
        let query = operation.parameters_in(Location::Query).filter_map(|parameter| Some((parameter.name, parameter.example?)));
        let named = body.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).chain(query);
        let named = named.filter_map(|(name, value)| Some((referred(name)?, value.clone())));
        for (kind, value) in own.chain(parents).chain(named) {
            if let Some(kind) = self.kinds.get_mut(&kind) {
                let ids = value.as_array().cloned().unwrap_or_else(|| vec![value]);
                kind.documented.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        }
    }

    /// The pages take their examples from everywhere: a reference to what is nowhere shown becomes one to what is.
    fn link_examples(&mut self) {
        let known: BTreeMap<String, (BTreeSet<String>, Value)> = self
            .kinds
            .iter()
            .map(|(name, kind)| {
                let ids = kind.examples.iter().map(|(id, _)| id.clone()).chain(kind.documented.iter().cloned()).collect();
                (name.clone(), (ids, kind.example_id().clone()))
            })
            .collect();
        for kind in self.kinds.values_mut() {
            let examples = kind.examples.iter_mut().map(|(_, fields)| fields);
            for (name, value) in examples.chain([&mut kind.template]).flatten() {
                let Some((ids, first)) = referred(name).and_then(|kind| known.get(&kind)) else { continue };
                if *name != kind.id_field && value.as_str().is_some_and(|id| !ids.contains(id)) {
                    *value = first.clone();
                }
            }
        }
    }
}

fn path_example(operation: &Operation, parameter: &str) -> Value {
    operation.parameter(Location::Path, parameter).and_then(|parameter| parameter.example.cloned()).unwrap_or_default()
}
