//! [`Keys`]: what tokens are encrypted with.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use data_encoding::BASE64_NOPAD;
use reachout_oauth::{StoreError, Tokens};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

const KEY_LEN: usize = 32;
const LONGEST_ID: usize = 100;

/// Begins what is authenticated beside the tokens; another form would have another number.
const CONTEXT: &[u8] = b"reachout-token-store/1";

/// A key of 256 bits, and the name it has in the database.
#[derive(Clone)]
pub struct Key {
    id: String,
    cipher: Arc<RandomizedNonceKey>,
}

/// Why a key cannot be used. The message holds no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key is not base64 of 32 bytes.
    #[error("a key is base64 of 32 random bytes, as `openssl rand -base64 32` makes one")]
    NotAKey,
    /// The key is one byte 32 times: a placeholder.
    #[error("the key is a placeholder")]
    Placeholder,
    /// The id is empty or longer than 100 bytes.
    #[error("a key's id is 1 to 100 bytes")]
    BadId,
    /// Two keys have the same id.
    #[error("two keys have the id `{id}`")]
    #[non_exhaustive]
    SameId {
        /// The id.
        id: String,
    },
}

impl Key {
    /// A key from base64 of its 32 bytes: `openssl rand -base64 32`. The id is stored in plain text beside what the key
    /// encrypts, so that the key can be found again; a date will do.
    pub fn new(id: impl Into<String>, base64: impl Into<SecretString>) -> Result<Self, KeyError> {
        let (id, base64) = (id.into(), base64.into());
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(KeyError::BadId);
        }
        let text = base64.expose_secret().trim().trim_end_matches('=');
        let bytes = Zeroizing::new(BASE64_NOPAD.decode(text.as_bytes()).map_err(|_| KeyError::NotAKey)?);
        if bytes.len() != KEY_LEN {
            return Err(KeyError::NotAKey);
        }
        if bytes.windows(2).all(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(KeyError::Placeholder);
        }
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| KeyError::NotAKey)?;
        Ok(Self { id, cipher: Arc::new(cipher) })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key that tokens are encrypted with, and others that they may be encrypted with.
#[derive(Debug, Clone)]
pub struct Keys {
    present: Key,
    others: Vec<Key>,
}

impl Keys {
    /// One key for all.
    pub fn new(present: Key) -> Self {
        Self { present, others: Vec::new() }
    }

    /// Also reads what another key encrypted, an earlier one or the next. Everything is written with the present one.
    pub fn also_reading(mut self, other: Key) -> Result<Self, KeyError> {
        if self.find(&other.id).is_some() {
            return Err(KeyError::SameId { id: other.id });
        }
        self.others.push(other);
        Ok(self)
    }

    pub(crate) fn present_id(&self) -> &str {
        &self.present.id
    }

    fn find(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.present).chain(&self.others).find(|key| key.id == id)
    }

    /// Encrypts tokens for the row of `account`, with the present key.
    pub(crate) fn seal(&self, account: &str, tokens: &Tokens) -> Result<Sealed, StoreError> {
        let Key { id, cipher } = &self.present;
        let json = tokens.to_json();
        // With room for the tag: a vector that grows leaves the text behind where it was.
        let mut text = Zeroizing::new(Vec::with_capacity(json.expose_secret().len() + AES_256_GCM.tag_len()));
        text.extend_from_slice(json.expose_secret().as_bytes());
        let nonce = cipher
            .seal_in_place_append_tag(bound_to(id, account), &mut *text)
            .map_err(|_| StoreError::new("the tokens cannot be encrypted"))?;
        let bytes = [nonce.as_ref(), text.as_slice()].concat();
        Ok(Sealed { key_id: id.clone(), bytes })
    }

    /// Decrypts what is in the row of `account`.
    pub(crate) fn open(&self, account: &str, sealed: &Sealed) -> Result<Tokens, StoreError> {
        let id = &sealed.key_id;
        let key = self.find(id).ok_or_else(|| {
            StoreError::new(format!("the tokens of `{account}` are encrypted with the key `{id}`, which this store was not given"))
        })?;
        let undecipherable = || {
            StoreError::new(format!(
                "the tokens of `{account}` cannot be decrypted with the key `{id}`: it is another key of that id, or the row was changed"
            ))
        };
        let (nonce, text) = sealed.bytes.split_at_checked(NONCE_LEN).ok_or_else(undecipherable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| undecipherable())?;
        let mut text = Zeroizing::new(text.to_vec());
        let json = key.cipher.open_in_place(nonce, bound_to(id, account), &mut text).map_err(|_| undecipherable())?;
        Ok(Tokens::from_json(std::str::from_utf8(json)?)?)
    }
}

/// Encrypted tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) key_id: String,
    /// Nonce, ciphertext and tag.
    pub(crate) bytes: Vec<u8>,
}

/// What is authenticated beside the tokens: a row that is copied to another account, or under another key's id, does not
/// decrypt. Each part goes with its length, so that no two pairs give the same bytes.
fn bound_to(key_id: &str, account: &str) -> Aad<Vec<u8>> {
    let mut bound = CONTEXT.to_vec();
    for part in [key_id, account] {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part.as_bytes());
    }
    Aad::from(bound)
}
