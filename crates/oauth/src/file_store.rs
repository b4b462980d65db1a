//! [`FileStore`]: one file an account, readable by its owner alone.

mod disk;
mod sweep;

use std::fs::TryLockError;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, sleep};

use super::{StoreError, StoreLock, TokenStore, Tokens};
use sweep::Sweeper;

/// Tokens in a directory, one JSON file an account.
///
/// - A file is written anew beside the old one, flushed to disk, and renamed over it, so that a crash or a full disk
///   leaves either the old tokens or the new ones. What a process that was killed left beside it is removed later.
/// - Before a refresh token is spent, a file of the size of its successor is written, flushed and removed again.
/// - On Unix a file is created with mode 0600 and the directory, if it is missing, with 0700. A file that others may
///   read is refused, as `ssh` refuses such a key: another user may hold the tokens already, and the
///   application should hear about it. `chmod 600` makes it acceptable. Other systems' permissions are not checked.
/// - Refreshes are kept apart across processes by locking `<account>.lock`. This needs a file system with advisory
///   locks, which most network ones have too.
/// - A token file that is no plain file, such as a pipe, or is larger than 1 MiB is refused.
/// - A token file that is a symbolic link is refused: the lock lies beside the link, and would not keep apart two
///   directories that link to one file. A link to the whole directory is fine.
/// - An account becomes a file name by percent-encoding everything but `a`-`z`, `0`-`9`, `-` and `_`. Capitals
///   are encoded too, so that ids that differ in case stay apart where file names do not.
#[derive(Debug, Clone)]
pub struct FileStore {
    directory: PathBuf,
    lock_timeout: Duration,
    sweeper: Arc<Sweeper>,
}

/// With capitals encoded (see above), which `NON_ALPHANUMERIC` alone would let through.
const FILE_NAME: &AsciiSet = &capitals(NON_ALPHANUMERIC.remove(b'-').remove(b'_'));

/// The longest file name that common file systems take, less `.json` and the temporary file's affixes.
const LONGEST_NAME: usize = 220;

const LOCK_RETRY: Duration = Duration::from_millis(50);

impl FileStore {
    /// Keeps tokens in `directory`, which is created with the first account.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), lock_timeout: Duration::from_secs(90), sweeper: Arc::default() }
    }

    /// How long to wait for another process that is refreshing the same account: 90 seconds if not set, which is more
    /// than the total deadline of a refresh.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    fn path(&self, account: &str, extension: &str) -> Result<PathBuf, StoreError> {
        let name = utf8_percent_encode(account, FILE_NAME).to_string();
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(StoreError::new("the account's name is empty or too long for a file name"));
        }
        Ok(self.directory.join(format!("{name}.{extension}")))
    }
}

impl TokenStore for FileStore {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            blocking(move || disk::read(&path)).await
        })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            let (directory, sweeper) = (self.directory.clone(), Arc::clone(&self.sweeper));
            let json = tokens.to_json();
            // Once begun, the closure runs to its end even if this future is dropped.
            blocking(move || {
                disk::create_directory(&directory)?;
                sweeper.sweep(&directory);
                disk::replace(&directory, &path, json.expose_secret().as_bytes())
            })
            .await
        })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            blocking(move || disk::remove(&path)).await
        })
    }

    fn reserve<'a>(&'a self, account: &'a str, _lock: &'a StoreLock, bytes: usize) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            let (directory, sweeper) = (self.directory.clone(), Arc::clone(&self.sweeper));
            blocking(move || {
                disk::create_directory(&directory)?;
                sweeper.sweep(&directory);
                disk::check_writable(&directory, &path, bytes)
            })
            .await
        })
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "lock")?;
            let directory = self.directory.clone();
            let shown = path.clone();
            let failed = move |error: io::Error| StoreError::because(format_args!("cannot lock {}", shown.display()), error);
            let opened = blocking(move || {
                disk::create_directory(&directory)?;
                Ok(disk::open_lock(&path))
            });
            let file = opened.await?.map_err(&failed)?;
            let give_up = Instant::now() + self.lock_timeout;
            // Polled, because a blocking wait would hold a thread, and the runtime's end, for as long.
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(StoreLock::new(file)),
                    Err(TryLockError::WouldBlock) if Instant::now() < give_up => sleep(LOCK_RETRY).await,
                    Err(TryLockError::WouldBlock) => {
                        return Err(failed(io::Error::new(
                            ErrorKind::TimedOut,
                            "another process has been refreshing this account for too long",
                        )));
                    }
                    Err(TryLockError::Error(error)) => return Err(failed(error)),
                }
            }
        })
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::because("the file operation did not finish", error)),
    }
}

const fn capitals(mut set: AsciiSet) -> AsciiSet {
    let mut letter = b'A';
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
}
