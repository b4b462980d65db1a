//! Where the credential of a request comes from.

use futures_core::future::BoxFuture;
use secrecy::SecretString;

use crate::error::Error;

/// Hands out the credential of each attempt.
///
/// A fixed API key needs none of this: [`ClientBuilder::credential`](crate::ClientBuilder::credential) takes it.
/// Implement it for a token that changes while the client lives.
pub trait CredentialProvider: std::fmt::Debug + Send + Sync {
    /// The credential for the next attempt; may refresh it first.
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>>;

    /// The vendor answered 401 to this credential. `Ok(true)`: a newer one is at hand, send once more (safe: a 401
    /// was not acted upon).
    fn rejected<'a>(&'a self, credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>>;
}

/// A credential that never changes.
#[derive(Debug)]
pub(crate) struct Fixed(pub(crate) SecretString);

impl CredentialProvider for Fixed {
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }

    fn rejected<'a>(&'a self, _credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}
