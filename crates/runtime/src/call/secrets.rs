//! What no error of a call may show.

use secrecy::{ExposeSecret, SecretString};

use super::prepared::Prepared;
use crate::client::credential::{Credential, Credentials};
use crate::error::redacted::ID_LIMIT;
use crate::request::{Parts, headers};
use crate::response::redaction::{self, Redactor};

/// The credentials that a provider gave a call. They are kept as they came, and made into a [`Redactor`] only where something failed.
#[derive(Default)]
pub(super) struct Secrets {
    /// The newest is the last. A vendor may still speak of those before it.
    provided: Vec<Credential>,
}

/// The secrets of a call, and where its callers may have put more of them.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) secrets: &'a Secrets,
    pub(super) call: &'a Prepared,
}

impl Secrets {
    /// The credential of the attempt that begins.
    pub(super) fn begin(&mut self, credential: Credential) {
        if self.newest().is_none_or(|newest| newest.secret.expose_secret() != credential.secret.expose_secret()) {
            self.provided.push(credential);
        }
    }

    pub(super) fn newest(&self) -> Option<&Credential> {
        self.provided.last()
    }
}

impl Known<'_> {
    pub(super) fn redactor(self) -> Redactor {
        Redactor::new(&self.all())
    }

    /// The id of a successful response, as a log may show it. It rarely is as long as a credential, and then there is nothing to look for.
    pub(super) fn without_secrets(self, id: &str) -> String {
        let can_hold = |secret: &&SecretString| {
            let secret = secret.expose_secret();
            secret.len() <= id.len() || secret.contains(['%', '&', '\\', ' '])
        };
        Redactor::new(self.all().iter().filter(can_hold)).line(id, ID_LIMIT)
    }

    /// Those of the request, and those that a provider gave.
    pub(super) fn all(self) -> Vec<SecretString> {
        let provided = self.secrets.provided.iter().flat_map(Credential::secrets);
        self.call.secrets().into_iter().chain(provided).collect()
    }
}

/// The client's own credential, if it never changes, and those that callers put into headers.
pub(super) fn of_request(request: &Parts) -> Vec<SecretString> {
    let core = &request.core;
    let auth = core.vendor().auth;
    let headers = [&core.shared().headers, &request.headers].into_iter().flatten();
    let own = headers.filter(|(name, _)| headers::is_credential(auth, name)).flat_map(|(name, value)| redaction::secrets_in(name, value));
    let fixed = match &core.tenant().credentials {
        Credentials::Fixed(credential) => Some(credential),
        Credentials::Provider(_) => None,
    };
    fixed.into_iter().flat_map(Credential::secrets).chain(own).collect()
}
