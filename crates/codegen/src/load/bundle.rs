//! Brings referenced fragments into the root document under their own names.

use std::{
    collections::HashMap,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use serde_json::{Map, Value, json};

use super::{
    Position, fragments,
    origins::{Origins, Place},
    pointer,
    yaml::{self, Source},
};
use crate::diagnostic::{Diagnostic, Error};

/// A document in one piece.
pub struct Bundle {
    pub json: Value,
    pub origins: Origins,
    /// The fragments that the root takes whole, in its order.
    pub fragments: Vec<Arc<Path>>,
}

/// Reads `specs/<vendor>/openapi.yaml` and everything it refers to.
pub fn bundle(root: &Path, vendor: &str) -> Result<Bundle, Error> {
    let entry: Arc<Path> = PathBuf::from(format!("specs/{vendor}/openapi.yaml")).into();
    let mut bundler = Bundler {
        root,
        entry: Arc::clone(&entry),
        origins: Origins::default(),
        components: Map::new(),
        owners: HashMap::new(),
        expanding: Vec::new(),
        problems: Vec::new(),
    };
    let source = bundler.read(&entry)?;
    let place = Place { file: entry, pointer: String::new() };
    bundler.origins.moved("", &place);
    if !source.value.is_object() {
        bundler.problem(&place, "the document is not a mapping", "write a mapping that begins with `openapi: 3.0.3`");
        return Err(Error::Spec(bundler.problems));
    }
    let mut written = source.value.clone();
    let whole = written.as_object_mut().and_then(|root| root.shift_remove(fragments::KEY));
    let mut json = bundler.copy(&place, &written, "", Position::Node)?;
    let mut fragments = Vec::new();
    if let Some(document) = json.as_object_mut() {
        if let Some(whole) = whole {
            fragments = bundler.insert_fragments(document, &whole)?;
        }
        bundler.insert_components(document);
        bundler.apply_operation_notes(document);
    }
    if !bundler.problems.is_empty() {
        bundler.problems.sort();
        bundler.problems.dedup();
        return Err(Error::Spec(bundler.problems));
    }
    Ok(Bundle { json, origins: bundler.origins, fragments })
}

pub(super) struct Bundler<'a> {
    pub(super) root: &'a Path,
    pub(super) entry: Arc<Path>,
    pub(super) origins: Origins,
    /// Imported components by section.
    components: Map<String, Value>,
    /// Which place a component of the bundle came from.
    owners: HashMap<(String, String), Place>,
    /// The nodes that are being written in place of references to them.
    expanding: Vec<Place>,
    problems: Vec<Diagnostic>,
}

impl Bundler<'_> {
    pub(super) fn read(&mut self, file: &Path) -> Result<Arc<Source>, Error> {
        if let Some(source) = self.origins.file(file) {
            return Ok(Arc::clone(source));
        }
        let text = std::fs::read(self.root.join(file)).map_err(Error::io(file))?;
        let text = String::from_utf8(text).map_err(|error| {
            let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
            let line = valid.matches('\n').count() + 1;
            let origin = crate::diagnostic::Origin { file: file.to_owned(), line, pointer: String::new() };
            Error::Spec(vec![Diagnostic::new(origin, "the file is not UTF-8", "save it as UTF-8")])
        })?;
        let source = Arc::new(yaml::parse(file, &text).map_err(|problem| Error::Spec(vec![problem]))?);
        self.origins.read(file, Arc::clone(&source));
        if *file != *self.entry {
            self.check_fragment(file, &source.value);
        }
        Ok(source)
    }

    fn check_fragment(&mut self, file: &Path, fragment: &Value) {
        let place = Place { file: file.into(), pointer: String::new() };
        for key in fragment.as_object().into_iter().flatten().map(|(key, _)| key) {
            if !["tags", "paths", "components", "x-webhook-events"].contains(&key.as_str()) {
                self.problem(
                    &place.child(key),
                    format!("`{key}` is not known in a fragment"),
                    "a fragment has `tags`, `paths`, `components` and `x-webhook-events`",
                );
            }
        }
    }

    /// Copies a node into the bundle at `to`, importing what it refers to.
    pub(super) fn copy(&mut self, from: &Place, node: &Value, to: &str, position: Position) -> Result<Value, Error> {
        match node {
            node if position == Position::Data => Ok(node.clone()),
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                    && (position == Position::Node || to == EVENTS)
                {
                    return self.reference(from, map, reference, to);
                }
                let mut copied = Map::new();
                for (key, value) in map {
                    copied.insert(key.clone(), self.copy(&from.child(key), value, &pointer::child(to, key), position.child(key, value))?);
                }
                Ok(copied.into())
            }
            Value::Array(items) => {
                let mut copied = Vec::new();
                for (index, value) in items.iter().enumerate() {
                    let index = index.to_string();
                    copied.push(self.copy(&from.child(&index), value, &pointer::child(to, &index), position.item())?);
                }
                Ok(copied.into())
            }
            scalar => Ok(scalar.clone()),
        }
    }

    pub(super) fn reference(&mut self, from: &Place, map: &Map<String, Value>, reference: &str, to: &str) -> Result<Value, Error> {
        let Some((target, source)) = self.target(from, reference)? else {
            return Ok(Value::Object(map.clone()));
        };
        let Some(value) = source.value.pointer(&target.pointer) else { return Ok(Value::Null) };
        let Some((section, name)) = component(&target.pointer) else {
            return self.in_place(from, map, (&target, value), to);
        };
        let own = to == component_pointer(section, &name);
        for key in map.keys().filter(|key| *key != "$ref" && !(own && *key == "x-extend")) {
            self.problem(&from.child(key), format!("`{key}` stands beside a `$ref`, where OpenAPI 3.0 ignores it"), BESIDE);
        }
        self.import(from, &target, value, section, &name)?;
        if own && *target.file != *self.entry {
            // An entry of the root that only names a fragment's component: the import is the entry.
            let imported = self.components.get_mut(section).and_then(Value::as_object_mut).and_then(|section| section.shift_remove(&name));
            return Ok(imported.unwrap_or(Value::Null));
        }
        Ok(json!({ "$ref": format!("#/components/{section}/{name}") }))
    }

    /// A path item or the webhook events: written in place, with what stands beside the `$ref`, in the order of the keys.
    fn in_place(&mut self, from: &Place, map: &Map<String, Value>, (target, value): (&Place, &Value), to: &str) -> Result<Value, Error> {
        if to != EVENTS && (!to.starts_with("/paths/") || to.matches('/').count() != 2) {
            self.problem(&from.child("$ref"), "this `$ref` names no component", "make what it points at a component, and name that");
            return Ok(Value::Null);
        }
        if self.expanding.contains(target) {
            self.problem(&from.child("$ref"), "this `$ref` leads back to itself", "write the node out once");
            return Ok(Value::Null);
        }
        let extended: Vec<&str> = map.iter().filter(|(_, value)| value["x-extend"] == true).map(|(key, _)| key.as_str()).collect();
        let mut copied = Map::new();
        for (key, beside) in map {
            if key == "$ref" {
                self.expanding.push(target.clone());
                let written = self.target_keys((target, value), from, map, &extended, to);
                self.expanding.pop();
                for (key, value) in written? {
                    copied.insert(key, value);
                }
            } else if extended.contains(&key.as_str()) && value.get(key).is_some() {
                // Merged where the shared operation stands.
            } else if extended.contains(&key.as_str()) {
                self.problem(
                    &from.child(key),
                    format!("`{key}` extends nothing: the shared path item does not have it"),
                    "remove `x-extend`, or correct the method",
                );
            } else {
                if value.get(key).is_some() {
                    self.problem(
                        &from.child(key),
                        format!("`{key}` stands beside a `$ref` whose target has it too"),
                        "keep it in one of the two, or extend the shared one with `x-extend: true`",
                    );
                }
                let at = pointer::child(to, key);
                self.origins.moved(&at, &from.child(key));
                copied.insert(key.clone(), self.copy(&from.child(key), beside, &at, Position::Node)?);
            }
        }
        Ok(copied.into())
    }

    fn target_keys(
        &mut self,
        (target, value): (&Place, &Value),
        from: &Place,
        map: &Map<String, Value>,
        extended: &[&str],
        to: &str,
    ) -> Result<Map<String, Value>, Error> {
        let position = if to == EVENTS { Position::Names } else { Position::Node };
        self.origins.moved(to, target);
        if value.get("$ref").is_some() {
            return Ok(self.copy(target, value, to, position)?.as_object().cloned().unwrap_or_default());
        }
        let mut written = Map::new();
        for (key, value) in value.as_object().into_iter().flatten() {
            let (place, at) = (target.child(key), pointer::child(to, key));
            let copied = match map.get(key).filter(|_| extended.contains(&key.as_str())) {
                Some(extension) => self.extend_operation((&place, value), (&from.child(key), extension), &at)?,
                None => {
                    self.origins.moved(&at, &place);
                    self.copy(&place, value, &at, position.child(key, value))?
                }
            };
            written.insert(key.clone(), copied);
        }
        Ok(written)
    }

    /// Finds what a reference in `from` points at.
    fn target(&mut self, from: &Place, reference: &str) -> Result<Option<(Place, Arc<Source>)>, Error> {
        let at = from.child("$ref");
        let Some((file, pointer)) = reference.split_once('#') else {
            self.problem(
                &at,
                format!("`{reference}` names no node"),
                "write `file.yaml#/components/schemas/Name`, or `#/components/schemas/Name`",
            );
            return Ok(None);
        };
        let file = if file.is_empty() { from.file.to_path_buf() } else { normal(&from.file.parent().unwrap_or(Path::new("")).join(file)) };
        if !self.root.join(&file).is_file() {
            self.problem(
                &at,
                format!("`{reference}` points into {}, which does not exist", file.display()),
                "correct the path; it is relative to this file",
            );
            return Ok(None);
        }
        let source = self.read(&file)?;
        if source.value.pointer(pointer).is_none() {
            let help = suggestion(&source.value, pointer);
            self.problem(&at, format!("`{reference}` points at nothing in {}", file.display()), help);
            return Ok(None);
        }
        Ok(Some((Place { file: file.into(), pointer: pointer.to_owned() }, source)))
    }

    fn import(&mut self, from: &Place, target: &Place, value: &Value, section: &str, name: &str) -> Result<(), Error> {
        let key = (section.to_owned(), name.to_owned());
        match self.owners.get(&key).cloned() {
            Some(owner) if owner == *target => return Ok(()),
            Some(owner) => {
                let other = self.origins.place(&owner.file, &owner.pointer);
                self.problem(
                    from,
                    format!("component `{name}` comes from two places: here, and {}:{}", other.file.display(), other.line),
                    "give one of them another name",
                );
                return Ok(());
            }
            None => {}
        }
        self.owners.insert(key, target.clone());
        if *target.file == *self.entry {
            return Ok(());
        }
        let own = component_pointer(section, name);
        let entry = self.read(&Arc::clone(&self.entry))?;
        let entry_place = Place { file: Arc::clone(&self.entry), pointer: own.clone() };
        let written = entry.value.pointer(&own);
        if written.is_some_and(|written| written.get("$ref").is_none()) {
            self.problem(
                from,
                format!("component `{name}` of a fragment is also defined by the root"),
                "rename one, or make the root's a `$ref`",
            );
            return Ok(());
        }
        let copied = match written.and_then(|written| written.get("x-extend")) {
            Some(extension) if section == "schemas" => {
                self.extend_schema((target, value), (&entry_place.child("x-extend"), extension), &own)?
            }
            Some(_) => {
                self.problem(&entry_place.child("x-extend"), "only a schema or an operation can be extended", "write the component out");
                Value::Null
            }
            None => {
                self.origins.moved(&own, target);
                self.copy(target, value, &own, Position::Node)?
            }
        };
        let imported = self.components.entry(section).or_insert_with(|| Value::Object(Map::new()));
        if let Some(imported) = imported.as_object_mut() {
            imported.insert(name.to_owned(), copied);
        }
        Ok(())
    }

    fn insert_components(&mut self, document: &mut Map<String, Value>) {
        for (section, mut imported) in std::mem::take(&mut self.components) {
            let components = document.entry("components").or_insert_with(|| Value::Object(Map::new()));
            if let (Some(components), Some(imported)) = (components.as_object_mut(), imported.as_object_mut()) {
                let section = components.entry(section).or_insert_with(|| Value::Object(Map::new()));
                if let Some(section) = section.as_object_mut() {
                    section.append(imported);
                    section.sort_keys();
                }
            }
        }
    }

    pub(super) fn problem(&mut self, place: &Place, message: impl Into<String>, help: impl Into<String>) {
        let origin = self.origins.place(&place.file, &place.pointer);
        self.problems.push(Diagnostic::new(origin, message, help));
    }
}

/// The webhook events as a whole, which editions share.
const EVENTS: &str = "/x-webhook-events";

const BESIDE: &str = "remove it; for a property that may be null write `type: object`, `nullable: true` and `allOf: [{ $ref: … }]`, with a description if need be";

fn suggestion(value: &Value, wanted: &str) -> String {
    let parent = pointer::parent(wanted).and_then(|parent| value.pointer(parent));
    match parent.and_then(Value::as_object) {
        Some(map) if !map.is_empty() => format!("the section has: {}", map.keys().take(40).cloned().collect::<Vec<_>>().join(", ")),
        _ => "the section it names is missing too: see the file's own keys".to_owned(),
    }
}

/// `/components/schemas/Contact` is `("schemas", "Contact")`.
fn component(target: &str) -> Option<(&str, String)> {
    let mut parts = target.strip_prefix("/components/")?.split('/');
    let (section, name) = (parts.next()?, parts.next()?);
    parts.next().is_none().then(|| (section, pointer::name(&format!("/{name}"))))
}

fn component_pointer(section: &str, name: &str) -> String {
    pointer::child(&format!("/components/{section}"), name)
}

/// Folds `a/../b` into `b`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
