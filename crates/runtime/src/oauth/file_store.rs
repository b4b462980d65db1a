//! [`FileStore`]: one file an account, readable by its owner alone.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_core::future::BoxFuture;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use secrecy::zeroize::Zeroizing;
use tokio::time::{Instant, sleep};

use super::store::{StoreError, StoreLock, TokenStore};
use super::tokens::Tokens;

/// Tokens in a directory, one JSON file an account.
///
/// - A file is written anew beside the old one, flushed to disk, and renamed over it, so that a crash or a full disk
///   leaves either the old tokens or the new ones.
/// - On Unix a file is created with mode 0600 and the directory, if it is missing, with 0700. A file that others may
///   read is refused, as `ssh` refuses such a key: whoever could read it may hold the tokens already, and the
///   application should hear about it. `chmod 600` makes it acceptable. Other systems' permissions are not checked.
/// - Refreshes are kept apart across processes by locking `<account>.lock`. This needs a file system with advisory
///   locks, which most network ones have too.
/// - An account becomes a file name by percent-encoding everything but `a`-`z`, `0`-`9`, `-` and `_`. Capitals
///   are encoded too, so that ids that differ in case stay apart where file names do not.
#[derive(Debug, Clone)]
pub struct FileStore {
    directory: PathBuf,
    lock_timeout: Duration,
}

/// With capitals encoded (see above), which `NON_ALPHANUMERIC` alone would let through.
const FILE_NAME: &AsciiSet = &capitals(NON_ALPHANUMERIC.remove(b'-').remove(b'_'));

/// The longest file name that common file systems take, less room for `.json` and the temporary file's affixes.
const LONGEST_NAME: usize = 220;

const LOCK_RETRY: Duration = Duration::from_millis(50);

impl FileStore {
    /// Keeps tokens in `directory`, which is created with the first account.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), lock_timeout: Duration::from_secs(90) }
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
            blocking(move || read(&path)).await
        })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            let directory = self.directory.clone();
            let json = tokens.to_json();
            // Once begun, the closure runs to its end even if this future is dropped.
            blocking(move || {
                create_directory(&directory)?;
                replace(&directory, &path, json.expose_secret().as_bytes())
                    .map_err(|error| StoreError::because(format_args!("cannot write {}", path.display()), error))
            })
            .await
        })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let path = self.path(account, "json")?;
            blocking(move || match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(StoreError::because(format_args!("cannot remove {}", path.display()), error))
                }
                _ => Ok(()),
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
                create_directory(&directory)?;
                Ok(private_options().write(true).create(true).truncate(false).open(&path))
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

fn read(path: &Path) -> Result<Option<Tokens>, StoreError> {
    let failed = |error: io::Error| StoreError::because(format_args!("cannot read {}", path.display()), error);
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

fn replace(directory: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    // Created with a random name, mode 0600, and never through an existing file or link.
    let mut file = tempfile::Builder::new().prefix(".tokens-").tempfile_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_directory(directory)
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

fn create_directory(directory: &Path) -> Result<(), StoreError> {
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
