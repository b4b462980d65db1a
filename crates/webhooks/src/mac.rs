//! HMAC-SHA256 with a shared secret.

use aws_lc_rs::{constant_time, hmac};
use data_encoding::BASE64_NOPAD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::KeyError;

/// Length of an HMAC-SHA256 in bytes.
pub(super) const MAC_LEN: usize = 32;

/// A signature as it came in: decoded, not yet compared.
pub(super) type Candidate = [u8; MAC_LEN];

/// A shared secret, ready for use. The secret's text is not kept.
#[derive(Clone)]
pub(super) struct MacKey(hmac::Key);

impl MacKey {
    /// The secret's characters are the key.
    pub(super) fn from_text(secret: &SecretString) -> Result<Self, KeyError> {
        if secret.expose_secret().trim().is_empty() {
            return Err(KeyError::EmptySecret);
        }
        Self::from_bytes(secret.expose_secret().as_bytes())
    }

    /// `whsec_` and base64, as Svix issues them; the prefix may be missing, as in Svix's own libraries.
    pub(super) fn from_svix(secret: &SecretString) -> Result<Self, KeyError> {
        let text = secret.expose_secret();
        let text = text.strip_prefix("whsec_").unwrap_or(text);
        if text.trim().is_empty() {
            return Err(KeyError::EmptySecret);
        }
        let key = Zeroizing::new(BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| KeyError::NotSvix)?);
        Self::from_bytes(&key)
    }

    fn from_bytes(key: &[u8]) -> Result<Self, KeyError> {
        if key.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    /// The signature over the concatenated parts.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        context.sign()
    }

    /// Whether one of the candidates signs the concatenated parts. The body is hashed once, however many candidates
    /// a sender puts into its header.
    pub(super) fn verifies(&self, parts: &[&[u8]], candidates: &[Candidate]) -> bool {
        let expected = self.sign(parts);
        candidates.iter().any(|candidate| constant_time::verify_slices_are_equal(expected.as_ref(), candidate).is_ok())
    }
}
