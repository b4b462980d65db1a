//! `official/groups.yaml`: what is taken from a vendor's published files, and under which names.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    diagnostic::{Diagnostic, Error, Origin},
    load,
};

/// The folder of the fragments in that of the vendor.
pub const FOLDER: &str = "official";

/// The plan of a vendor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What stands before a file's path in the address of its page.
    pub pages: String,
    /// The note of the evidence: which version of the files, and that nobody has reviewed them.
    pub note: String,
    /// Whose token a security scheme of the files is: `location` or `agency`, or `any`.
    pub tokens: BTreeMap<String, String>,
    /// Descriptions of fields and parameters by their names, where more can be said than the name says.
    pub words: BTreeMap<String, String>,
    pub groups: Vec<Group>,
}

/// A file that becomes a fragment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Name of the fragment and of the feature.
    pub name: String,
    /// The published file, in the folder that is imported.
    pub file: PathBuf,
    /// What stands before the name of a component that others have too.
    pub prefix: String,
    /// Our tags by those of the file; operations without one have the tag of the empty name.
    pub tags: BTreeMap<String, Tag>,
    /// Ids of operations, `GET /contacts`, where the published one is no name by our conventions.
    #[serde(default)]
    pub operations: BTreeMap<String, String>,
}

/// A tag of ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub name: String,
    pub description: String,
}

/// Where the plan of a vendor is.
pub fn path(vendor: &str) -> PathBuf {
    Path::new("specs").join(vendor).join(FOLDER).join("groups.yaml")
}

/// Reads the plan of a vendor.
pub fn read(root: &Path, vendor: &str) -> Result<Plan, Error> {
    let file = path(vendor);
    let text = std::fs::read_to_string(root.join(&file)).map_err(Error::io(&file))?;
    let source = load::parse(&file, &text).map_err(|problem| Error::Spec(vec![problem]))?;
    serde_json::from_value(source.value).map_err(|error| problem(&file, error.to_string(), "write it as specs/README.md says"))
}

/// A fault of the plan.
pub fn problem(file: &Path, message: impl Into<String>, help: impl Into<String>) -> Error {
    Error::Spec(vec![Diagnostic::new(Origin { file: file.to_owned(), line: 1, pointer: String::new() }, message, help)])
}
