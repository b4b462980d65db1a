//! How much of what is known of a vendor's API its spec describes.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Error, Origin},
    load,
    model::{Api, Body, BodyContent, Content, Operation},
    outputs, select,
};

/// The numbers of one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Folder name.
    pub vendor: String,
    /// Operations in the spec.
    pub operations: usize,
    /// Operations by evidence: recorded, full, partial, official, client-only.
    pub evidence: [usize; 5],
    /// Operations whose bodies and parameters all have an example.
    pub with_examples: usize,
    /// Operations that page.
    pub paginated: usize,
    /// Known operations that the spec does not describe, and is not to describe yet.
    pub planned: usize,
    /// Known operations that the spec does not describe and should.
    pub missing: Vec<String>,
}

/// Compares the specs of the given vendors, or of all, with `specs/<vendor>/inventory.yaml`.
///
/// # Errors
/// [`Error`] where a spec or an inventory cannot be read.
pub fn coverage(root: &Path, vendors: &[String]) -> Result<Vec<Coverage>, Error> {
    let wanted = select(root, vendors)?;
    let apis = outputs::workspace(root)?;
    apis.iter().filter(|api| wanted.contains(&api.id)).map(|api| of(root, api)).collect()
}

fn of(root: &Path, api: &Api) -> Result<Coverage, Error> {
    let operations = &api.operations;
    let described: BTreeSet<String> = operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
    let (planned, due): (Vec<Known>, Vec<Known>) = inventory(root, &api.id)?.into_iter().partition(|known| known.is_planned);
    let level = |level: &str| operations.iter().filter(|operation| operation.evidence.0 == level).count();
    Ok(Coverage {
        vendor: api.id.clone(),
        operations: operations.len(),
        evidence: ["recorded", "full", "partial", "official", "client-only"].map(level),
        with_examples: operations.iter().filter(|operation| has_examples(operation)).count(),
        paginated: operations.iter().filter(|operation| operation.pagination.is_some()).count(),
        planned: planned.iter().filter(|known| !described.contains(&known.operation)).count(),
        missing: due.into_iter().map(|known| known.operation).filter(|known| !described.contains(known)).collect(),
    })
}

fn has_examples(operation: &Operation) -> bool {
    let body = match &operation.body {
        Some(Body { content: BodyContent::Json(_) | BodyContent::Form(_), example, .. }) => example.is_some(),
        Some(Body { content: BodyContent::Multipart(_) | BodyContent::Bytes(_), .. }) | None => true,
    };
    let response = !matches!(operation.success.content, Content::Json(_)) || operation.success.example.is_some();
    body && response && operation.parameters.iter().all(|parameter| parameter.example.is_some())
}

/// An operation of the inventory: `- GET /contacts`, or `- GET /contacts: not yet`.
struct Known {
    operation: String,
    is_planned: bool,
}

impl Known {
    fn read(entry: &Value) -> Option<Self> {
        let (operation, is_planned) = match entry {
            Value::String(operation) => (operation, false),
            Value::Object(entry) => {
                let (operation, status) = entry.iter().next().filter(|_| entry.len() == 1)?;
                (operation, (status == "not yet").then_some(true)?)
            }
            _ => return None,
        };
        operation.contains(" /").then(|| Self { operation: operation.clone(), is_planned })
    }
}

fn inventory(root: &Path, vendor: &str) -> Result<Vec<Known>, Error> {
    let file = Path::new("specs").join(vendor).join("inventory.yaml");
    let text = std::fs::read_to_string(root.join(&file)).map_err(Error::io(&file))?;
    let source = load::parse(&file, &text).map_err(|problem| Error::Spec(vec![problem]))?;
    let entries = source.value.as_array().map(Vec::as_slice).unwrap_or_default();
    let known: Option<Vec<Known>> = entries.iter().map(Known::read).collect();
    known.filter(|known| !known.is_empty()).ok_or_else(|| {
        let line = entries.iter().position(|entry| Known::read(entry).is_none()).map_or(1, |index| source.nearest(&format!("/{index}")).0);
        Error::Spec(vec![Diagnostic::new(
            Origin { file, line, pointer: String::new() },
            "the inventory is not a list of operations",
            "write one `- METHOD /path` a line, or `- METHOD /path: not yet`",
        )])
    })
}
