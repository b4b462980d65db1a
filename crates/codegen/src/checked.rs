//! The vendors' documents, loaded and checked.

use std::path::Path;

use crate::{
    diagnostic::{Diagnostic, Error, Level},
    lint::lint,
    load::{self, Document},
};

/// A document, and what the lint found in it.
#[derive(Debug)]
pub struct Checked {
    /// As it was loaded.
    pub document: Document,
    /// What stands in the way of generation.
    pub refused: Vec<Diagnostic>,
    /// What the conventions ask for in a draft, which generation can do without.
    pub work: Vec<Diagnostic>,
}

/// The document of one vendor.
pub fn check(root: &Path, vendor: &str) -> Result<Checked, Error> {
    let document = load::load(root, vendor)?;
    let draft = document.is_draft();
    let (work, refused) = lint(&document).into_iter().partition(|finding| draft && finding.level == Level::Convention);
    Ok(Checked { document, refused, work })
}

/// The documents of several vendors, in their order, and what stands in the way of generation in all of them.
pub fn check_all(root: &Path, vendors: &[String]) -> Result<(Vec<Checked>, Vec<Diagnostic>), Error> {
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    for vendor in vendors {
        match check(root, vendor) {
            Ok(checked) => {
                findings.extend_from_slice(&checked.refused);
                documents.push(checked);
            }
            Err(Error::Spec(problems)) => findings.extend(problems),
            Err(error) => return Err(error),
        }
    }
    Ok((documents, findings))
}
