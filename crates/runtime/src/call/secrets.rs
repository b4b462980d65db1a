//! What no error, log or observer of a call may show.

use secrecy::{ExposeSecret, SecretString};

use super::credentials::Provided;
use super::prepared::Prepared;
use crate::client::credential::{Credential, Credentials};
use crate::error::Context;
use crate::error::redacted::ID_LIMIT;
use crate::response::redaction::Redactor;

/// The secrets of a call: of its client, of its request, and those that a provider gave. They are kept where they came, and made into a
/// [`Redactor`] only where something is to be shown.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    pub(super) call: &'a Prepared,
    pub(super) provided: &'a Provided,
}

impl Secrets<'_> {
    pub(super) fn all(self) -> Vec<SecretString> {
        self.call.secrets().into_iter().chain(self.provided.iter().flat_map(Credential::secrets)).collect()
    }

    /// Whether the credential is among them yet.
    pub(super) fn has_credential(self) -> bool {
        match self.call.core().tenant().credentials {
            _ if !self.call.is_authenticated() => true,
            Credentials::Fixed(_) => true,
            Credentials::Provider(_) => self.provided.newest().is_some(),
        }
    }

    pub(super) fn redactor(self) -> Redactor {
        Redactor::new(&self.all())
    }

    /// Which call an error belongs to.
    pub(super) fn context(self) -> Context {
        self.call.context(|| self.redactor())
    }

    /// The id of a successful response, as a log may show it. It rarely is as long as a credential, and then there is nothing to look for.
    pub(super) fn redacted_id(self, id: &str) -> String {
        let can_hold = |secret: &&SecretString| {
            let secret = secret.expose_secret();
            secret.len() <= id.len() || secret.contains(['%', '&', '\\', ' '])
        };
        Redactor::new(self.all().iter().filter(can_hold)).line(id, ID_LIMIT)
    }
}
