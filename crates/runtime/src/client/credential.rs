//! Where the credential of a request comes from.

use std::sync::Arc;

use futures_core::future::BoxFuture;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Delivery, Error, ErrorKind};
use crate::request::headers;
use crate::route::Token;
use crate::vendor::Auth;

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

    /// Whose token the credential is, where that is known: an operation that takes another kind is not sent with it. It is called after
    /// [`credential`](Self::credential).
    fn token(&self) -> Option<Token> {
        None
    }
}

/// Where a client's credential comes from.
pub(crate) enum Credentials {
    /// It never changes, so its header is made once.
    Fixed(Credential),
    Provider(Arc<dyn CredentialProvider>),
}

/// A credential, and what carries it.
pub(crate) struct Credential {
    pub(crate) secret: SecretString,
    /// Marked sensitive; why it cannot be sent, otherwise.
    values: Result<Vec<(Auth, HeaderValue)>, &'static str>,
}

impl Credentials {
    /// One that never changes.
    pub(crate) fn fixed(auth: Auth, secret: SecretString) -> Result<Self, Error> {
        headers::credential_name(auth).map_err(Error::into_configuration)?;
        let credential = Credential::new(auth, secret);
        credential.values().map_err(Error::into_configuration)?.for_each(drop);
        Ok(Self::Fixed(credential))
    }
}

impl Credential {
    pub(crate) fn new(auth: Auth, secret: SecretString) -> Self {
        Self { values: headers::credential_values(auth, &secret).ok_or(unusable(auth)), secret }
    }

    /// What carries it. Copies of its own for each request: threads that send at once would contend for the count of a shared one.
    pub(crate) fn values(&self) -> Result<impl Iterator<Item = (Auth, HeaderValue)>, Error> {
        let unusable = |reason: &&'static str| Error::new(ErrorKind::Credential, Delivery::NotSent, *reason);
        let values = self.values.as_ref().map_err(unusable)?;
        Ok(values.iter().filter_map(|(auth, value)| {
            let mut copy = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            copy.set_sensitive(true);
            Some((*auth, copy))
        }))
    }

    /// Everything that no error may show: the credential, its parts, and what it is encoded as.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = SecretString> {
        let password = |auth: &Auth| matches!(auth, Auth::Basic).then(|| self.secret.expose_secret().split_once(':')).flatten();
        let carried = self.values.iter().flatten().flat_map(move |(auth, value)| {
            let text = value.to_str().unwrap_or_default();
            let text = text.rsplit(' ').next().unwrap_or(text);
            [Some(text.to_owned()), password(auth).map(|(_, password)| password.to_owned())]
        });
        let parts = carried.flatten().filter(|part| !part.is_empty() && part != self.secret.expose_secret());
        std::iter::once(self.secret.clone()).chain(parts.map(SecretString::from))
    }
}

/// Why a credential cannot be sent, by what carries it.
const fn unusable(auth: Auth) -> &'static str {
    match auth {
        Auth::Basic => "the credential is not `user:password`, or has characters that a header cannot carry, such as a line break",
        Auth::Each(_) => {
            "the credential lacks a part, one for each key with a space between them, or has characters that a header cannot carry, such as a line break"
        }
        Auth::Bearer | Auth::Header(_) | Auth::Query(_) => {
            "the credential is empty or has characters that a header cannot carry, such as a line break"
        }
    }
}
