//! Brings referenced fragments into the root document under their own names.

use std::{
    collections::HashMap,
    path::{Component, Path, PathBuf},
};

use serde_json::{Map, Value};

use super::{Document, pointer, yaml};
use crate::diagnostic::{Diagnostic, Error, Origin};

/// Reads `specs/<vendor>/openapi.yaml` and everything it refers to.
pub fn bundle(root: &Path, vendor: &str) -> Result<Document, Error> {
    let entry = PathBuf::from(format!("specs/{vendor}/openapi.yaml"));
    let mut bundler = Bundler {
        root,
        entry: entry.clone(),
        files: HashMap::new(),
        origins: HashMap::new(),
        components: Map::new(),
        owners: HashMap::new(),
        problems: Vec::new(),
    };
    let source = bundler.read(&entry)?.value.clone();
    let mut json = bundler.copy(&Place { file: entry, pointer: String::new() }, &source, "")?;
    if let Some(document) = json.as_object_mut() {
        for (section, mut imported) in std::mem::take(&mut bundler.components) {
            let components = document.entry("components").or_insert_with(|| Value::Object(Map::new()));
            if let (Some(components), Some(imported)) = (components.as_object_mut(), imported.as_object_mut()) {
                let section = components.entry(section).or_insert_with(|| Value::Object(Map::new()));
                if let Some(section) = section.as_object_mut() {
                    section.append(imported);
                    section.sort_keys();
                }
            }
        }
        bundler.apply_operation_notes(document);
    }
    if !bundler.problems.is_empty() {
        bundler.problems.sort();
        bundler.problems.dedup();
        return Err(Error::Spec(bundler.problems));
    }
    Ok(Document { vendor: vendor.to_owned(), json, origins: bundler.origins })
}

/// A node of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    file: PathBuf,
    pointer: String,
}

struct Bundler<'a> {
    root: &'a Path,
    entry: PathBuf,
    files: HashMap<PathBuf, yaml::Source>,
    /// Pointer in the bundle to where it was written.
    origins: HashMap<String, Origin>,
    /// Imported components by section.
    components: Map<String, Value>,
    /// Which place a component of the bundle came from.
    owners: HashMap<(String, String), Place>,
    problems: Vec<Diagnostic>,
}

impl Bundler<'_> {
    fn read(&mut self, file: &Path) -> Result<&yaml::Source, Error> {
        if !self.files.contains_key(file) {
            let path = self.root.join(file);
            let text = std::fs::read_to_string(&path).map_err(Error::io(file))?;
            let source = yaml::parse(file, &text).map_err(|problem| Error::Spec(vec![problem]))?;
            self.files.insert(file.to_owned(), source);
        }
        Ok(&self.files[file])
    }

    /// Copies a node into the bundle at `to`, importing what it refers to.
    fn copy(&mut self, from: &Place, node: &Value, to: &str) -> Result<Value, Error> {
        let origin = self.origin(from);
        self.origins.insert(to.to_owned(), origin);
        match node {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str).filter(|_| !from.pointer.ends_with("/example")) {
                    return self.reference(from, map, reference, to);
                }
                let mut copied = Map::new();
                for (key, value) in map {
                    let from = Place { file: from.file.clone(), pointer: pointer::child(&from.pointer, key) };
                    copied.insert(key.clone(), self.copy(&from, value, &pointer::child(to, key))?);
                }
                Ok(copied.into())
            }
            Value::Array(items) => {
                let mut copied = Vec::new();
                for (index, value) in items.iter().enumerate() {
                    let index = index.to_string();
                    let from = Place { file: from.file.clone(), pointer: pointer::child(&from.pointer, &index) };
                    copied.push(self.copy(&from, value, &pointer::child(to, &index))?);
                }
                Ok(copied.into())
            }
            scalar => Ok(scalar.clone()),
        }
    }

    fn reference(&mut self, from: &Place, map: &Map<String, Value>, reference: &str, to: &str) -> Result<Value, Error> {
        let Some((target, value)) = self.target(from, reference)? else {
            return Ok(Value::Object(map.clone()));
        };
        if let Some((section, name)) = component(&target.pointer) {
            self.import(from, &target, &value, section, &name)?;
            if to == format!("/components/{section}/{name}") {
                // An entry of the root that only names a fragment's component: the import is the entry.
                let imported = self.components.get_mut(section).and_then(Value::as_object_mut).and_then(|section| section.remove(&name));
                return Ok(imported.unwrap_or(Value::Null));
            }
            return Ok(serde_json::json!({ "$ref": format!("#/components/{section}/{name}") }));
        }
        // A path item, or any other node: written in place, with what stands beside the `$ref`.
        let mut copied = self.copy(&target, &value, to)?;
        for (key, value) in map.iter().filter(|(key, _)| *key != "$ref") {
            let place = Place { file: from.file.clone(), pointer: pointer::child(&from.pointer, key) };
            let at = pointer::child(to, key);
            if copied.get(key).is_some() {
                self.problem(&place, format!("`{key}` stands beside a `$ref` whose target has it too"), "keep it in one of the two");
            }
            let beside = self.copy(&place, value, &at)?;
            if let Some(copied) = copied.as_object_mut() {
                copied.insert(key.clone(), beside);
            }
        }
        Ok(copied)
    }

    /// Finds what a reference in `from` points at.
    fn target(&mut self, from: &Place, reference: &str) -> Result<Option<(Place, Value)>, Error> {
        let at = Place { file: from.file.clone(), pointer: pointer::child(&from.pointer, "$ref") };
        let Some((file, pointer)) = reference.split_once('#') else {
            self.problem(
                &at,
                format!("`{reference}` names no node"),
                "write `file.yaml#/components/schemas/Name`, or `#/components/schemas/Name`",
            );
            return Ok(None);
        };
        let file = if file.is_empty() { from.file.clone() } else { normal(&from.file.parent().unwrap_or(Path::new("")).join(file)) };
        if !self.root.join(&file).is_file() {
            self.problem(
                &at,
                format!("`{reference}` points into {}, which does not exist", file.display()),
                "correct the path; it is relative to this file",
            );
            return Ok(None);
        }
        let Some(value) = self.read(&file)?.value.pointer(pointer).cloned() else {
            let help = self.suggestion(&file, pointer);
            self.problem(&at, format!("`{reference}` points at nothing in {}", file.display()), help);
            return Ok(None);
        };
        Ok(Some((Place { file, pointer: pointer.to_owned() }, value)))
    }

    fn suggestion(&self, file: &Path, wanted: &str) -> String {
        let parent = pointer::parent(wanted).and_then(|parent| self.files[file].value.pointer(parent));
        match parent.and_then(Value::as_object) {
            Some(map) if !map.is_empty() => format!("the section has: {}", map.keys().take(40).cloned().collect::<Vec<_>>().join(", ")),
            _ => "the section it names is missing too: see the file's own keys".to_owned(),
        }
    }

    fn import(&mut self, from: &Place, target: &Place, value: &Value, section: &str, name: &str) -> Result<(), Error> {
        let key = (section.to_owned(), name.to_owned());
        match self.owners.get(&key) {
            Some(owner) if owner == target => return Ok(()),
            Some(owner) => {
                let other = self.origin(&owner.clone());
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
        if target.file == self.entry {
            return Ok(());
        }
        let own = format!("/components/{section}/{name}");
        if let Some(value) = self.files[&self.entry].value.pointer(&own)
            && value.get("$ref").is_none()
        {
            self.problem(
                from,
                format!("component `{name}` of a fragment is also defined by the root"),
                "rename one, or make the root's a `$ref`",
            );
            return Ok(());
        }
        let copied = self.copy(target, value, &own)?;
        let imported = self.components.entry(section).or_insert_with(|| Value::Object(Map::new()));
        if let Some(imported) = imported.as_object_mut() {
            imported.insert(name.to_owned(), copied);
        }
        Ok(())
    }

    /// `x-operations`: what an edition's own documents say of operations written in a shared fragment.
    fn apply_operation_notes(&mut self, document: &mut Map<String, Value>) {
        let Some(Value::Object(mut notes)) = document.remove("x-operations") else { return };
        let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
        for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
            let Some(note) = operation.get("operationId").and_then(Value::as_str).and_then(|id| notes.remove(id)) else { continue };
            if let Some(page) = note.get("page") {
                operation.insert("externalDocs".into(), serde_json::json!({ "url": page }));
            }
            if let Some(evidence) = note.get("evidence") {
                operation.insert("x-evidence".into(), evidence.clone());
            }
        }
        for name in notes.keys() {
            let place = Place { file: self.entry.clone(), pointer: pointer::child("/x-operations", name) };
            self.problem(&place, format!("no operation is called `{name}`"), "correct the operationId, or remove the entry");
        }
    }

    fn problem(&mut self, place: &Place, message: impl Into<String>, help: impl Into<String>) {
        let origin = self.origin(place);
        self.problems.push(Diagnostic { origin, message: message.into(), help: help.into() });
    }

    fn origin(&self, place: &Place) -> Origin {
        let line = self.files.get(&place.file).and_then(|source| source.lines.get(&place.pointer)).copied().unwrap_or(1);
        Origin { file: place.file.clone(), line, pointer: place.pointer.clone() }
    }
}

/// `/components/schemas/Contact` is `("schemas", "Contact")`.
fn component(target: &str) -> Option<(&str, String)> {
    let mut parts = target.strip_prefix("/components/")?.split('/');
    let (section, name) = (parts.next()?, parts.next()?);
    parts.next().is_none().then(|| (section, pointer::name(&format!("/{name}"))))
}

/// Folds `a/../b` into `b`.
fn normal(path: &Path) -> PathBuf {
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
