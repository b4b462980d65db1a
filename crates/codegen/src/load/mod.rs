//! Stage 1: the files of a vendor become one bundled document, and every node remembers where it was written.

mod bundle;
pub(crate) mod pointer;
mod yaml;

pub(crate) use yaml::parse;

use std::{collections::HashMap, path::Path};

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Error, Origin};

/// A bundled document: no `$ref` leaves it.
#[derive(Debug)]
pub struct Document {
    /// Folder name of the vendor.
    pub vendor: String,
    /// The OpenAPI document.
    pub json: Value,
    origins: HashMap<String, Origin>,
}

impl Document {
    /// Where the node at this pointer was written.
    pub fn origin(&self, pointer: &str) -> Origin {
        let mut at = pointer;
        loop {
            if let Some(origin) = self.origins.get(at) {
                return origin.clone();
            }
            match pointer::parent(at) {
                Some(parent) => at = parent,
                None => return Origin { file: format!("specs/{}/openapi.yaml", self.vendor).into(), line: 1, pointer: String::new() },
            }
        }
    }

    /// A finding about the node at this pointer.
    pub fn diagnostic(&self, pointer: &str, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic { origin: self.origin(pointer), message: message.into(), help: help.into() }
    }

    /// The node a local reference (`#/…`) points at.
    pub fn resolve(&self, reference: &str) -> Option<&Value> {
        self.json.pointer(reference.strip_prefix('#')?)
    }

    /// The node itself, or what it refers to.
    pub fn follow<'a>(&'a self, node: &'a Value) -> &'a Value {
        let mut node = node;
        // A reference to a reference is legal; a circle of them is refused by the bundler.
        while let Some(target) = node.get("$ref").and_then(Value::as_str).and_then(|reference| self.resolve(reference)) {
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

/// Reads and bundles the document of one vendor.
pub fn load(root: &Path, vendor: &str) -> Result<Document, Error> {
    bundle::bundle(root, vendor)
}
