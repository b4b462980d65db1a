//! What changed per vendor against a revision of git, or against a newer document of the vendor, and whether it breaks users.

mod base;
mod change;
mod facts;
mod interface;

use std::{fmt, path::Path};

pub use change::Change;

use drift::{ChangeClass, ChangeComparison};
use serde_json::Value;

use crate::{
    diagnostic::Error,
    import, load,
    model::{self, Api},
    outputs, panics,
    release::may_break,
    select,
};

/// Everything that changed, as Markdown for a pull request.
#[derive(Debug, Default)]
pub struct Report {
    /// By vendor; those without a change are left out.
    pub vendors: Vec<VendorDiff>,
    /// What it was compared with.
    pub against: String,
}

/// What changed of one vendor.
#[derive(Debug)]
pub struct VendorDiff {
    /// Folder name.
    pub vendor: String,
    /// Version of its crate before and now.
    pub versions: Option<(String, String)>,
    /// What code that uses the crate sees, the breaking changes first.
    pub interface: Vec<Change>,
    /// What requests and responses are like.
    pub document: Vec<DocumentChange>,
}

/// A change of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentChange {
    /// Clients that were built before do not work with it.
    pub breaking: bool,
    /// `GET /contacts`, or a component.
    pub place: String,
    /// One sentence.
    pub message: String,
}

impl Report {
    /// Whether something breaks users and the version of the crate does not say so.
    pub fn is_refused(&self) -> bool {
        self.vendors.iter().any(|vendor| vendor.is_breaking() && !vendor.is_announced())
    }
}

impl VendorDiff {
    /// Whether something breaks users.
    pub fn is_breaking(&self) -> bool {
        self.interface.iter().any(|change| change.breaking) || self.document.iter().any(|change| change.breaking)
    }

    /// Whether the version of the crate says that it breaks users: as Cargo reads versions.
    pub fn is_announced(&self) -> bool {
        self.versions.as_ref().is_some_and(|(before, now)| may_break(before, now))
    }
}

/// Compares the specs with those of a revision of git.
///
/// # Errors
/// [`Error`] where git does not know the revision, or a spec cannot be read.
pub fn diff_base(root: &Path, revision: &str, vendors: &[String]) -> Result<Report, Error> {
    let wanted = select(root, vendors)?;
    let before = base::checkout(root, revision)?;
    let known = load::vendors(before.path()).unwrap_or_default();
    let now = outputs::workspace(root)?;
    // A revision that today's lint refuses can be compared as a document still.
    let earlier = outputs::workspace(before.path()).unwrap_or_default();
    let mut report = Report { against: format!("`{revision}`"), ..Report::default() };
    for api in now.iter().filter(|api| wanted.contains(&api.id)) {
        if !known.contains(&api.id) {
            report.vendors.push(added(api));
            continue;
        }
        let old = load::load(before.path(), &api.id)?;
        let interface = earlier.iter().find(|old| old.id == api.id).map(|old| interface::changes(old, api)).unwrap_or_default();
        let mut document = document(&api.id, old.json(), &api.openapi)?;
        if earlier.iter().any(|old| old.id == api.id) {
            // Both are our own documents, and their interfaces were compared: what code sees decides.
            for change in &mut document {
                change.breaking = false;
            }
        }
        let versions = base::version(before.path(), &api.id).zip(base::version(root, &api.id));
        report.push(VendorDiff { vendor: api.id.clone(), versions, interface, document });
    }
    for gone in known.iter().filter(|id| vendors.is_empty() && !now.iter().any(|api| api.id == **id)) {
        let change = Change { breaking: true, what: format!("crate `{gone}` is gone") };
        report.vendors.push(VendorDiff { vendor: gone.clone(), versions: None, interface: vec![change], document: Vec::new() });
    }
    Ok(report)
}

/// Compares the specs of a vendor with a document that it publishes.
///
/// # Errors
/// [`Error`] where the file or a spec cannot be read.
pub fn diff_against(root: &Path, file: &Path, vendor: &str) -> Result<Report, Error> {
    select(root, &[vendor.to_owned()])?;
    let now = load::load(root, vendor)?;
    let draft = import::draft(file, vendor)?;
    // What people say of an imported document holds for the newer one too.
    let newer = load::overlaid(root, vendor, draft.document)?;
    let document = document(vendor, now.json(), newer.json())?;
    let imported = root.join("specs").join(vendor).join("import.md").is_file();
    let interface = if imported { interface::changes(&model::read(&now), &model::read(&newer)) } else { Vec::new() };
    let mut report = Report { against: file.display().to_string(), ..Report::default() };
    report.push(VendorDiff { vendor: vendor.to_owned(), versions: None, interface, document });
    Ok(report)
}

fn added(api: &Api) -> VendorDiff {
    let change = Change { breaking: false, what: format!("new crate `{}`, {} operations", api.id, api.operations.len()) };
    VendorDiff { vendor: api.id.clone(), versions: None, interface: vec![change], document: Vec::new() }
}

fn document(vendor: &str, old: &Value, new: &Value) -> Result<Vec<DocumentChange>, Error> {
    let failed = |message: String| Error::Generator { vendor: vendor.to_owned(), message };
    // It asserts that media types stay: what it cannot compare is one change.
    let compared = panics::catch(|| Ok(drift::compare(old, new).map_err(|error| format!("the documents cannot be compared: {error:#}"))));
    let Ok(compared) = compared else {
        let message = "bodies have other media types, and nothing more can be compared".to_owned();
        return Ok(vec![DocumentChange { breaking: true, place: "the document".to_owned(), message }]);
    };
    let changes = compared.map_err(failed)?;
    let mut all = Vec::new();
    for change in changes {
        let structural = change.paths.iter().all(|path| path.comparison == ChangeComparison::Structural);
        let place = change.paths.first().map(|path| place(&path.new.to_string())).unwrap_or_default();
        for one in change.changes {
            if one.class == ChangeClass::Trivial {
                continue;
            }
            let subpath = if one.new_subpath.is_empty() { one.old_subpath } else { one.new_subpath };
            let place = if subpath.is_empty() || structural { place.clone() } else { format!("{place} {}", words(&subpath)) };
            let breaking = matches!(one.class, ChangeClass::BackwardIncompatible | ChangeClass::Incompatible);
            all.push(DocumentChange { breaking, place, message: one.message });
        }
    }
    all.sort_by(|one, other| other.breaking.cmp(&one.breaking).then_with(|| one.cmp(other)));
    all.dedup();
    Ok(all)
}

/// `#/paths/~1contacts/get` is `GET /contacts`.
fn place(pointer: &str) -> String {
    let last = pointer.rsplit(" -> ").next().unwrap_or(pointer);
    let parts: Vec<String> = last.trim_start_matches('#').split('/').skip(1).map(load::pointer::unescape).collect();
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["paths", path, method, ..] => format!("`{} {path}`", method.to_uppercase()),
        ["components", _, name, ..] => format!("`{name}`"),
        _ => format!("`{last}`"),
    }
}

fn words(subpath: &str) -> String {
    let parts = subpath.split('/').filter(|part| !["properties", "schema", ""].contains(part));
    format!("`{}`", parts.map(load::pointer::unescape).collect::<Vec<_>>().join("."))
}

impl Report {
    fn push(&mut self, vendor: VendorDiff) {
        if !vendor.interface.is_empty() || !vendor.document.is_empty() {
            self.vendors.push(vendor);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.vendors.is_empty() {
            return writeln!(f, "Nothing changed against {} that a user or a vendor would notice.", self.against);
        }
        writeln!(f, "# Changes against {}", self.against)?;
        for vendor in &self.vendors {
            vendor.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for VendorDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## {}\n", self.vendor)?;
        let versions = self.versions.as_ref().filter(|(before, now)| before != now).map(|(before, now)| format!(" ({before} → {now})"));
        let versions = versions.unwrap_or_default();
        match (self.is_breaking(), self.is_announced()) {
            (false, _) => writeln!(f, "Compatible{versions}.")?,
            (true, true) => writeln!(f, "**Breaks users**, and the version says so{versions}.")?,
            (true, false) => writeln!(f, "**Breaks users**, and the version does not say so{versions}.")?,
        }
        let mark = |breaking: bool| if breaking { "**breaks** " } else { "" };
        if !self.interface.is_empty() {
            writeln!(f, "\n### What code sees\n")?;
            for change in &self.interface {
                writeln!(f, "- {}{}", mark(change.breaking), change.what)?;
            }
        }
        if !self.document.is_empty() {
            writeln!(f, "\n### The document\n")?;
            for change in &self.document {
                writeln!(f, "- {}{}: {}", mark(change.breaking), change.place, change.message)?;
            }
        }
        Ok(())
    }
}
