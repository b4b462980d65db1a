//! Reading, writing and removing a token file.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use secrecy::zeroize::Zeroizing;
use tempfile::NamedTempFile;

use super::sweep;
use crate::{StoreError, Tokens};

const NOT_A_FILE: &str = "it is not a plain file";

/// No tokens are as long as this.
const LONGEST: u64 = 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<Option<Tokens>, StoreError> {
    let failed = |error: io::Error| StoreError::because(format_args!("cannot read {}", path.display()), error);
    require_plain_file(path, "read")?;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    require_private(&file, path)?;
    let mut json = Zeroizing::new(String::new());
    let read = file.take(LONGEST + 1).read_to_string(&mut json).map_err(failed)?;
    if read as u64 > LONGEST {
        return Err(StoreError::new(format!("{} is larger than {LONGEST} bytes, so it holds no tokens", path.display())));
    }
    let tokens = Tokens::from_json(&json).map_err(|error| StoreError::because(format_args!("cannot read {}", path.display()), error))?;
    Ok(Some(tokens))
}

/// Opens the file that is locked, which is created if it is missing.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    // Opening a pipe may never end.
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_symlink()) {
        return Err(io::Error::other(NOT_A_FILE));
    }
    private_options().write(true).create(true).truncate(false).open(path)
}

pub(super) fn replace(directory: &Path, path: &Path, content: &[u8]) -> Result<(), StoreError> {
    require_plain_file(path, "write")?;
    let written = || {
        let file = flushed(directory, content)?;
        file.persist(path).map_err(|error| error.error)?;
        sync_directory(directory)
    };
    written().map_err(|error| cannot_write(path, error))
}

/// Writes as much as [`replace`] would, and leaves `path` alone.
pub(super) fn check_writable(directory: &Path, path: &Path, bytes: usize) -> Result<(), StoreError> {
    require_plain_file(path, "write")?;
    let proved = || flushed(directory, &vec![b' '; bytes])?.close();
    proved().map_err(|error| cannot_write(path, error))
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    require_plain_file(path, "remove")?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StoreError::because(format_args!("cannot remove {}", path.display()), error))
        }
        _ => Ok(()),
    }
}

/// A temporary file with this content, which is on disk. It goes when it is dropped.
fn flushed(directory: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = sweep::temporary(directory)?;
    file.as_file_mut().write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn cannot_write(path: &Path, error: io::Error) -> StoreError {
    StoreError::because(format_args!("cannot write {}", path.display()), error)
}

/// What is there, if anything, must be a plain file: reading from a pipe or a device may never end.
fn require_plain_file(path: &Path, verb: &str) -> Result<(), StoreError> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    let path = path.display();
    if metadata.is_symlink() {
        return Err(StoreError::new(format!(
            "{path} is a symbolic link, whose target would not be locked; move the target here, or link the directory"
        )));
    }
    if metadata.is_file() { Ok(()) } else { Err(StoreError::because(format_args!("cannot {verb} {path}"), NOT_A_FILE)) }
}

/// A rename is on disk only when its directory is.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn create_directory(directory: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(directory)
        .map_err(|error| StoreError::because(format_args!("cannot create the token directory {}", directory.display()), error))
}

fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn require_private(file: &File, path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;

    let metadata = file.metadata().map_err(|error| StoreError::because(format_args!("cannot inspect {}", path.display()), error))?;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(StoreError::new(format!("{path} has mode {mode:o}, so others may have read its tokens; if not, `chmod 600 {path}`")))
}

#[cfg(not(unix))]
fn require_private(_: &File, _: &Path) -> Result<(), StoreError> {
    Ok(())
}
