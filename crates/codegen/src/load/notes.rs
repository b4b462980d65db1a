//! `x-operations`: what an edition's own documents say of operations that it shares with another.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{bundle::Bundler, origins::Place, pointer};

impl Bundler<'_> {
    /// Puts each note into its operation.
    pub(super) fn apply_operation_notes(&mut self, document: &mut Map<String, Value>) {
        let Some(Value::Object(mut notes)) = document.swap_remove("x-operations") else { return };
        let section = Place { file: Arc::clone(&self.entry), pointer: "/x-operations".into() };
        for (name, note) in &notes {
            for key in note.as_object().into_iter().flatten().map(|(key, _)| key) {
                if !["page", "evidence"].contains(&key.as_str()) {
                    self.problem(
                        &section.child(name).child(key),
                        format!("`{key}` is not known in a note of `x-operations`"),
                        "a note has `page` and `evidence`; what else differs is written beside the path's `$ref`, with `x-extend: true`",
                    );
                }
            }
        }
        let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                let Some(operation) = operation.as_object_mut() else { continue };
                let Some(id) = operation.get("operationId").and_then(Value::as_str).map(str::to_owned) else { continue };
                let Some(note) = notes.shift_remove(&id) else { continue };
                let at = pointer::child(&pointer::child("/paths", path), method);
                if let Some(page) = note.get("page") {
                    operation.insert("externalDocs".into(), json!({ "url": page }));
                    self.origins.moved(&format!("{at}/externalDocs"), &section.child(&id).child("page"));
                }
                if let Some(evidence) = note.get("evidence") {
                    operation.insert("x-evidence".into(), evidence.clone());
                    self.origins.moved(&format!("{at}/x-evidence"), &section.child(&id).child("evidence"));
                }
            }
        }
        for name in notes.keys() {
            self.problem(&section.child(name), format!("no operation is called `{name}`"), "correct the operationId, or remove the entry");
        }
    }
}
