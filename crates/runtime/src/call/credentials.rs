//! The credential of each attempt.

use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout_at};

use crate::client::CredentialProvider;
use crate::client::credential::Credential;
use crate::error::{Delivery, Error, ErrorKind};
use crate::vendor::Auth;

/// The credentials that a provider gave a call.
#[derive(Default)]
pub(super) struct Provided {
    /// The newest is the last. A vendor may still speak of those before it.
    credentials: Vec<Credential>,
    /// The credential was renewed after a 401, which is done once.
    renewed: bool,
}

impl Provided {
    /// Asks the provider for the credential of an attempt.
    pub(super) async fn request(&mut self, provider: &dyn CredentialProvider, auth: Auth, deadline: Instant) -> Result<(), Error> {
        let credential = timeout_at(deadline, provider.credential()).await.unwrap_or_else(|_elapsed| {
            Err(Error::new(ErrorKind::Timeout, Delivery::NotSent, "no credential was at hand before the call's deadline"))
        });
        let credential = credential.map_err(Error::into_credential_error)?;
        if self.newest().is_none_or(|newest| newest.secret.expose_secret() != credential.expose_secret()) {
            self.credentials.push(Credential::new(auth, credential));
        }
        Ok(())
    }

    /// Whether the provider has another credential than the newest, which the vendor rejected.
    pub(super) async fn renew(&mut self, provider: &dyn CredentialProvider, deadline: Instant) -> Result<bool, Error> {
        let Some(rejected) = self.newest().filter(|_| !self.renewed) else { return Ok(false) };
        let renewed = timeout_at(deadline, provider.rejected(&rejected.secret)).await;
        self.renewed = true;
        renewed.unwrap_or(Ok(false)).map_err(Error::into_credential_error)
    }

    pub(super) fn newest(&self) -> Option<&Credential> {
        self.credentials.last()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.iter()
    }
}
