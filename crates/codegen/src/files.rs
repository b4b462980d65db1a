//! Writes files whole: to a temporary file first, which is then renamed.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::diagnostic::Error;

/// A file as it is to be.
#[derive(Debug)]
pub struct Output {
    /// Relative to the workspace root.
    pub path: PathBuf,
    /// The whole content.
    pub content: String,
}

/// What the name of a temporary file begins with; git ignores it.
pub const TEMPORARY: &str = ".regen-";

/// Writes a file below the root if it differs; whether it did.
pub fn write(root: &Path, path: &Path, content: &str) -> Result<bool, Error> {
    let full = root.join(path);
    if std::fs::read_to_string(&full).is_ok_and(|before| before == content) {
        return Ok(false);
    }
    stage(&full, content)?.persist(&full).map_err(|error| Error::Io { path: path.to_owned(), source: error.error })?;
    Ok(true)
}

/// Writes the content beside where it is to be.
pub fn stage(path: &Path, content: &str) -> Result<tempfile::NamedTempFile, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut temporary = builder.tempfile_in(folder).map_err(Error::io(folder))?;
    temporary.write_all(content.as_bytes()).map_err(Error::io(path))?;
    Ok(temporary)
}
