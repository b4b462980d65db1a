//! Files that are written as a whole.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// The file is created for its owner alone, and appears under its name when it is complete and on disk.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
