//! Reading, writing and removing a token file.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use secrecy::zeroize::Zeroizing;
use tempfile::NamedTempFile;

use super::sweep;
use crate::{StoreError, Tokens};

pub(super) fn read(path: &Path) -> Result<Option<Tokens>, StoreError> {
    let failed = |error: io::Error| StoreError::because(format_args!("cannot read {}", path.display()), error);
    refuse_link(path)?;
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    refuse_if_shared(&file, path)?;
    let mut json = Zeroizing::new(String::new());
    file.read_to_string(&mut json).map_err(failed)?;
    let tokens = Tokens::from_json(&json).map_err(|error| StoreError::because(format_args!("cannot read {}", path.display()), error))?;
    Ok(Some(tokens))
}

pub(super) fn replace(directory: &Path, path: &Path, content: &[u8]) -> Result<(), StoreError> {
    refuse_link(path)?;
    let written = || {
        let file = flushed(directory, content)?;
        file.persist(path).map_err(|error| error.error)?;
        sync_directory(directory)
    };
    written().map_err(|error| cannot_write(path, error))
}

/// Writes as much as [`replace`] would, and leaves `path` alone.
pub(super) fn prove_writable(directory: &Path, path: &Path, bytes: usize) -> Result<(), StoreError> {
    refuse_link(path)?;
    if path.is_dir() {
        return Err(cannot_write(path, ErrorKind::IsADirectory.into()));
    }
    let proved = || flushed(directory, &vec![b' '; bytes])?.close();
    proved().map_err(|error| cannot_write(path, error))
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    refuse_link(path)?;
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

fn refuse_link(path: &Path) -> Result<(), StoreError> {
    if !path.is_symlink() {
        return Ok(());
    }
    let path = path.display();
    Err(StoreError::new(format!(
        "{path} is a symbolic link, whose target would not be locked; move the target here, or link the directory"
    )))
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

pub(super) fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn refuse_if_shared(file: &File, path: &Path) -> Result<(), StoreError> {
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
fn refuse_if_shared(_: &File, _: &Path) -> Result<(), StoreError> {
    Ok(())
}
