//! The credentials that the outbox's messages name.

use std::fmt;

use reachout_messenger::Vendor;
use reachout_outbox::{Account, AccountClient, Accounts, BoxFuture, Clients, EnvAccounts, Error};
use reachout_sandbox::Sandbox;

use crate::cli::{
    auth::source::{Credential, Source},
    call::{Access, api},
    failure::Failure,
    profile::{Settings, variable_value},
};

/// A credential's name is that of a profile. That of the profile in force is what every command uses; another one is in the vendor's
/// variable with the name at its end, such as `LEONAR_API_KEY_ACME`, or else the login of the profile of that name.
pub struct ByProfile {
    /// For each vendor, where it is simulated, and with which credential.
    sandbox: Vec<(Vendor, String, &'static str)>,
    base_url: Option<String>,
    /// The profile that --profile names.
    chosen: Option<String>,
}

impl ByProfile {
    pub fn new(access: &Access<'_>) -> Self {
        let simulated = access
            .sandbox()
            .into_iter()
            .flat_map(|sandbox| Vendor::ALL.map(|vendor| (vendor, sandbox.base_url(vendor), Sandbox::api_key(vendor))));
        let settings = access.settings;
        Self {
            sandbox: simulated.collect(),
            base_url: access.given_base_url().map(str::to_owned),
            chosen: settings.is_chosen().then(|| settings.profile().to_owned()),
        }
    }

    /// Where the vendor is, and the credential.
    async fn find(&self, account: &Account) -> Result<(String, Credential), Failure> {
        if let Some((_, url, key)) = self.sandbox.iter().find(|(vendor, ..)| *vendor == account.vendor) {
            return Ok((url.clone(), Credential::Fixed((*key).into())));
        }
        let vendor = api(account.vendor)?.vendor;
        let own = Settings::load(self.chosen.as_deref())?;
        if account.credential == own.profile() {
            let (url, _) = own.base_url(vendor, self.base_url.as_deref())?;
            let credential = Source::of(vendor, &own).await?.credential(vendor, &url, &own)?;
            return Ok((url, credential));
        }
        let variable = EnvAccounts::variable(account);
        if let Some(secret) = std::env::var_os(&variable).map(|_| variable_value(&variable)).transpose()?.flatten() {
            return Ok((own.base_url(vendor, self.base_url.as_deref())?.0, Credential::Fixed(secret.into())));
        }
        let other = Settings::load(Some(&account.credential))?;
        let (url, _) = other.base_url(vendor, self.base_url.as_deref())?;
        match Source::of(vendor, &other).await? {
            Source::None => Err(Failure::usage(format!(
                "there is no credential for {account}: run `reachout auth login {} --profile {}`, or set {variable}",
                vendor.id, account.credential
            ))),
            source => Ok((url.clone(), source.credential(vendor, &url, &other)?)),
        }
    }

    /// Says what is missing before anything is sent.
    pub async fn check(&self, account: &Account) -> Result<(), Failure> {
        self.find(account).await.map(drop)
    }
}

impl Accounts for ByProfile {
    fn open<'a>(&'a self, account: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        Box::pin(async move {
            let (url, credential) = self.find(account).await.map_err(|failure| Error::Other(failure.to_string()))?;
            clients.account(|builder| {
                let builder = builder.base_url(&url).user_agent(concat!("reachout/", env!("CARGO_PKG_VERSION")));
                Ok(match &credential {
                    Credential::Fixed(secret) => builder.credential(secret.clone()),
                    Credential::Renewed(provider) => builder.credential_provider(provider.clone()),
                })
            })
        })
    }
}

impl fmt::Debug for ByProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByProfile").field("chosen", &self.chosen).finish_non_exhaustive()
    }
}
