//! Which files come of a vendor's spec, and what is in them.

use std::path::{Path, PathBuf};

use crate::{
    diagnostic::Error,
    format::format,
    generate::{Output, generate},
    lint::lint,
    load, model, normalise, post, wire,
};

/// One generated file.
#[derive(Debug)]
pub struct File {
    /// Relative to the workspace root.
    pub path: PathBuf,
    /// The whole content.
    pub content: String,
}

/// Runs the stages for one vendor. Nothing is written.
pub fn outputs(root: &Path, vendor: &str) -> Result<Vec<File>, Error> {
    let document = load::load(root, vendor)?;
    let findings = lint(&document);
    if !findings.is_empty() {
        return Err(Error::Spec(findings));
    }
    let model = model::read(&document);
    let spec = normalise::normalise(&document);

    let client = post::client(&model, &spec, generate(vendor, &spec, Output::Client)?)?;
    let folder = PathBuf::from("crates").join(vendor);
    let mut openapi = serde_json::to_string_pretty(&document.json)
        .map_err(|error| Error::Generator { vendor: vendor.to_owned(), message: error.to_string() })?;
    openapi.push('\n');
    Ok(vec![
        File { content: format(vendor, "generated.rs", client)?, path: folder.join("src/generated.rs") },
        File {
            content: format(vendor, "wire test", wire::write(&model))?,
            path: PathBuf::from("tests/tests/wire").join(model.module()).with_extension("rs"),
        },
        File { content: openapi, path: folder.join("openapi.json") },
    ])
}
