//! Reads a published document: JSON or YAML, Swagger 2 or OpenAPI 3, with the files it refers to brought in.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Component, Path, PathBuf},
};

use serde_json::{Map, Value, json};

use super::{notes::Notes, swagger};
use crate::{
    diagnostic::{Diagnostic, Error, Origin},
    load::{self, Position, pointer},
};

/// Reads a document of any version as one of OpenAPI 3 that refers to nothing outside of itself.
pub fn read(path: &Path, notes: &mut Notes) -> Result<Value, Error> {
    let mut document = file(path)?;
    if !document.is_object() {
        return Err(problem(path, "the file is not an OpenAPI document", "give the vendor's OpenAPI file, in JSON or YAML"));
    }
    let mut files =
        Files { folder: path.parent().unwrap_or(Path::new("")).to_owned(), names: BTreeMap::new(), queue: VecDeque::new(), notes };
    refuse_collection(path, &document)?;
    let section = if document.get("swagger").is_some() { "definitions" } else { "schemas" };
    files.rewrite(&mut document, Path::new(""), Position::Node);
    let brought = files.bring(section)?;
    if !brought.is_empty() {
        let holder = if section == "schemas" { components(&mut document) } else { document.as_object_mut() };
        if let Some(Value::Object(schemas)) = holder.map(|holder| holder.entry(section).or_insert_with(|| json!({}))) {
            for (name, schema) in brought {
                schemas.insert(name, schema);
            }
        }
    }
    match (version(&document["swagger"]), version(&document["openapi"])) {
        (Some(version), _) if version == "2.0" => {
            notes.add("Raised from Swagger 2.0", "/");
            Ok(swagger::raise(&document, notes))
        }
        (_, Some(version)) if version.starts_with("3.") => Ok(document),
        (swagger, openapi) => {
            let version = openapi.or(swagger).unwrap_or_else(|| "none".to_owned());
            let message = format!("the file's version is {version}");
            Err(problem(path, &message, "give a document with `openapi: 3.0.x`, `openapi: 3.1.x` or `swagger: \"2.0\"`"))
        }
    }
}

fn components(document: &mut Value) -> Option<&mut Map<String, Value>> {
    document.as_object_mut()?.entry("components").or_insert_with(|| json!({})).as_object_mut()
}

/// A version, which YAML without quotes has as a number.
fn version(written: &Value) -> Option<String> {
    match written {
        Value::String(version) => Some(version.trim().to_owned()),
        Value::Number(version) if version.is_u64() => Some(format!("{version}.0")),
        Value::Number(version) => Some(version.to_string()),
        _ => None,
    }
}

/// Collections of requests look like documents and are none.
fn refuse_collection(path: &Path, document: &Value) -> Result<(), Error> {
    let schema = document["info"]["schema"].as_str().or(document["collection"]["info"]["schema"].as_str()).unwrap_or_default();
    let postman = schema.contains("getpostman.com") || document["info"].get("_postman_id").is_some() || document.get("item").is_some();
    if postman && document.get("openapi").is_none() && document.get("swagger").is_none() {
        let help = "give the vendor's OpenAPI file, or export the collection as OpenAPI 3.0";
        return Err(problem(path, "the file is a Postman collection, and no OpenAPI document", help));
    }
    Ok(())
}

/// A file's content.
fn file(path: &Path) -> Result<Value, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim_start().starts_with('{') {
        let wrong = |error: serde_json::Error| {
            let origin = Origin { file: path.to_owned(), line: error.line(), pointer: String::new() };
            Error::Spec(vec![Diagnostic::new(origin, format!("the file is not JSON: {error}"), "give the vendor's OpenAPI file")])
        };
        return serde_json::from_str(text).map_err(wrong);
    }
    load::parse(path, text).map(|source| source.value).map_err(|problem| Error::Spec(vec![problem]))
}

fn problem(path: &Path, message: &str, help: &str) -> Error {
    let origin = Origin { file: path.to_owned(), line: 1, pointer: String::new() };
    Error::Spec(vec![Diagnostic::new(origin, message, help)])
}

/// Files that a document refers to.
struct Files<'a> {
    folder: PathBuf,
    /// Name of the component by file and pointer.
    names: BTreeMap<(PathBuf, String), String>,
    queue: VecDeque<(PathBuf, String, String)>,
    notes: &'a mut Notes,
}

impl Files<'_> {
    /// Gives every reference that leaves its file the name of a component.
    fn rewrite(&mut self, node: &mut Value, from: &Path, position: Position) {
        match node {
            Value::Object(map) if position != Position::Data => {
                if let Some(Value::String(reference)) = map.get_mut("$ref")
                    && position == Position::Node
                    && (!reference.starts_with('#') || from != Path::new(""))
                {
                    match self.component(reference, from) {
                        Some(name) => *reference = format!("#/components/schemas/{name}"),
                        None => {
                            self.notes.add("References to other hosts became values of any type", reference.clone());
                            map.clear();
                        }
                    }
                    return;
                }
                for (key, value) in map.iter_mut() {
                    let below = position.child(key, value);
                    self.rewrite(value, from, below);
                }
            }
            Value::Array(items) if position != Position::Data => {
                for item in items {
                    self.rewrite(item, from, position.item());
                }
            }
            _ => {}
        }
    }

    fn component(&mut self, reference: &str, from: &Path) -> Option<String> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if file.contains("://") {
            return None;
        }
        let file = if file.is_empty() { from.to_owned() } else { normal(&from.parent().unwrap_or(Path::new("")).join(file)) };
        let key = (file, pointer.to_owned());
        if let Some(name) = self.names.get(&key) {
            return Some(name.clone());
        }
        let stem = key.0.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = if pointer.is_empty() { stem.clone() } else { pointer::name(pointer) };
        let taken = |name: &String| self.names.values().any(|other| other == name);
        let name = if taken(&wanted) { format!("{stem}_{wanted}") } else { wanted };
        self.queue.push_back((key.0.clone(), key.1.clone(), name.clone()));
        self.names.insert(key, name.clone());
        Some(name)
    }

    /// Where a file is. Documents are moved and their references are not, so it is looked for in the folders around too.
    fn found(&mut self, path: &Path) -> PathBuf {
        let written = self.folder.join(path);
        if written.is_file() {
            return written;
        }
        let tail: PathBuf = path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        let around = self.folder.ancestors().take(4).map(|folder| folder.join(&tail)).find(|other| other.is_file());
        match around {
            Some(other) => {
                self.notes.add(
                    "Files that are not where a reference says were found nearby",
                    format!("`{}` is `{}`", path.display(), other.display()),
                );
                other
            }
            None => written,
        }
    }

    /// Everything that was named, and what that refers to in turn.
    fn bring(&mut self, section: &str) -> Result<Vec<(String, Value)>, Error> {
        let mut read: BTreeMap<PathBuf, Value> = BTreeMap::new();
        let mut brought = Vec::new();
        while let Some((path, pointer, name)) = self.queue.pop_front() {
            let full = self.found(&path);
            if !read.contains_key(&path) {
                read.insert(path.clone(), file(&full)?);
            }
            let Some(found) = read.get(&path).and_then(|source| source.pointer(&pointer)) else {
                return Err(problem(
                    &full,
                    &format!("`{pointer}` is not in this file, and the document refers to it"),
                    "get the file's newest version",
                ));
            };
            let mut schema = found.clone();
            self.rewrite(&mut schema, &path, Position::Node);
            self.notes.add("Brought in from other files", format!("{}#{pointer} as {section}/{name}", path.display()));
            brought.push((name, schema));
        }
        Ok(brought)
    }
}

/// Folds `a/../b` into `b`; what leads out of the folder stays.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
