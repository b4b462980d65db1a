//! What no error of a call may show.

use secrecy::{ExposeSecret, SecretString};

use super::Prepared;
use crate::client::Core;
use crate::error::redacted::ID_LIMIT;
use crate::request::headers;
use crate::response::redaction::{self, Redactor};

/// The credentials of a call's attempts. They are kept as they came, and made into a [`Redactor`] only where something failed.
#[derive(Default)]
pub(super) struct Secrets {
    current: Option<SecretString>,
    /// Credentials of earlier attempts. A vendor may still speak of them.
    earlier: Vec<SecretString>,
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
    pub(super) fn begin(&mut self, credential: Option<SecretString>) {
        let is_same = |old: &SecretString| credential.as_ref().is_some_and(|new| new.expose_secret() == old.expose_secret());
        let old = self.current.take().filter(|old| !is_same(old));
        self.earlier.extend(old);
        self.current = credential;
    }

    pub(super) fn current(&self) -> Option<&SecretString> {
        self.current.as_ref()
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
        let headers = [&core.shared.headers, &call.headers].into_iter().flatten();
        let own =
            headers.filter(|(name, _)| headers::is_credential(auth, name)).flat_map(|(name, value)| redaction::secrets_in(name, value));
        secrets.current.iter().chain(&secrets.earlier).cloned().chain(own).collect()
    }
}
