//! Where logins are kept: the system's keyring, or a file readable by its owner alone where there is none.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::{failure::Failure, output::file as files, profile::Settings};

/// The name of the program in the keyring.
const SERVICE: &str = "reachout";

/// Where a login is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Keyring,
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("keyring"),
            Self::File(path) => write!(f, "file {}", path.display()),
        }
    }
}

/// Secrets by name.
#[derive(Clone, Debug)]
pub struct Vault {
    keyring: bool,
    folder: Option<PathBuf>,
}

impl Vault {
    pub fn new(settings: &Settings) -> Self {
        Self { keyring: settings.uses_keyring(), folder: settings.data().map(|data| data.join("credentials")) }
    }

    /// Where files of this vault are.
    pub fn folder(&self) -> Result<&Path, Failure> {
        self.folder.as_deref().ok_or_else(|| Failure::usage("there is no home directory to keep credentials in; set HOME or XDG_DATA_HOME"))
    }

    /// A secret, and where it is. A keyring that cannot be reached is an error only where no file has it.
    pub async fn get(&self, name: &str) -> Result<Option<(SecretString, Place)>, Failure> {
        if let Ok(folder) = self.folder()
            && let path = file(folder, name)
            && let Some(secret) = read(&path)?
        {
            return Ok(Some((secret, Place::File(path))));
        }
        Ok(self.in_keyring(name, keyring::Entry::get_password).await?.map(|secret| (secret.into(), Place::Keyring)))
    }

    /// Keeps a secret in the keyring, or else in a file.
    pub async fn set(&self, name: &str, secret: SecretString) -> Result<Place, Failure> {
        let folder = self.folder()?;
        let path = file(folder, name);
        let kept = secret.clone();
        if self.keyring && run(name, move |entry| entry.set_password(kept.expose_secret())).await.is_ok() {
            // What an earlier login left would be found first.
            remove(&path)?;
            return Ok(Place::Keyring);
        }
        write(folder, &path, &secret).with_context(|| format!("{} cannot be written", path.display())).map_err(Failure::Usage)?;
        Ok(Place::File(path))
    }

    /// Removes a secret wherever it is; whether there was one.
    pub async fn remove(&self, name: &str) -> Result<bool, Failure> {
        let in_file = match self.folder() {
            Ok(folder) => remove(&file(folder, name))?,
            Err(_) => false,
        };
        match self.in_keyring(name, keyring::Entry::delete_credential).await {
            // It may be locked; the login was not in it.
            Err(_) if in_file => Ok(true),
            removed => Ok(removed?.is_some() || in_file),
        }
    }

    /// Nothing where the keyring does not have the entry, or where there is no keyring.
    async fn in_keyring<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Failure> {
        if !self.keyring {
            return Ok(None);
        }
        match run(name, work).await {
            Ok(value) => Ok(Some(value)),
            Err(keyring::Error::NoEntry | keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_)) => Ok(None),
            Err(error) => {
                Err(Failure::usage(format!("the system's keyring cannot be opened (REACHOUT_KEYRING=off does without it): {error}")))
            }
        }
    }
}

/// The keyring waits for a person to unlock it.
async fn run<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> keyring::Result<T> {
    let name = name.to_owned();
    let done = tokio::task::spawn_blocking(move || keyring::Entry::new(SERVICE, &name).and_then(|entry| work(&entry))).await;
    done.unwrap_or(Err(keyring::Error::NoDefaultStore))
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}.json", name.replace('/', ".")))
}

fn read(path: &Path) -> Result<Option<SecretString>, Failure> {
    let unreadable = |error: io::Error| Failure::usage(format!("{} cannot be read: {error}", path.display()));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        #[cfg(unix)]
        Ok(metadata) if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 => {
            // As `ssh` refuses such a key: whoever could read it may have it already.
            let path = path.display();
            return Err(Failure::usage(format!("{path} can be read by others; `chmod 600 {path}`, and renew the credential in it")));
        }
        Ok(_) => {}
    }
    std::fs::read_to_string(path).map(|text| Some(text.into())).map_err(unreadable)
}

/// The folder is its owner's alone, as the file is.
fn write(folder: &Path, path: &Path, secret: &SecretString) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    files::write(path, secret.expose_secret().as_bytes())
}

fn remove(path: &Path) -> Result<bool, Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::usage(format!("{} cannot be removed: {error}", path.display()))),
    }
}
