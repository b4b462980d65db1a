//! A new vendor: its folder in `specs/` and its crate. Every list that names it is generated.

mod name;

use std::path::{Path, PathBuf};

use crate::{
    checked::{Checked, check},
    diagnostic::Error,
    files,
    import::{Draft, draft, groups, people},
    load::{self, overlay},
};

/// What a command wrote, and what is left to do.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that were written, relative to the workspace root. What was the same already is not among them.
    pub files: Vec<PathBuf>,
    /// Operations of the document.
    pub operations: usize,
    /// Steps of an import that lost or changed something, each with how often.
    pub lossy: Vec<(&'static str, usize)>,
    /// Findings of the conventions that wait.
    pub work: usize,
}

/// First line of a document that an import owns.
const IMPORTED: &str = "Written by `cargo xtask import`, which writes it anew: what people say stands in overlay.yaml.";

/// Writes a new vendor: from a published document, or with an example of every convention. What is there already stays as it is.
///
/// # Errors
/// [`Error::Name`] where the name cannot be a vendor's, and [`Error`] where a file cannot be read or written.
pub fn new(root: &Path, vendor: &str, from: Option<&Path>) -> Result<Written, Error> {
    name::check(root, vendor)?;
    let spec = root.join("specs").join(vendor).join("openapi.yaml");
    let mut written = match from {
        Some(file) => imported(root, file, vendor)?,
        None if spec.is_file() => Written::default(),
        None => {
            let mut written = Written::default();
            for (path, template) in [("openapi.yaml", OPENAPI), ("inventory.yaml", INVENTORY)] {
                written.file(root, Path::new("specs").join(vendor).join(path), &filled(template, vendor, "TOKEN"))?;
            }
            written
        }
    };
    let document = load::load(root, vendor)?;
    let credential = document.json()["x-client"]["credential"].as_str().unwrap_or_default();
    let suffix = credential.strip_prefix(&format!("{}_", env(vendor))).unwrap_or("TOKEN").to_owned();
    let webhooks = document.json().get("x-webhook-events").is_some();
    let home = document.json()["x-client"]["home"].as_str().unwrap_or_default().to_owned();
    let limit = &document.json()["x-client"]["rate-limit"];
    let limit = match (limit["requests"].as_u64(), limit["seconds"].as_u64()) {
        (Some(requests), Some(seconds)) => format!("documents {requests} requests in {seconds} seconds, which the client keeps by itself"),
        _ => "documents no rate limit".to_owned(),
    };
    for (path, template) in
        [("Cargo.toml", MANIFEST), ("README.md", README), ("src/lib.rs", LIBRARY), ("LICENSE-MIT", MIT), ("LICENSE-APACHE", APACHE)]
    {
        let path = Path::new("crates").join(vendor).join(path);
        if !root.join(&path).exists() {
            let content = filled(&optional(template, webhooks), vendor, &suffix).replace("{home}", &home).replace("{limit}", &limit);
            written.file(root, path, &content)?;
        }
    }
    if written.files.is_empty() {
        return Err(Error::Name(
            format!("vendor `{vendor}` exists already"),
            "edit its files in specs/ and crates/, or choose another name".into(),
        ));
    }
    written.count(root, vendor)?;
    Ok(written)
}

/// Writes the draft of a published document into the folder of a vendor, and keeps the vendor's overlay.
///
/// # Errors
/// [`Error::Name`] where people wrote the vendor's document by hand, and [`Error`] where a file cannot be read or written, or where the overlay names
/// something that the published document does not have any more.
pub fn import(root: &Path, file: &Path, vendor: &str) -> Result<Written, Error> {
    if groups::are_planned(root, vendor) {
        return imported_groups(root, file, vendor);
    }
    if root.join("specs").join(vendor).join("openapi.yaml").is_file() { name::spelling(vendor) } else { name::check(root, vendor) }?;
    imported(root, file, vendor)
}

/// Writes a draft where generation can begin with it, and nothing where it cannot: a folder in `specs/` that is refused would be in the way of every
/// other vendor.
fn imported(root: &Path, file: &Path, vendor: &str) -> Result<Written, Error> {
    let trial = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
    let specs = Path::new("specs").join(vendor);
    for name in ["openapi.yaml", overlay::FILE] {
        match std::fs::read_to_string(root.join(&specs).join(name)) {
            Ok(content) => drop(files::write(trial.path(), &specs.join(name), &content)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(specs.join(name))(error)),
        }
    }
    by_hand(root, file, vendor)?;
    let draft = draft(file, vendor)?;
    let mut tried = document(trial.path(), file, vendor, &draft)?;
    tried.count(trial.path(), vendor)?;
    Ok(Written { operations: tried.operations, work: tried.work, ..document(root, file, vendor, &draft)? })
}

/// Writes the groups that a vendor's plan takes from a folder of published files.
fn imported_groups(root: &Path, folder: &Path, vendor: &str) -> Result<Written, Error> {
    let groups = groups::import(root, folder, vendor)?;
    let mut written = Written { operations: groups.operations, lossy: groups.lossy, ..Written::default() };
    for (path, content) in groups.files {
        written.file(root, path, &content)?;
    }
    Ok(written)
}

/// Refuses to replace what people wrote.
fn by_hand(root: &Path, file: &Path, vendor: &str) -> Result<(), Error> {
    let path = Path::new("specs").join(vendor).join("openapi.yaml");
    match std::fs::read_to_string(root.join(&path)) {
        Ok(text) if !text.starts_with(&format!("# {IMPORTED}")) => Err(Error::Name(
            format!("{} was written by hand, and an import would replace it", path.display()),
            format!("compare the two with `cargo xtask diff --against {} {vendor}`", file.display()),
        )),
        _ => Ok(()),
    }
}

fn document(root: &Path, file: &Path, vendor: &str, draft: &Draft) -> Result<Written, Error> {
    let folder = Path::new("specs").join(vendor);
    let path = folder.join("openapi.yaml");
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut written = Written { operations: draft.operations().len(), lossy: draft.notes.counts().collect(), ..Written::default() };
    written.file(root, path, &draft.yaml(&format!("{IMPORTED}\nPublished as {name}. What the draft lost is in import.md.")))?;
    let heading =
        format!("# What importing {name} lost or changed\n\nPlaces are JSON pointers into the published document.\n{}", draft.notes);
    written.file(root, folder.join("import.md"), &heading)?;
    let inventory: String = draft.operations().iter().map(|operation| format!("- {operation}\n")).collect();
    written.file(root, folder.join("inventory.yaml"), &inventory)?;
    let overlay = folder.join(overlay::FILE);
    if !root.join(&overlay).exists() {
        written.file(root, overlay, &filled(OVERLAY, vendor, "TOKEN"))?;
    }
    Ok(written)
}

impl Written {
    fn file(&mut self, root: &Path, path: PathBuf, content: &str) -> Result<(), Error> {
        if files::write(root, &path, content)? {
            self.files.push(path);
        }
        Ok(())
    }

    /// Reads what was written back: it must be fit for generation.
    fn count(&mut self, root: &Path, vendor: &str) -> Result<(), Error> {
        let Checked { document, refused, work } = check(root, vendor)?;
        self.operations = document.operations().count();
        self.work = work.len();
        if refused.is_empty() { Ok(()) } else { Err(Error::Spec(refused)) }
    }
}

fn filled(template: &str, vendor: &str, suffix: &str) -> String {
    template
        .replace("{vendor}", vendor)
        .replace("{module}", &vendor.replace('-', "_"))
        .replace("{name}", &people(vendor))
        .replace("{credential}", &format!("{}_{suffix}", env(vendor)))
        .replace("{env}", &env(vendor))
}

fn env(vendor: &str) -> String {
    vendor.to_uppercase().replace('-', "_")
}

/// Keeps or removes what only a vendor with webhooks has.
fn optional(template: &str, webhooks: bool) -> String {
    let mut text = String::new();
    let mut inside = false;
    for line in template.lines() {
        match line.trim() {
            "{webhooks" => inside = true,
            "webhooks}" => inside = false,
            _ if inside && !webhooks => {}
            _ => text += &format!("{line}\n"),
        }
    }
    text
}

const OPENAPI: &str = include_str!("templates/openapi.yaml");
const INVENTORY: &str = include_str!("templates/inventory.yaml");
const OVERLAY: &str = include_str!("templates/overlay.yaml");
const MANIFEST: &str = include_str!("templates/Cargo.toml.in");
const README: &str = include_str!("templates/README.md.in");
const LIBRARY: &str = include_str!("templates/lib.rs.in");
const MIT: &str = include_str!("../../../../LICENSE-MIT");
const APACHE: &str = include_str!("../../../../LICENSE-APACHE");
