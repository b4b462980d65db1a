//! Stage 2: refuses what the generator cannot take or a reader could not trust. The rules are those of `specs/README.md`.

mod document;
mod examples;
mod operations;
mod pagination;
pub(crate) mod schemas;

use crate::{diagnostic::Diagnostic, load::Document};

/// Every finding, in the order of the files.
pub fn lint(document: &Document) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    document::check(document, &mut findings);
    operations::check(document, &mut findings);
    schemas::check(document, &mut findings);
    pagination::check(document, &mut findings);
    // An example can only be judged by a sound schema.
    if findings.is_empty() {
        examples::check(document, &mut findings);
    }
    findings.sort();
    findings.dedup();
    findings
}
