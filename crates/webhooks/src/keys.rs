//! Ed25519 and RSA keys, and the ones HighLevel publishes.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use data_encoding::BASE64_NOPAD;
use secrecy::{ExposeSecret as _, SecretString};

use super::{KeyError, weak_key};

/// The key of HighLevel's `X-GHL-Signature`: base64 of its `SubjectPublicKeyInfo`.
///
/// Source: the vendor's Webhook Integration Guide, <https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide/>.
pub const HIGHLEVEL_ED25519_KEY: &str = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

/// The key of HighLevel's legacy `x-wh-signature`, whose end is announced for the second half of 2026.
///
/// Source: the vendor's Webhook Authentication Guide, `docs/oauth/WebhookAuthentication.md` in
/// <https://github.com/GoHighLevel/highlevel-api-docs>.
pub const HIGHLEVEL_RSA_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC
Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6
dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB
csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv
uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF
3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU
J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp
IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN
h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC
HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ
PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk
T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==
-----END PUBLIC KEY-----
";

/// A public key that webhooks are verified with: Ed25519, or RSA of 2048 to 8192 bits.
#[derive(Clone)]
pub struct PublicKey {
    key: ParsedPublicKey,
    algorithm: Algorithm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Ed25519,
    RsaPkcs1Sha256,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`, as PEM or as the bare base64 inside it. The key itself says its algorithm.
    pub fn from_spki(text: &str) -> Result<Self, KeyError> {
        let der = read_pem(text)?;
        Self::from_der(&der)
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = ParsedPublicKey::new(&ED25519, der) {
            if weak_key::is_weak(der) {
                return Err(KeyError::WeakKey);
            }
            return Ok(Self { key, algorithm: Algorithm::Ed25519 });
        }
        match ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der) {
            Ok(key) => Ok(Self { key, algorithm: Algorithm::RsaPkcs1Sha256 }),
            Err(_) => Err(KeyError::NotAKey),
        }
    }

    pub(super) fn highlevel() -> Vec<Self> {
        [HIGHLEVEL_ED25519_KEY, HIGHLEVEL_RSA_KEY]
            .into_iter()
            // Both are constants that parse; the test `published_keys` fails if one does not.
            .filter_map(|key| Self::from_spki(key).ok())
            .collect()
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn verifies(&self, body: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(body, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?})", self.algorithm)
    }
}

/// A private key, for [`Signer`](super::Signer).
pub(super) enum PrivateKey {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl PrivateKey {
    pub(super) fn from_pkcs8(text: &SecretString) -> Result<Self, KeyError> {
        let der = read_pem(text.expose_secret())?;
        // "Maybe unchecked": OpenSSL writes PKCS#8 v1, which leaves out the public half that would be checked.
        if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            return Ok(Self::Ed25519(key));
        }
        RsaKeyPair::from_pkcs8(&der).map(Self::Rsa).map_err(|_| KeyError::NotAKey)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Rsa(_) => Algorithm::RsaPkcs1Sha256,
        }
    }

    pub(super) fn public_key(&self) -> Result<PublicKey, KeyError> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Ed25519(key) => key.public_key().as_der(),
            Self::Rsa(key) => key.public_key().as_der(),
        }
        .map_err(|_| KeyError::NotAKey)?;
        PublicKey::from_der(der.as_ref())
    }

    pub(super) fn sign(&self, body: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Ed25519(key) => Ok(key.sign(body).as_ref().to_vec()),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), body, &mut signature).map_err(|_| KeyError::NotAKey)?;
                Ok(signature)
            }
        }
    }
}

/// The DER inside one PEM block, or inside bare base64.
fn read_pem(text: &str) -> Result<Vec<u8>, KeyError> {
    let base64: String =
        text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).flat_map(|line| line.trim_end_matches('=').chars()).collect();
    if base64.is_empty() {
        return Err(KeyError::NotAKey);
    }
    BASE64_NOPAD.decode(base64.as_bytes()).map_err(|_| KeyError::NotAKey)
}
