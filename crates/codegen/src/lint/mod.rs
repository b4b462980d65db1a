//! Refuses what the generator cannot take or a reader could not trust. The rules are those of `specs/README.md`. Those that generation
//! can do without are of a level of their own: a draft passes without them.

pub(crate) mod document;
mod effect;
mod examples;
mod groups;
mod keys;
mod kinds;
mod operations;
mod pagination;
mod parameters;
pub(crate) mod paths;
mod prose;
mod recursion;
mod required;
pub(crate) mod schemas;

pub(crate) use parameters::CLIENTS_HEADERS;

use crate::{
    diagnostic::{Diagnostic, Level},
    load::Document,
};

/// Every finding, in the order of the files.
pub fn lint(document: &Document) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    keys::check(document, &mut findings);
    document::check(document, &mut findings);
    paths::check(document, &mut findings);
    operations::check(document, &mut findings);
    groups::check(document, &mut findings);
    schemas::check(document, &mut findings);
    recursion::check(document, &mut findings);
    required::check(document, &mut findings);
    pagination::check(document, &mut findings);
    prose::check(document, &mut findings);
    // An example can only be checked by a sound schema.
    if findings.iter().all(|finding| finding.level == Level::Convention) {
        examples::check(document, &mut findings);
    }
    findings.sort();
    findings.dedup();
    findings
}

/// Whether a description is there and says something.
fn is_filled(text: &serde_json::Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}
