//! [`Signer`]: what the vendors do, for tests and the sandbox.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;

use super::header::{HIGHLEVEL, HIGHLEVEL_LEGACY, HOOP, SENDPILOT, SVIX};
use super::keys::{Algorithm, PrivateKey};
use super::mac::MacKey;
use super::{KeyError, PublicKey};

/// Signs webhooks the way a vendor does, for the tests of a receiver and for the sandbox.
pub struct Signer(Method);

enum Method {
    SendPilot(MacKey),
    Svix(MacKey),
    Hoop(MacKey),
    HighLevel(PrivateKey),
}

impl Signer {
    /// `Webhook-Signature: v1,t=…,s=…`, as SendPilot documents it.
    pub fn sendpilot(secret: impl Into<SecretString>) -> Result<Self, KeyError> {
        MacKey::from_text(&secret.into()).map(|key| Self(Method::SendPilot(key)))
    }

    /// `svix-id`, `svix-timestamp` and `svix-signature`, with a `whsec_` secret.
    pub fn svix(secret: impl Into<SecretString>) -> Result<Self, KeyError> {
        MacKey::from_svix(&secret.into()).map(|key| Self(Method::Svix(key)))
    }

    /// `x-wl-signature` in hex.
    pub fn hoop(secret: impl Into<SecretString>) -> Result<Self, KeyError> {
        MacKey::from_text(&secret.into()).map(|key| Self(Method::Hoop(key)))
    }

    /// `X-GHL-Signature` with an Ed25519 key, `x-wh-signature` with an RSA one: PKCS#8, as PEM or its base64.
    ///
    /// A receiver accepts it after [`Verifier::highlevel_with`](super::Verifier::highlevel_with)
    /// got the [`public_key`](Self::public_key).
    pub fn highlevel(private_key: impl Into<SecretString>) -> Result<Self, KeyError> {
        PrivateKey::from_pkcs8(&private_key.into()).map(|key| Self(Method::HighLevel(key)))
    }

    /// The public half of a HighLevel key; `None` for the schemes with a shared secret.
    pub fn public_key(&self) -> Option<PublicKey> {
        match &self.0 {
            Method::HighLevel(key) => key.public_key().ok(),
            _ => None,
        }
    }

    /// The headers to send along with `body`. `message_id` is sent by Svix alone and `at` by SendPilot and Svix alone:
    /// the others carry both inside the body.
    pub fn sign(&self, message_id: &str, at: DateTime<Utc>, body: &[u8]) -> Result<HeaderMap, KeyError> {
        let time = at.timestamp().to_string();
        let headers = match &self.0 {
            Method::SendPilot(key) => {
                let mac = key.sign(&[time.as_bytes(), b".", body]);
                vec![(SENDPILOT, format!("v1,t={time},s={}", HEXLOWER.encode(mac.as_ref())))]
            }
            Method::Svix(key) => {
                if message_id.contains('.') {
                    return Err(KeyError::DotInMessageId);
                }
                let mac = key.sign(&[message_id.as_bytes(), b".", time.as_bytes(), b".", body]);
                vec![
                    (SVIX.id, message_id.to_owned()),
                    (SVIX.timestamp, time),
                    (SVIX.signature, format!("v1,{}", BASE64.encode(mac.as_ref()))),
                ]
            }
            Method::Hoop(key) => vec![(HOOP, HEXLOWER.encode(key.sign(&[body]).as_ref()))],
            Method::HighLevel(key) => {
                let name = match key.algorithm() {
                    Algorithm::Ed25519 => HIGHLEVEL,
                    Algorithm::RsaPkcs1Sha256 => HIGHLEVEL_LEGACY,
                };
                vec![(name, BASE64.encode(&key.sign(body)?))]
            }
        };
        headers
            .into_iter()
            .map(|(name, value)| {
                let value = HeaderValue::try_from(value).map_err(|_| KeyError::BadMessageId)?;
                Ok((HeaderName::from_static(name), value))
            })
            .collect()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match &self.0 {
            Method::SendPilot(_) => "SendPilot",
            Method::Svix(_) => "Svix",
            Method::Hoop(_) => "Hoop",
            Method::HighLevel(_) => "HighLevel",
        };
        f.debug_tuple("Signer").field(&scheme).finish()
    }
}
