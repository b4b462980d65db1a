//! How much of what is known of a vendor's API its spec describes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

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
    /// What is known to exist: the inventory of the vendor, and those of other versions of its API.
    pub lists: Vec<List>,
}

/// How much of one inventory is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The version of the API that it lists, where it is not the one that the spec describes.
    pub version: Option<String>,
    /// Operations in it.
    pub known: usize,
    /// Operations that a person described.
    pub reviewed: usize,
    /// Operations that were imported from the vendor's file.
    pub official: usize,
    /// Operations that the spec is to have later.
    pub planned: usize,
    /// Operations that are named somewhere, and of which no page was seen.
    pub unseen: usize,
    /// Operations that the spec does not describe and should.
    pub missing: Vec<String>,
}

/// Compares the specs of the given vendors, or of all, with `specs/<vendor>/inventory.yaml` and `inventory-<version>.yaml`.
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
    let level = |level: &str| operations.iter().filter(|operation| operation.evidence.0 == level).count();
    Ok(Coverage {
        vendor: api.id.clone(),
        operations: operations.len(),
        evidence: ["recorded", "full", "partial", OFFICIAL, "client-only"].map(level),
        with_examples: operations.iter().filter(|operation| has_examples(operation)).count(),
        paginated: operations.iter().filter(|operation| operation.pagination.is_some()).count(),
        lists: lists(root, &api.id)?
            .into_iter()
            .map(|(version, file)| Ok(list(version.as_deref(), &inventory(root, &file)?, operations)))
            .collect::<Result<_, Error>>()?,
    })
}

/// The inventories in the folder of a vendor, that of the spec first.
fn lists(root: &Path, vendor: &str) -> Result<Vec<(Option<String>, PathBuf)>, Error> {
    let folder = Path::new("specs").join(vendor);
    let mut lists = vec![(None, folder.join("inventory.yaml"))];
    let entries = std::fs::read_dir(root.join(&folder)).map_err(Error::io(&folder))?;
    for entry in entries {
        let name = entry.map_err(Error::io(&folder))?.file_name().to_string_lossy().into_owned();
        if let Some(version) = name.strip_prefix("inventory-").and_then(|name| name.strip_suffix(".yaml")) {
            lists.push((Some(version.to_owned()), folder.join(&name)));
        }
    }
    lists[1..].sort();
    Ok(lists)
}

/// Compares an inventory with the operations of its version: another version's say so in a constant header.
fn list(version: Option<&str>, known: &[Known], operations: &[Operation]) -> List {
    let is_of = |operation: &&Operation| version.is_none_or(|version| operation.constant_headers.iter().any(|(_, value)| value == version));
    let described: BTreeMap<String, &str> = operations
        .iter()
        .filter(is_of)
        .map(|operation| (format!("{} {}", operation.method, operation.path), operation.evidence.0.as_str()))
        .collect();
    let mut list = List {
        version: version.map(str::to_owned),
        known: known.len(),
        reviewed: 0,
        official: 0,
        planned: 0,
        unseen: 0,
        missing: Vec::new(),
    };
    for Known { operation, status } in known {
        match (described.get(operation), status) {
            (Some(&OFFICIAL), _) => list.official += 1,
            (Some(_), _) => list.reviewed += 1,
            (None, Some(Status::NotYet)) => list.planned += 1,
            (None, Some(Status::NoPageSeen)) => list.unseen += 1,
            (None, None) => list.missing.push(operation.clone()),
        }
    }
    list
}

/// The level of evidence of what was imported and not reviewed.
const OFFICIAL: &str = "official";

fn has_examples(operation: &Operation) -> bool {
    let body = match &operation.body {
        Some(Body { content: BodyContent::Json(_) | BodyContent::Form(_), example, .. }) => example.is_some(),
        Some(Body { content: BodyContent::Multipart(_) | BodyContent::Bytes(_), .. }) | None => true,
    };
    let response = !matches!(operation.success.content, Content::Json(_)) || operation.success.example.is_some();
    body && response && operation.parameters.iter().all(|parameter| parameter.example.is_some())
}

/// An operation of an inventory: `- GET /contacts`, or `- GET /contacts: not yet`. What the spec describes is reviewed or official by its evidence.
struct Known {
    operation: String,
    status: Option<Status>,
}

/// Why the spec does not describe an operation.
#[derive(Clone, Copy)]
enum Status {
    NotYet,
    NoPageSeen,
}

impl Known {
    fn read(entry: &Value) -> Option<Self> {
        let (operation, status) = match entry {
            Value::String(operation) => (operation, None),
            Value::Object(entry) => {
                let (operation, status) = entry.iter().next().filter(|_| entry.len() == 1)?;
                let status = match status.as_str()? {
                    "not yet" => Status::NotYet,
                    "no page seen" => Status::NoPageSeen,
                    _ => return None,
                };
                (operation, Some(status))
            }
            _ => return None,
        };
        operation.contains(" /").then(|| Self { operation: operation.clone(), status })
    }
}

fn inventory(root: &Path, file: &Path) -> Result<Vec<Known>, Error> {
    let text = std::fs::read_to_string(root.join(file)).map_err(Error::io(file))?;
    let source = load::parse(file, &text).map_err(|problem| Error::Spec(vec![problem]))?;
    let entries = source.value.as_array().map(Vec::as_slice).unwrap_or_default();
    let known: Option<Vec<Known>> = entries.iter().map(Known::read).collect();
    known.filter(|known| !known.is_empty()).ok_or_else(|| {
        let line = entries.iter().position(|entry| Known::read(entry).is_none()).map_or(1, |index| source.nearest(&format!("/{index}")).0);
        Error::Spec(vec![Diagnostic::new(
            Origin { file: file.to_owned(), line, pointer: String::new() },
            "the inventory is not a list of operations",
            "write one `- METHOD /path` a line, or `- METHOD /path: not yet`, or `no page seen`",
        )])
    })
}
