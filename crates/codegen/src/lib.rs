//! Turns the documents in `specs/` into the client crates.
//!
//! The stages, in this order: `load` bundles the files of a vendor, `lint` refuses what cannot be generated, `typing` has progenitor type
//! the schemas, `model` holds everything that is known, `emit` prints it, `format` lays it out; `outputs` says which files come of it, and
//! `regen` writes or compares them. Each stage reads what the one before returns. The result is a function of `specs/` alone.
#![forbid(unsafe_code)]

mod coverage;
mod diagnostic;
mod emit;
mod format;
mod lint;
mod load;
mod model;
mod names;
mod outputs;
mod regen;
mod regions;
mod semver;
mod typing;

use std::path::Path;

pub use coverage::{Coverage, coverage};
pub use diagnostic::{Diagnostic, Error, Origin};
pub use regen::{Change, Mode, regen};
pub use semver::{breaking, may_break};

/// Reads and checks the specs of the given vendors, or of all.
///
/// # Errors
/// [`Error::Spec`] with every finding.
pub fn lint(root: &Path, vendors: &[String]) -> Result<Vec<String>, Error> {
    let vendors = select(root, vendors)?;
    let mut findings = Vec::new();
    for vendor in &vendors {
        match load::load(root, vendor) {
            Ok(document) => findings.extend(lint::lint(&document)),
            Err(Error::Spec(problems)) => findings.extend(problems),
            Err(error) => return Err(error),
        }
    }
    if findings.is_empty() { Ok(vendors) } else { Err(Error::Spec(findings)) }
}

/// The vendors asked for, each of which must exist; all, where none is asked for.
fn select(root: &Path, wanted: &[String]) -> Result<Vec<String>, Error> {
    let known = load::vendors(root)?;
    if let Some(unknown) = wanted.iter().find(|vendor| !known.contains(vendor)) {
        return Err(Error::UnknownVendor(unknown.clone(), known.join(", ")));
    }
    Ok(if wanted.is_empty() { known } else { wanted.to_vec() })
}

/// What users see of each generated crate, in text, for reviewers: the name of the crate in Rust, and its routes, signatures and types.
///
/// # Errors
/// [`Error`] where a spec cannot be generated from.
pub fn outlines(root: &Path) -> Result<Vec<(String, String)>, Error> {
    let workspace = outputs::workspace(root)?;
    Ok(emit::outlines(&workspace.apis, &workspace.families))
}
