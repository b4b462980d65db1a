//! Turns the documents in `specs/` into the client crates.
//!
//! The stages, in this order: `load` bundles the files of a vendor, `lint` refuses what cannot be generated, `normalise` rewrites what
//! progenitor misreads, `generate` runs it, `post` makes a thin client of its output, `format` lays the code out; `outputs` says
//! which files come of it, and `regen` writes or compares them. The result is a function of `specs/` alone.
#![forbid(unsafe_code)]

mod cli;
mod coverage;
mod diagnostic;
mod format;
mod generate;
mod lint;
mod load;
mod mocks;
mod model;
mod names;
mod normalise;
mod outputs;
mod post;
mod regen;
mod wire;

use std::path::Path;

pub use coverage::{Coverage, coverage};
pub use diagnostic::{Diagnostic, Error, Origin};
pub use regen::{Change, Mode, regen};

/// Reads and judges the specs of the given vendors, or of all.
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
