//! Writes the generated files, or tells how they differ.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use similar::TextDiff;

use crate::{diagnostic::Error, outputs};

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
}

/// Generates everything, and writes or compares. Files are written only when all of them could be
/// generated, each to a temporary file first: a failing or interrupted run leaves every file whole.
///
/// # Errors
/// [`Error`]: nothing was written, but for [`Error::Io`] while renaming.
pub fn regen(root: &Path, mode: Mode) -> Result<Vec<Change>, Error> {
    let files = outputs::outputs(root)?;
    let mut changes = Vec::new();
    let mut staged = Vec::new();
    for file in files {
        let path = root.join(&file.path);
        let before = match std::fs::read_to_string(&path) {
            Ok(before) => before,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::io(&file.path)(error)),
        };
        if before == file.content {
            continue;
        }
        changes.push(Change { diff: diff(&file.path, &before, &file.content), path: file.path });
        if mode == Mode::Write {
            staged.push((stage(&path, &file.content)?, path));
        }
    }
    for (temporary, path) in staged {
        temporary.persist(&path).map_err(|error| Error::Io { path, source: error.error })?;
    }
    Ok(changes)
}

fn stage(path: &Path, content: &str) -> Result<tempfile::NamedTempFile, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut temporary = builder.tempfile_in(folder).map_err(Error::io(folder))?;
    temporary.write_all(content.as_bytes()).map_err(Error::io(path))?;
    Ok(temporary)
}

fn diff(path: &Path, before: &str, after: &str) -> String {
    let path = path.display();
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
