//! `x-fragments`: fragments that a root takes whole, with their tags.

use std::{path::Path, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    Position,
    bundle::{Bundler, normal},
    origins::Place,
    pointer,
};
use crate::diagnostic::Error;

/// The key of the root.
pub(super) const KEY: &str = "x-fragments";

const KEYS: [&str; 3] = ["$ref", "parameters", "evidence"];

const HELP: &str = "write `{ $ref: file.yaml }`, and beside it the `parameters` of each path item and the `evidence` of what was reviewed for another vendor";

impl Bundler<'_> {
    /// Puts every path and every tag of the fragments behind those that the root has itself, and returns the files.
    pub(super) fn insert_fragments(&mut self, document: &mut Map<String, Value>, whole: &Value) -> Result<Vec<Arc<Path>>, Error> {
        let section = Place { file: Arc::clone(&self.entry), pointer: format!("/{KEY}") };
        let Some(entries) = whole.as_array() else {
            self.problem(&section, format!("`{KEY}` is not a list"), HELP);
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = section.child(&index.to_string());
            let file = entry["$ref"].as_str().map(|file| normal(&self.entry.parent().unwrap_or(Path::new("")).join(file)));
            let unknown = entry.as_object().into_iter().flatten().find(|(key, _)| !KEYS.contains(&key.as_str()));
            let Some(file) = file.filter(|file| self.root.join(file).is_file() && unknown.is_none()) else {
                self.problem(&place, "this entry names no fragment, or says more than one can", HELP);
                continue;
            };
            let source = self.read(&file)?;
            for path in source.value["paths"].as_object().into_iter().flatten().map(|(path, _)| path) {
                let mut item = Map::from_iter([("$ref".to_owned(), reference(entry, path).into())]);
                item.extend(entry.get("parameters").map(|parameters| ("parameters".to_owned(), parameters.clone())));
                self.insert_path(document, path, &item, &place)?;
                if let Some(evidence) = entry.get("evidence") {
                    self.insert_evidence(&mut document["paths"][path], evidence, &pointer::child("/paths", path), &place);
                }
            }
            let own = Place { file: file.clone().into(), pointer: "/tags".into() };
            for (at, tag) in source.value["tags"].as_array().into_iter().flatten().enumerate() {
                let tags = document.entry("tags").or_insert_with(|| json!([]));
                if let Some(tags) = tags.as_array_mut()
                    && tags.iter().all(|known| known["name"] != tag["name"])
                {
                    let to = format!("/tags/{}", tags.len());
                    self.origins.moved(&to, &own.child(&at.to_string()));
                    tags.push(self.copy(&own.child(&at.to_string()), tag, &to, Position::Node)?);
                }
            }
            files.push(file.into());
        }
        Ok(files)
    }

    /// A path that the root has itself stays as the root has it.
    fn insert_path(
        &mut self,
        document: &mut Map<String, Value>,
        path: &str,
        item: &Map<String, Value>,
        place: &Place,
    ) -> Result<(), Error> {
        let paths = document.entry("paths").or_insert_with(|| json!({}));
        if paths.get(path).is_none() {
            let reference = item["$ref"].as_str().unwrap_or_default();
            paths[path] = self.reference(place, item, reference, &pointer::child("/paths", path))?;
        }
        Ok(())
    }

    /// Says it of the operations that somebody reviewed by the platform's pages. What was recorded, or taken from a file, is so for every edition.
    fn insert_evidence(&mut self, item: &mut Value, evidence: &Value, at: &str, place: &Place) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let level = operation["x-evidence"]["level"].as_str().unwrap_or_default();
            if ["full", "partial"].contains(&level) {
                operation["x-evidence"] = evidence.clone();
                self.origins.moved(&format!("{}/x-evidence", pointer::child(at, method)), &place.child("evidence"));
            }
        }
    }
}

fn reference(entry: &Value, path: &str) -> String {
    format!("{}#{}", entry["$ref"].as_str().unwrap_or_default(), pointer::child("/paths", path))
}
