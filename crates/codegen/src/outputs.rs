//! Which files come of a vendor's spec, and what is in them.

use std::path::{Path, PathBuf};

use crate::{
    cli,
    diagnostic::Error,
    format::format,
    generate::{Output, generate},
    lint::lint,
    load, mocks, model, normalise, post, wire,
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
    let module = model.module();
    let mocks = generate(vendor, &spec, Output::Mocks(&module))?;
    let cli = cli::write(&model, &spec, generate(vendor, &spec, Output::Cli(&module))?)?;
    let folder = PathBuf::from("crates").join(vendor);
    let mut openapi = serde_json::to_string_pretty(&document.json)
        .map_err(|error| Error::Generator { vendor: vendor.to_owned(), message: error.to_string() })?;
    openapi.push('\n');
    Ok(vec![
        File { content: format(vendor, "generated.rs", client)?, path: folder.join("src/generated.rs") },
        File { content: format(vendor, "wire test", wire::write(&model))?, path: source("tests/tests/wire", &module) },
        File { content: format(vendor, "mocks", mocks::write(&model, mocks.clone())?)?, path: source("crates/mocks/src", &module) },
        File {
            content: format(vendor, "mock test", mocks::write_tests(&model, mocks)?)?,
            path: source("crates/mocks/tests/operations", &module),
        },
        File { content: format(vendor, "command line", cli)?, path: source("crates/reachout/src/cli", &module) },
        File { content: openapi, path: folder.join("openapi.json") },
    ])
}

fn source(folder: &str, module: &str) -> PathBuf {
    PathBuf::from(folder).join(module).with_extension("rs")
}
