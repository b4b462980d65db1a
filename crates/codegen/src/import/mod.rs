//! A published document becomes a draft in our conventions, and every step that loses something is listed.
//!
//! `read` takes JSON and YAML of OpenAPI 3 and Swagger 2, `schemas` (with `flatten`, `alternatives` and `kinds`) names and settles every schema,
//! whose `words` are those of 3.0 or 3.1, `operations` (with `ids`, `parameters` and `bodies`) every operation, `tidy` what depends on all of it,
//! and `examples` makes up what the vendor does not show. `groups` takes several documents into the folder of a vendor that people wrote. The result passes what generation needs; what our conventions ask for beyond that
//! is work that the lint lists.

mod alternatives;
mod bodies;
mod document;
mod examples;
mod flat;
mod flatten;
pub mod groups;
mod ids;
mod inheritance;
mod kinds;
mod lenient;
mod naming;
mod notes;
mod one_of;
mod one_way;
mod operations;
mod parameters;
mod pattern;
mod prose;
mod read;
mod relax;
mod schemas;
mod split;
mod swagger;
mod tidy;
mod words;
mod yaml;

use std::path::Path;

use serde_json::{Map, Value, json};

pub use self::{document::people, pattern::matching};
use self::{notes::Notes, schemas::Schemas};
use crate::{diagnostic::Error, load::pointer};

/// A document in our conventions.
#[derive(Debug)]
pub struct Draft {
    /// The document.
    pub document: Value,
    /// What was lost or changed.
    pub notes: Notes,
}

impl Draft {
    /// The document as it is written to `specs/`.
    pub fn yaml(&self, comment: &str) -> String {
        yaml::write(comment, &self.document)
    }

    /// Every operation: `GET /contacts`.
    pub fn operations(&self) -> Vec<String> {
        let items = self.document["paths"].as_object().into_iter().flatten();
        items
            .flat_map(|(path, item)| {
                item.as_object().into_iter().flatten().map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
            })
            .collect()
    }
}

/// Reads a published document and drafts it for a vendor.
pub fn draft(file: &Path, vendor: &str) -> Result<Draft, Error> {
    let mut notes = Notes::default();
    let source = read::read(file, &mut notes)?;
    Ok(convert(&source, vendor, notes, Responses::AsPublished))
}

/// What responses require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Responses {
    /// What the document says, for people to go on from.
    AsPublished,
    /// What our conventions allow without a recording: the id.
    Lenient,
}

fn convert(source: &Value, vendor: &str, mut notes: Notes, responses: Responses) -> Draft {
    webhooks(source, &mut notes);
    let security = document::Security::of(source, &mut notes);
    let mut head = document::head(source, vendor, &security, &mut notes);

    let samples = examples::samples(source, &naming::names(source));
    let mut schemas = Schemas::new(source, &mut notes);
    let operations = operations::convert(source, &mut schemas, &security);
    let errors: Vec<Value> = errors(source);
    let error = schemas.error(&errors);
    let done = std::mem::take(&mut schemas.done);

    let paths = bodies::error_paths(&error, &done);
    if !paths.is_empty() {
        head["x-client"]["error"] = paths.into();
    }
    head.insert("tags".into(), document::tags(source, &operations.tags));
    head.insert("paths".into(), operations.paths.into());
    head.insert(
        "components".into(),
        json!({
            "securitySchemes": security.schemes,
            "responses": { "Error": { "description": "The request failed.", "content": { "application/json": { "schema": error } } } },
            "schemas": done.into_iter().collect::<Map<_, _>>(),
        }),
    );
    let mut document = Value::Object(head);
    tidy::tidy(&mut document, &mut notes, responses);
    examples::fill(&mut document, &samples, &mut notes);
    Draft { document, notes }
}

/// A published document as an import reads it.
#[derive(Debug)]
pub struct Published {
    /// The document, in OpenAPI 3, with the files that it refers to.
    pub document: Value,
    /// What its components are called in a draft: the published name, and the draft's.
    pub names: Vec<(String, String)>,
}

/// Reads a published document without drafting it.
///
/// # Errors
/// [`Error`] where the file cannot be read, or is no document of a version that is known.
pub fn published(file: &Path) -> Result<Published, Error> {
    let document = read::read(file, &mut Notes::default())?;
    let names = naming::names(&document);
    Ok(Published { document, names })
}

/// What a vendor sends by itself is listed; where a body names its event, 3.1 does not say.
fn webhooks(source: &Value, notes: &mut Notes) {
    for (name, _) in source["webhooks"].as_object().into_iter().flatten() {
        notes.add("Webhooks were left out: write `x-webhook-events`", pointer::child("/webhooks", name));
    }
}

/// Every response that is not a success.
fn errors(source: &Value) -> Vec<Value> {
    let operations = source["paths"].as_object().into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let responses = operations.flat_map(|(_, operation)| operation["responses"].as_object().into_iter().flatten());
    responses
        .filter(|(status, _)| !status.starts_with('2') && !status.starts_with('1') && !status.starts_with('3'))
        .map(|(_, node)| node.clone())
        .collect()
}
