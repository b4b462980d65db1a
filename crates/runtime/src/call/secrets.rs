//! What no error of a call may show.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::prepared::Prepared;
use crate::client::Core;
use crate::client::credential::Credential;
use crate::error::redacted::ID_LIMIT;
use crate::request::headers;
use crate::response::redaction::{self, Redactor};

/// The credentials of a call's attempts. They are kept as they came, and made into a [`Redactor`] only where something failed.
#[derive(Default)]
pub(super) struct Secrets {
    current: Option<Arc<Credential>>,
    /// Credentials of earlier attempts. A vendor may still speak of them.
    earlier: Vec<Arc<Credential>>,
}

/// The secrets of a call, and where its callers may have put more of them.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) secrets: &'a Secrets,
    pub(super) core: &'a Core,
    pub(super) call: &'a Prepared,
}

impl Secrets {
    /// The credential of the attempt that begins.
    pub(super) fn begin(&mut self, credential: Option<Arc<Credential>>) {
        let is_same =
            |old: &Arc<Credential>| credential.as_ref().is_some_and(|new| new.secret.expose_secret() == old.secret.expose_secret());
        let old = self.current.take().filter(|old| !is_same(old));
        self.earlier.extend(old);
        self.current = credential;
    }

    pub(super) fn current(&self) -> Option<&Credential> {
        self.current.as_deref()
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

    /// Credentials that callers put into headers are among them.
    pub(super) fn all(self) -> Vec<SecretString> {
        let Self { secrets, core, call } = self;
        let auth = core.vendor().auth;
        let headers = [&core.shared().headers, &call.headers].into_iter().flatten();
        let own =
            headers.filter(|(name, _)| headers::is_credential(auth, name)).flat_map(|(name, value)| redaction::secrets_in(name, value));
        secrets.current.iter().chain(&secrets.earlier).map(|credential| credential.secret.clone()).chain(own).collect()
    }
}
