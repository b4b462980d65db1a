//! Turns the documents in `specs/` into the client crates.
//!
//! The stages, in this order: `load` bundles the files of a vendor and applies its overlay, `lint` refuses what cannot be generated, `model`
//! holds everything that is known, `progenitor` has the reference generate from the same document and compares its types with the model's,
//! `emit` prints the model, `format` lays it out; `outputs` says which files come of it, and `regen` writes or compares them. Each stage reads
//! what the one before returns. The result is a function of `specs/` alone.
//!
//! What goes into `specs/` comes from people, or from `import`, which drafts a published document; `scaffold` writes a new vendor around either.
//! `diff` tells what changed.
#![forbid(unsafe_code)]

mod checked;
mod coverage;
mod diagnostic;
mod diff;
mod emit;
mod files;
mod format;
mod import;
mod lint;
mod load;
mod model;
mod names;
mod outputs;
mod panics;
mod progenitor;
mod regen;
mod regions;
mod release;
mod scaffold;

use std::path::Path;

pub use coverage::{Coverage, List, coverage};
pub use diagnostic::{Diagnostic, Error, Level, Origin};
pub use diff::{Report, VendorDiff, diff_against, diff_base};
pub use import::{Published, matching, published};
pub use progenitor::progenitor_client;
pub use regen::{Change, Mode, regen};
pub use release::{breaking, may_break, with_platform};
pub use scaffold::{Written, import, new};

/// What the lint found where nothing stands in the way of generation.
#[derive(Debug)]
pub struct Linted {
    /// The vendors whose specs were read.
    pub vendors: Vec<String>,
    /// What the conventions ask for in documents that are drafts.
    pub work: Vec<Diagnostic>,
}

/// Reads and checks the specs of the given vendors, or of all. Findings in a draft that generation can do without are work, not an error.
///
/// # Errors
/// [`Error::Spec`] with every finding.
pub fn lint(root: &Path, vendors: &[String]) -> Result<Linted, Error> {
    let vendors = select(root, vendors)?;
    let (documents, findings) = checked::check_all(root, &vendors)?;
    let work = documents.into_iter().flat_map(|checked| checked.work).collect();
    if findings.is_empty() { Ok(Linted { vendors, work }) } else { Err(Error::Spec(findings)) }
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
/// Drafts are left out.
///
/// # Errors
/// [`Error`] where a spec cannot be generated from.
pub fn outlines(root: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut apis = outputs::workspace(root)?;
    // Nobody has reviewed a draft yet.
    apis.retain(|api| !api.is_draft());
    Ok(emit::outlines(&apis))
}
