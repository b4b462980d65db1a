//! [`DatabaseFile`]: whether an open database is still the file that everybody else sees.
//!
//! A process goes on with a file that was deleted or replaced, and alone sees what it writes: others send the same messages from the file that
//! is there now. Nothing is opened here: to close a file ends all locks that the process has on it, SQLite's too.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use sqlx::{SqliteConnection, query_scalar};

use crate::Error;

/// What every database of SQLite begins with.
const HEADER: u64 = 100;

/// The file of a database that is open, as it was when it was opened.
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
    /// The write-ahead log, once there is one. It is there as long as anybody has the database open, which a pool of an application's own may
    /// not have for a while: none then.
    log: Option<Mutex<Option<Identity>>>,
    /// The most that it was seen to be, in bytes; only a `VACUUM` makes it less.
    length: AtomicU64,
    /// What was done to it.
    changed: OnceLock<&'static str>,
}

impl DatabaseFile {
    /// A file that is there; none where the database is in memory. `stays_open`: a connection is open to it from now on.
    pub(super) fn of(path: &Path, stays_open: bool) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        let metadata = std::fs::metadata(&path).ok().filter(Metadata::is_file)?;
        let identity = Identity::of(&metadata);
        let log = stays_open.then(Mutex::default);
        Some(Self { path, identity, log, length: AtomicU64::new(metadata.len()), changed: OnceLock::new() })
    }

    /// Whether it is still the same file; `connection` is one to it.
    pub(super) async fn check(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        self.glance()?;
        let length = self.metadata()?.len();
        if length >= self.length.fetch_max(length, Ordering::Relaxed) {
            return Ok(());
        }
        // Somebody made it smaller: by a `VACUUM`, or by cutting it.
        let whole = query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_one(connection).await;
        if whole.is_ok_and(|found| found == "ok") {
            self.length.store(length, Ordering::Relaxed);
            return Ok(());
        }
        Err(self.changed("truncated"))
    }

    /// The same, by the file system's metadata alone.
    pub(super) fn glance(&self) -> Result<(), Error> {
        if let Some(how) = self.changed.get() {
            return Err(self.changed(how));
        }
        let metadata = self.metadata()?;
        if Identity::of(&metadata) != self.identity {
            return Err(self.changed("replaced by another file"));
        }
        if metadata.len() < HEADER.min(self.length.load(Ordering::Relaxed)) {
            return Err(self.changed("truncated"));
        }
        self.glance_at_log()
    }

    fn metadata(&self) -> Result<Metadata, Error> {
        std::fs::metadata(&self.path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => self.changed("deleted or moved away"),
            _ => Error::File { path: self.path.display().to_string(), source },
        })
    }

    fn glance_at_log(&self) -> Result<(), Error> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut path = self.path.clone().into_os_string();
        path.push("-wal");
        let now = std::fs::metadata(path).ok().map(|metadata| Identity::of(&metadata));
        let mut known = log.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some() && *known != now {
            return Err(self.changed("parted from its write-ahead log, which was deleted or replaced"));
        }
        *known = now;
        Ok(())
    }

    /// What was seen once stays so.
    fn changed(&self, how: &'static str) -> Error {
        let how = self.changed.get_or_init(|| how);
        Error::FileChanged { path: self.path.display().to_string(), how }
    }
}

/// Which file it is, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Windows does not let anybody delete or replace a file that is open.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self {}
    }
}
