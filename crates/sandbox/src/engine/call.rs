//! [`Call`]: one request on its way through the engine, and what every operation can do with it.

use chrono::{DateTime, SecondsFormat, Utc};
use reachout_messenger::Vendor;
use serde_json::{Map, Value};

use super::complete::complete;
use super::event::Event;
use super::filter::{self, Criteria, Special};
use super::model::{Kind, Model};
use super::outcome::SentMessage;
use super::page::{Page, Reader};
use super::plan::{Parent, Plan, pointer};
use super::store::{DOCUMENTED, Fields, Object, Store, text};
use super::{example, respond};
use crate::api::check::Checked;
use crate::api::refusal::Refusal;
use crate::api::{Api, Operation};
use crate::engine::ids;
use crate::settings::Settings;

/// Performs an operation: the body of its response.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Value, Refusal>;

/// One request on its way through the engine.
pub(crate) struct Call<'a> {
    pub api: &'a Api,
    pub operation: &'a Operation,
    pub model: &'a Model,
    pub plan: &'a Plan,
    pub checked: &'a Checked,
    pub settings: &'a Settings,
    /// Scheme and authority of the sandbox, as the client calls it.
    pub origin: &'a str,
    pub store: &'a mut Store,
    /// What a subscriber of the vendor's webhooks is told of.
    pub events: Vec<Event>,
    /// The messages that leave for somebody.
    pub sent: Vec<SentMessage>,
}

/// The fields in which objects keep when they were made, and when they were changed.
const MADE: [&str; 4] = ["created_at", "createdAt", "dateAdded", "installedAt"];
const CHANGED: [&str; 3] = ["updated_at", "updatedAt", "dateUpdated"];

impl<'a> Call<'a> {
    /// A path or query parameter as text, empty where it is absent.
    pub(crate) fn parameter(&self, name: &str) -> &'a str {
        self.checked.parameters.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A field of the body as text, empty where it is absent.
    pub(crate) fn body_text(&self, name: &str) -> &'a str {
        self.checked.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The fields of the body.
    pub(crate) fn body(&self) -> Fields {
        self.checked.body.as_object().cloned().unwrap_or_default()
    }

    /// The texts of an array in the body.
    pub(crate) fn texts(&self, name: &str) -> Vec<&'a str> {
        self.checked.body.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    pub(crate) fn now(&mut self) -> String {
        let now = self.store.now();
        self.write_time(now)
    }

    /// A time as the vendor writes it.
    pub(crate) fn write_time(&self, time: DateTime<Utc>) -> String {
        write_time(self.api.vendor, time)
    }

    pub(crate) fn fresh_id(&self, kind: &str) -> String {
        ids::like(self.model.kind(kind).map_or(&Value::Null, Kind::example_id))
    }

    /// Whether there is such an object. A documented id that nothing made yet is made now.
    pub(crate) fn exists(&mut self, kind: &str, id: &str) -> bool {
        if self.store.get(kind, id).is_some() {
            return true;
        }
        let Some(known) = self.model.kind(kind) else { return false };
        let adopt = known.is_documented(id) || (self.settings.adopt_unknown_ids && known.has_form(id));
        let adopt = adopt && !id.is_empty() && !self.store.is_removed(kind, id);
        if adopt {
            let mut fields = known.template.clone();
            fields.insert(known.id_field.clone(), id.into());
            complete(self.api, kind, &mut fields);
            self.store.insert(kind, id, fields);
        }
        adopt
    }

    /// An object, or the vendor's 404 that names `path`; empty where the address names the object.
    pub(crate) fn object(&mut self, kind: &str, id: &str, path: &str) -> Result<&Fields, Refusal> {
        if !self.exists(kind, id) {
            return Err(Refusal::not_found(path, kind));
        }
        self.store.get(kind, id).ok_or_else(|| Refusal::not_found(path, kind))
    }

    /// Makes an object of these fields and a fresh id, and returns all of it.
    pub(crate) fn make(&mut self, kind: &str, fields: Fields) -> Fields {
        // What is not named by an id is named by whoever makes it.
        let named = self.model.kind(kind).map(|kind| kind.id_field.as_str()).filter(|field| !field.ends_with("id"));
        let named = named.map(|field| text(&fields, field)).filter(|name| !name.is_empty()).map(str::to_owned);
        let id = named.unwrap_or_else(|| self.fresh_id(kind));
        make((self.api, self.model), self.store, kind, &id, fields)
    }

    /// Changes an object and returns all of it. A null clears a field.
    pub(crate) fn change(&mut self, kind: &str, id: &str, patch: Fields) -> Result<Fields, Refusal> {
        self.object(kind, id, "")?;
        let now = self.now();
        let changed = self.store.update(kind, id, |fields| {
            fields.extend(patch);
            for name in CHANGED {
                if fields.contains_key(name) {
                    fields.insert(name.to_owned(), now.clone().into());
                }
            }
            fields.clone()
        });
        changed.ok_or_else(|| Refusal::not_found("", kind))
    }

    /// The response that shows one object: the documented one, with the object in its place.
    pub(crate) fn show(&self, object: Fields) -> Value {
        let mut response = self.example();
        // A response that does not show the object says that it worked.
        let Some(place) = self.plan.item.as_deref().map(pointer) else { return response };
        match response.pointer_mut(&place) {
            Some(shown) => *shown = object.into(),
            None => response = Map::from_iter([(place.trim_start_matches('/').to_owned(), object.into())]).into(),
        }
        response
    }

    /// The documented response with what the request says and fresh ids.
    pub(crate) fn example(&self) -> Value {
        let mut response = example::response(self.api.document, self.operation, self.checked);
        respond::refresh(&mut response);
        response
    }

    /// A list of the objects that the request asks for.
    pub(crate) fn list(&mut self, listing: &Listing<'_>) -> Result<Value, Refusal> {
        let parents = self.plan.parents.iter().filter(|parent| parent.kind.is_empty() || self.model.kind(&parent.kind).is_some());
        let named = |parent: &Parent| self.checked.parameters.get(&parent.parameter).unwrap_or(&Value::Null);
        // What is documented is in every list of what has no objects here.
        let is_shown = |parent: &Parent, fields: &Fields| parent.kind.is_empty() && fields.contains_key(DOCUMENTED);
        let belongs = |fields: &Fields| parents.clone().all(|parent| parent.has(fields, named(parent)) || is_shown(parent, fields));
        let kind = listing.kind.unwrap_or(&self.plan.kind);
        let known = |name: &str, alias: Option<&str>| self.store.newest(kind).any(|fields| filter::is_about(fields, name, alias));
        let parameters: Vec<&str> = parents.clone().map(|parent| parent.parameter.as_str()).collect();
        let criteria = Criteria::new((self.api, self.operation, self.checked), &parameters, known, listing.special);
        let reader = Reader {
            document: self.api.document,
            operation: self.operation,
            pagination: self.api.pagination(self.operation),
            checked: self.checked,
            id_field: &self.plan.id_field,
        };
        let chosen = |object: &&Object| {
            belongs(&object.fields) && listing.choose.is_none_or(|choose| choose(&object.fields)) && criteria.choose(object)
        };
        let newest = || self.store.newest_objects(kind).filter(chosen).map(|object| &object.fields);
        let plain = parameters.is_empty() && listing.choose.is_none() && !listing.oldest_first && !filter::is_sorted(self.checked);
        let location = criteria.location().filter(|_| plain);
        let page = match location {
            // Who only asks for a location gets a page without a look at all objects.
            Some(location) => {
                let (start, size) = reader.place(newest)?;
                let items = newest().skip(start).take(size).collect();
                Page { items, total: self.store.count_at(kind, location), size, start }
            }
            None => {
                let mut all: Vec<&Fields> = newest().collect();
                if listing.oldest_first {
                    all.reverse();
                }
                filter::sort(self.checked, &mut all);
                reader.page(all)?
            }
        };
        let mut response = self.example();
        if let Some(shown) = response.pointer_mut(&pointer(self.plan.item.as_deref().unwrap_or_default())) {
            *shown = page.items.iter().map(|fields| Value::Object((listing.show)(fields))).collect();
        }
        reader.write(&page, &mut response);
        Ok(response)
    }
}

/// A time as the vendor writes it: Leonar to the second, the others to the millisecond.
fn write_time(vendor: Vendor, time: DateTime<Utc>) -> String {
    let format = if vendor == Vendor::Leonar { SecondsFormat::Secs } else { SecondsFormat::Millis };
    time.to_rfc3339_opts(format, true)
}

/// The field that tells when an object was made, where the document shows none.
const fn usual_made(vendor: Vendor) -> &'static str {
    match vendor.platform() {
        Vendor::Leonar => "created_at",
        Vendor::HighLevel => "dateAdded",
        _ => "createdAt",
    }
}

/// Makes an object of these fields under this id, and returns all of it.
pub(crate) fn make((api, model): (&Api, &Model), store: &mut Store, kind: &str, id: &str, mut fields: Fields) -> Fields {
    let id_field = model.kind(kind).map_or("id", |kind| kind.id_field.as_str());
    fields.insert(id_field.to_owned(), id.into());
    let now = write_time(api.vendor, store.now());
    let template = model.kind(kind).map(|kind| &kind.template);
    let shown = |name: &&str| template.is_some_and(|template| template.contains_key(*name));
    let made = MADE.iter().find(|name| shown(name)).copied().unwrap_or(usual_made(api.vendor));
    for name in CHANGED.into_iter().filter(shown).chain([made]) {
        fields.entry(name).or_insert_with(|| now.clone().into());
    }
    complete(api, kind, &mut fields);
    store.insert(kind, id, fields.clone());
    fields
}

/// How an operation lists, where it does not list what its plan says in the plainest way.
pub(crate) struct Listing<'a> {
    pub kind: Option<&'a str>,
    pub special: Special,
    /// Which objects it lists, beside what the arguments say.
    pub choose: Option<&'a dyn Fn(&Fields) -> bool>,
    pub oldest_first: bool,
    pub show: &'a dyn Fn(&Fields) -> Fields,
}

impl Default for Listing<'_> {
    fn default() -> Self {
        Self { kind: None, special: |_, _, _| None, choose: None, oldest_first: false, show: &Fields::clone }
    }
}
