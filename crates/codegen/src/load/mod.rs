//! The files of a vendor become one bundled document, and every node remembers where it was written.

mod bundle;
mod extend;
mod layout;
mod notes;
mod origins;
pub(crate) mod overlay;
mod walk;
mod yaml;

pub(crate) use reachout_document::pointer;
pub(crate) use walk::{Direction, Position, RECORDED, Written, referenced, references};
pub(crate) use yaml::parse;

use std::path::Path;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Error, Level, Origin};

/// A bundled document: no `$ref` leaves it.
#[derive(Debug)]
pub struct Document {
    /// Folder name of the vendor.
    pub vendor: String,
    /// The OpenAPI document.
    pub json: Value,
    origins: origins::Origins,
}

impl Document {
    /// Where the node at this pointer was written, or the one that should hold it.
    pub fn origin(&self, pointer: &str) -> Origin {
        self.origins.origin(pointer)
    }

    /// A finding about the node at this pointer.
    pub fn diagnostic(&self, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.origin(pointer), message, help)
    }

    /// A finding that our conventions make, and that generation does not need to be mended.
    pub fn work(&self, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic { level: Level::Convention, ..self.diagnostic(pointer, message, help) }
    }

    /// Whether the vendor's document waits for work: it is generated from as soon as generation is possible.
    pub fn is_draft(&self) -> bool {
        self.json["x-draft"] == true
    }

    /// The node a local reference (`#/…`) points at.
    pub fn resolve(&self, reference: &str) -> Option<&Value> {
        self.json.pointer(reference.strip_prefix('#')?)
    }

    /// The node itself, or what it refers to. A reference to a reference is legal; a circle of them ends where it began, and the lint refuses it.
    pub fn follow<'a>(&'a self, node: &'a Value) -> &'a Value {
        let mut node = node;
        let mut seen: Vec<&str> = Vec::new();
        while let Some(reference) = node.get("$ref").and_then(Value::as_str).filter(|reference| !seen.contains(reference)) {
            let Some(target) = self.resolve(reference) else { break };
            seen.push(reference);
            node = target;
        }
        node
    }
}

/// The vendors in `specs/`: folders that hold an `openapi.yaml`, sorted.
pub fn vendors(root: &Path) -> Result<Vec<String>, Error> {
    let specs = root.join("specs");
    let mut vendors = Vec::new();
    for entry in std::fs::read_dir(&specs).map_err(Error::io(&specs))? {
        let entry = entry.map_err(Error::io(&specs))?;
        if entry.path().join("openapi.yaml").is_file() {
            vendors.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    vendors.sort();
    Ok(vendors)
}

/// A document that is not in `specs/` yet, with what the vendor's overlay says.
pub fn overlaid(root: &Path, vendor: &str, json: Value) -> Result<Document, Error> {
    let mut document = Document { vendor: vendor.to_owned(), json, origins: origins::Origins::default() };
    overlay::apply(root, vendor, &mut document.json, &mut document.origins)?;
    Ok(document)
}

/// Reads and bundles the document of one vendor, with what its overlay says.
pub fn load(root: &Path, vendor: &str) -> Result<Document, Error> {
    let mut document = bundle::bundle(root, vendor)?;
    overlay::apply(root, vendor, &mut document.json, &mut document.origins)?;
    Ok(document)
}
