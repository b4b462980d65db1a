//! Writes the generated files, or tells how they differ.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use similar::TextDiff;

use crate::{
    checked,
    diagnostic::Error,
    files::{Output, TEMPORARY, stage},
    format::GENERATED,
    load, outputs,
};

/// What to do with what was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing.
    Check,
}

/// A file that differed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the workspace root.
    pub path: PathBuf,
    /// Unified diff from the file as it was to the file as generated.
    pub diff: String,
    /// Nothing generates the file any more.
    pub stale: bool,
}

/// Generates everything, and writes or compares. Files are written only when all of them could be
/// generated, each to a temporary file first: a failing or interrupted run leaves every file whole. A generated file that no spec gives any more is
/// removed.
///
/// # Errors
/// [`Error`]: nothing was written, but for [`Error::Io`] while renaming.
pub fn regen(root: &Path, mode: Mode) -> Result<Vec<Change>, Error> {
    let documents = checked::check_all(root, &load::vendors(root)?)?;
    let apis = outputs::apis(&documents)?;
    let files = outputs::files(root, &apis)?;
    let changed = changed(root, &files)?;
    let stale = stale(root, &files)?;
    if mode == Mode::Write {
        write(root, &changed, &stale)?;
    }
    let change = |path: &Path, before: &[u8], after: &[u8], stale| Change { diff: diff(path, before, after), path: path.to_owned(), stale };
    let changed = changed.iter().map(|(file, before)| change(&file.path, before, &file.content, false));
    Ok(changed.chain(stale.iter().map(|(path, before)| change(path, before, b"", true))).collect())
}

/// The files that are not as generated, and what they have.
fn changed<'a>(root: &Path, files: &'a [Output]) -> Result<Vec<(&'a Output, Vec<u8>)>, Error> {
    let mut changed = Vec::new();
    for file in files {
        let before = match std::fs::read(root.join(&file.path)) {
            Ok(before) => before,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::io(&file.path)(error)),
        };
        if before != file.content {
            changed.push((file, before));
        }
    }
    Ok(changed)
}

/// All of them to temporary files first.
fn write(root: &Path, changed: &[(&Output, Vec<u8>)], stale: &[(PathBuf, Vec<u8>)]) -> Result<(), Error> {
    let mut staged = Vec::new();
    for (file, _) in changed {
        let path = root.join(&file.path);
        staged.push((stage(&path, &file.content)?, path));
    }
    for (temporary, path) in staged {
        temporary.persist(&path).map_err(|error| Error::Io { path, source: error.error })?;
    }
    for (path, _) in stale {
        std::fs::remove_file(root.join(path)).map_err(Error::io(path))?;
    }
    Ok(())
}

/// Files that say that they are generated and that nothing generates any more, and temporary files of a run that was interrupted: with what they
/// have.
fn stale(root: &Path, files: &[Output]) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let known: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["crates", "tests"].map(PathBuf::from).into_iter().filter(|folder| root.join(folder).is_dir()).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).map_err(Error::io(&folder))? {
            let entry = entry.map_err(Error::io(&folder))?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(Error::io(&path))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() && name != "target" {
                folders.push(path);
            } else if kind.is_file() && !known.contains(path.as_path()) && (name.starts_with(TEMPORARY) || is_generated(&root.join(&path)))
            {
                let content = std::fs::read(root.join(&path)).map_err(Error::io(&path))?;
                found.push((path, content));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_generated(path: &Path) -> bool {
    let mut start = [0; GENERATED.len()];
    path.extension().is_some_and(|extension| extension == "rs")
        && std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == *GENERATED.as_bytes()
}

fn diff(path: &Path, before: &[u8], after: &[u8]) -> String {
    let path = path.display();
    let (Ok(before), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return format!("Binary files a/{path} and b/{path} differ\n");
    };
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
