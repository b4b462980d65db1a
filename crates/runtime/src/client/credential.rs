//! Where the credential of a request comes from.

use std::sync::Arc;

use futures_core::future::BoxFuture;
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use crate::client::Auth;
use crate::error::{Delivery, Error, ErrorKind};
use crate::request::headers;

/// Hands out the credential of each attempt.
///
/// A fixed API key needs none of this: [`ClientBuilder::credential`](crate::ClientBuilder::credential) takes it.
/// Implement it for a token that changes while the client lives.
pub trait CredentialProvider: std::fmt::Debug + Send + Sync {
    /// The credential for the next attempt; may refresh it first.
    fn credential(&self) -> BoxFuture<'_, Result<SecretString, Error>>;

    /// The vendor responded with 401 to this credential. `Ok(true)`: a newer one is at hand, send once more (safe: a 401
    /// was not acted upon).
    fn rejected<'a>(&'a self, credential: &'a SecretString) -> BoxFuture<'a, Result<bool, Error>>;
}

/// Where a client's credential comes from.
pub(crate) enum Credentials {
    /// It never changes, so its header is made once.
    Fixed(Credential),
    Provider(Arc<dyn CredentialProvider>),
}

/// A credential, and the header value that carries it.
pub(crate) struct Credential {
    pub(crate) secret: SecretString,
    /// Marked sensitive; `None` where a header cannot carry it.
    pub(crate) value: Option<HeaderValue>,
}

impl Credentials {
    /// One that never changes.
    pub(crate) fn fixed(auth: Auth, secret: SecretString) -> Result<Self, Error> {
        headers::credential_name(auth).map_err(Error::into_configuration)?;
        let credential = Credential::new(auth, secret);
        credential.value().map_err(Error::into_configuration)?;
        Ok(Self::Fixed(credential))
    }
}

impl Credential {
    pub(crate) fn new(auth: Auth, secret: SecretString) -> Self {
        Self { value: headers::credential_value(auth, &secret), secret }
    }

    /// A copy of its own for each request: threads that send at once would contend for the count of a shared one.
    pub(crate) fn value(&self) -> Result<HeaderValue, Error> {
        let copy = self.value.as_ref().and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
        let sensitive = copy.map(|mut value| {
            value.set_sensitive(true);
            value
        });
        sensitive.ok_or_else(|| {
            let reason = "the credential is empty or has characters that a header cannot carry, such as a line break";
            Error::new(ErrorKind::Credential, Delivery::NotSent, reason)
        })
    }
}
