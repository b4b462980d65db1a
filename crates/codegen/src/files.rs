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
    /// The whole content: text, but for a document that programs embed.
    pub content: Vec<u8>,
}

/// What the name of a temporary file begins with; git ignores it.
pub const TEMPORARY: &str = ".regen-";

/// Writes a file below the root if it differs; whether it did.
pub fn write(root: &Path, path: &Path, content: &str) -> Result<bool, Error> {
    let full = root.join(path);
    if std::fs::read(&full).is_ok_and(|before| before == content.as_bytes()) {
        return Ok(false);
    }
    stage(&full, content.as_bytes())?.persist(&full).map_err(|error| Error::Io { path: path.to_owned(), source: error.error })?;
    Ok(true)
}

/// Writes the content beside where it is to be.
pub fn stage(path: &Path, content: &[u8]) -> Result<tempfile::NamedTempFile, Error> {
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
    temporary.write_all(content).map_err(Error::io(path))?;
    Ok(temporary)
}
