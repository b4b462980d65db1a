//! Which files come of the specs.

use std::path::Path;

use crate::{
    checked::{self, Checked},
    diagnostic::{Diagnostic, Error, Origin},
    emit,
    files::Output,
    format, load, model, progenitor, regions,
};

/// Every vendor as the generator sees it, loaded, checked and read.
pub fn workspace(root: &Path) -> Result<Vec<model::Api>, Error> {
    apis(&checked::check_all(root, &load::vendors(root)?)?)
}

/// Reads the documents, and has progenitor check what was read. The findings are those of all stages.
pub fn apis((documents, findings): &(Vec<Checked>, Vec<Diagnostic>)) -> Result<Vec<model::Api>, Error> {
    let mut findings = findings.clone();
    let mut apis = Vec::new();
    for Checked { document, .. } in documents.iter().filter(|checked| checked.refused.is_empty()) {
        let api = model::read(document);
        findings.extend(progenitor::check(document, &api));
        apis.push(api);
    }
    if !findings.is_empty() {
        return Err(Error::Spec(findings));
    }
    model::share(&mut apis);
    Ok(apis)
}

/// The files, laid out. Nothing is written.
pub fn files(root: &Path, apis: &[model::Api]) -> Result<Vec<Output>, Error> {
    every_vendor_has_a_crate(root, apis)?;
    let mut rust = Vec::new();
    let mut outputs = Vec::new();
    for api in apis {
        rust.extend(emit::vendor(api)?);
        outputs.extend(openapi(api)?);
    }
    let (lists, regions) = emit::lists(apis);
    // A workspace without the crate that would hold a list has no need of it.
    rust.extend(
        lists
            .into_iter()
            .filter(|list| list.path.ancestors().any(|folder| root.join(folder).join("Cargo.toml").is_file() && folder != Path::new(""))),
    );
    outputs.extend(format::format(rust)?);
    outputs.extend(regions::fill(root, &regions)?);
    outputs.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(outputs)
}

/// A list that named a crate which is not there would keep cargo from running at all.
fn every_vendor_has_a_crate(root: &Path, apis: &[model::Api]) -> Result<(), Error> {
    if !root.join("Cargo.toml").is_file() {
        return Ok(());
    }
    let missing = |id: &str| !root.join("crates").join(id).join("Cargo.toml").is_file();
    let problem = |id: &str, help: String| {
        let origin = Origin { file: Path::new("specs").join(id), line: 1, pointer: String::new() };
        Diagnostic::new(origin, format!("vendor `{id}` has no crate: crates/{id}/Cargo.toml is not there"), help)
    };
    let vendors = apis.iter().map(|api| api.id.as_str()).filter(|id| missing(id));
    let problems: Vec<Diagnostic> =
        vendors.map(|id| problem(id, format!("run `cargo xtask new {id}`, which writes what is missing"))).collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Spec(problems)) }
}

/// The document, for people and other tools, and as programs embed it.
fn openapi(api: &model::Api) -> Result<[Output; 2], Error> {
    let failed = |error: serde_json::Error| Error::Generator { vendor: api.id.clone(), message: error.to_string() };
    let path = Path::new("crates").join(&api.id).join("openapi.json");
    let text = serde_json::to_string_pretty(&api.openapi).map_err(failed)? + "\n";
    let embedded = reachout_document::compress(&serde_json::to_vec(&api.openapi).map_err(failed)?);
    Ok([Output { path: path.with_extension("json.lz4"), content: embedded }, Output { path, content: text.into_bytes() }])
}
