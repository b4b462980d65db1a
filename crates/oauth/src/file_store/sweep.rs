//! Temporary files: made here, and removed where a process was killed before it could.

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

const PREFIX: &str = ".tokens-";
const RANDOM: usize = 6;

/// No write takes as long as this, so an older file is nobody's even where locks do not work.
const STALE: Duration = Duration::from_secs(10 * 60);

/// Looking through a directory of many accounts at each refresh would cost more than it finds.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// A new file with a random name and mode 0600, never through an existing file or link. It is locked as long as its
/// writer lives.
pub(super) fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempfile_in(directory)?;
    // Without locks on this file system, `sweep` leaves every temporary file alone.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Removes what killed processes left, at most once in [`PAUSE`].
#[derive(Debug, Default)]
pub(super) struct Sweeper(Mutex<Option<Instant>>);

impl Sweeper {
    /// Never fails: what cannot be removed stays.
    pub(super) fn sweep(&self, directory: &Path) {
        {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| last.elapsed() < PAUSE) {
                return;
            }
            *last = Some(Instant::now());
        }
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.flatten().filter(is_stale) {
            // A lock that can be had belongs to no living writer.
            if File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) && fs::remove_file(entry.path()).is_ok() {
                tracing::info!(file = %entry.path().display(), "removed what an interrupted write of tokens left");
            }
        }
    }
}

/// One of ours, and old.
fn is_stale(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let ours = name
        .to_str()
        .and_then(|name| name.strip_prefix(PREFIX))
        .is_some_and(|random| random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    // Of the entry itself: a link is followed nowhere.
    ours && entry
        .metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STALE)))
}

#[cfg(test)]
mod tests {
    use std::fs::{File, TryLockError};

    use super::*;

    #[test]
    fn a_temporary_file_is_locked_while_it_is_written() {
        let directory = tempfile::TempDir::new().unwrap();
        let file = temporary(directory.path()).unwrap();
        let again = File::open(file.path()).unwrap();
        assert!(matches!(again.try_lock(), Err(TryLockError::WouldBlock)));
        drop(file);
        again.try_lock().unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn its_name_is_recognised() {
        let directory = tempfile::TempDir::new().unwrap();
        let file = temporary(directory.path()).unwrap();
        file.as_file().set_modified(std::time::SystemTime::now() - 2 * STALE).unwrap();
        let entry = fs::read_dir(directory.path()).unwrap().next().unwrap().unwrap();
        assert!(is_stale(&entry), "{entry:?}");
        Sweeper::default().sweep(directory.path());
        assert!(file.path().exists(), "its writer lives");
    }
}
