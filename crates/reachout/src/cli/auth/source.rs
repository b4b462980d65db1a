//! Where the credential of a vendor comes from: the environment, or the login of a profile.

use std::{fmt, sync::Arc};

use reachout_oauth::{App, FileStore, OAuthCredentials, StoreError, StoreLock, TokenStore, Tokens};
use reachout_runtime::{BoxFuture, CredentialProvider, Vendor};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::vault::{Place, Vault};
use crate::cli::{
    failure::Failure,
    profile::{Settings, variable_value},
};

/// What `reachout auth login` keeps.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Login {
    Key { key: String },
    Oauth { client_id: String, client_secret: String },
}

impl Login {
    pub fn to_secret(&self) -> SecretString {
        // Texts always serialise.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key { .. } => "Key",
            Self::Oauth { .. } => "Oauth",
        })
    }
}

/// Where a vendor's credential comes from.
#[derive(Debug)]
pub enum Source {
    Environment { secret: SecretString },
    Login { login: Login, place: Place },
    None,
}

/// The credential itself.
pub enum Credential {
    Fixed(SecretString),
    /// It ends, and is renewed by then.
    Renewed(Arc<dyn CredentialProvider>),
}

/// The name of a vendor's login in the vault.
pub fn name(settings: &Settings, vendor: &Vendor) -> String {
    format!("{}/{}", settings.profile(), vendor.id)
}

impl Source {
    /// A profile that was named by a flag comes before the environment, and the environment before any other.
    pub async fn of(vendor: &Vendor, settings: &Settings) -> Result<Self, Failure> {
        if !settings.is_chosen()
            && let Some(secret) = variable_value(vendor.credential_env)?
        {
            return Ok(Self::Environment { secret: secret.into() });
        }
        let Some((secret, place)) = Vault::new(settings).get(&name(settings, vendor)).await? else { return Ok(Self::None) };
        let login = serde_json::from_str(secret.expose_secret()).map_err(|_| {
            Failure::usage(format!("the login in the {place} cannot be read; log in again: reachout auth login {}", vendor.id))
        })?;
        Ok(Self::Login { login, place })
    }

    /// For people.
    pub fn describe(&self, vendor: &Vendor, settings: &Settings) -> String {
        match self {
            Self::Environment { .. } => format!("environment: {}", vendor.credential_env),
            Self::Login { place, .. } => format!("{place}, profile {}", settings.profile()),
            Self::None => "not set".to_owned(),
        }
    }

    /// The credential, or how to get one.
    pub fn credential(self, vendor: &Vendor, base_url: &str, settings: &Settings) -> Result<Credential, Failure> {
        match self {
            Self::Environment { secret } => Ok(Credential::Fixed(secret)),
            Self::Login { login: Login::Key { key }, .. } => Ok(Credential::Fixed(key.into())),
            Self::Login { login: login @ Login::Oauth { .. }, place } => {
                Ok(Credential::Renewed(Arc::new(oauth(&login, &place, vendor, base_url, settings)?)))
            }
            Self::None => {
                let Vendor { id, name, credential_env, .. } = vendor;
                let profile = settings.profile();
                Err(Failure::usage(if settings.is_chosen() {
                    format!("the profile `{profile}` has no credential for {name}: run `reachout auth login {id} --profile {profile}`")
                } else {
                    format!("there is no credential for {name}: run `reachout auth login {id}`, or set {credential_env}")
                }))
            }
        }
    }
}

/// The tokens of a login through the browser.
pub fn oauth(login: &Login, place: &Place, vendor: &Vendor, base_url: &str, settings: &Settings) -> Result<OAuthCredentials, Failure> {
    let Login::Oauth { client_id, client_secret } = login else { return Err(Failure::usage("this login has no tokens")) };
    let app = App::builder(client_id, client_secret.clone()).base_url(base_url).build()?;
    Ok(OAuthCredentials::new(app, store(place, settings)?, name(settings, vendor)))
}

/// Where the tokens are: beside the login they belong to.
pub fn store(place: &Place, settings: &Settings) -> Result<Arc<dyn TokenStore>, Failure> {
    let vault = Vault::new(settings);
    let files = FileStore::new(vault.folder()?.join("tokens"));
    Ok(match place {
        Place::File(_) => Arc::new(files),
        Place::Keyring => Arc::new(KeyringStore { vault, files }),
    })
}

/// Tokens in the keyring. Files lock them across processes.
#[derive(Debug)]
struct KeyringStore {
    vault: Vault,
    files: FileStore,
}

fn tokens_of(account: &str) -> String {
    format!("{account}/tokens")
}

fn failed(failure: &Failure) -> StoreError {
    StoreError::new(failure.to_string())
}

impl TokenStore for KeyringStore {
    fn load<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Option<Tokens>, StoreError>> {
        Box::pin(async move {
            let Some((json, _)) = self.vault.get(&tokens_of(account)).await.map_err(|failure| failed(&failure))? else { return Ok(None) };
            Tokens::from_json(json.expose_secret()).map(Some).map_err(|error| StoreError::new(error.to_string()))
        })
    }

    fn save<'a>(&'a self, account: &'a str, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.vault.set(&tokens_of(account), tokens.to_json()).await.map(drop).map_err(|failure| failed(&failure)) })
    }

    fn remove<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { self.vault.remove(&tokens_of(account)).await.map(drop).map_err(|failure| failed(&failure)) })
    }

    fn lock<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<StoreLock, StoreError>> {
        self.files.lock(account)
    }
}
