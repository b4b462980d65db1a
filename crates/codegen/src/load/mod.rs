//! The files of a vendor become one bundled document, and every node remembers where it was written.

mod bundle;
mod extend;
mod fragments;
mod layout;
mod notes;
mod origins;
pub(crate) mod overlay;
mod yaml;

pub(crate) use reachout_document::{Direction, Operation, Position, component as referenced, component_of, pointer, references};
pub(crate) use yaml::parse;

use std::{ops::Deref, path::Path};

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Error, Level, Origin};

/// The level of evidence of an operation of which a live response was recorded.
pub const RECORDED: &str = "recorded";

/// A bundled document, where no `$ref` leaves it, and where each of its nodes was written.
#[derive(Debug)]
pub struct Document {
    /// Folder name of the vendor.
    pub vendor: String,
    bundled: reachout_document::Document,
    origins: origins::Origins,
}

impl Deref for Document {
    type Target = reachout_document::Document;

    fn deref(&self) -> &Self::Target {
        &self.bundled
    }
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
        self.json()["x-draft"] == true
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
    applied(root, vendor, bundle::Bundle { json, origins: origins::Origins::default(), fragments: Vec::new() })
}

/// Reads and bundles the document of one vendor, with what its overlay says.
pub fn load(root: &Path, vendor: &str) -> Result<Document, Error> {
    applied(root, vendor, bundle::bundle(root, vendor)?)
}

fn applied(root: &Path, vendor: &str, bundle: bundle::Bundle) -> Result<Document, Error> {
    let bundle::Bundle { mut json, mut origins, fragments } = bundle;
    for fragment in fragments {
        overlay::apply(root, &overlay::of_fragment(&fragment), &mut json, &mut origins)?;
    }
    overlay::apply(root, &Path::new("specs").join(vendor).join(overlay::FILE), &mut json, &mut origins)?;
    Ok(Document { vendor: vendor.to_owned(), bundled: reachout_document::Document::new(json), origins })
}
