//! [`Verifier`]: one scheme with its keys, its tolerance and its clock.

use std::ffi::OsStr;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::HeaderMap;
use secrecy::SecretString;

use super::header::{self, HIGHLEVEL, HIGHLEVEL_LEGACY, HOOP, SENDPILOT};
use super::keys::Algorithm;
use super::mac::MacKey;
use super::{KeyError, PublicKey, Scheme, SignatureError, Verified};

/// How far the time of a signature may lie from the receiver's clock, either way, unless
/// [`Verifier::tolerance`] says otherwise: five minutes, which is what Svix's libraries use and HighLevel suggests.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The variable with public keys for HighLevel's webhooks instead of those that HighLevel publishes.
pub const HIGHLEVEL_WEBHOOK_KEY: &str = "HIGHLEVEL_WEBHOOK_KEY";

/// Checks that a request is a webhook of one vendor. Build it once and share it: it is cheap to clone.
///
/// Several secrets or keys are accepted at the same time, so that one can be rotated without losing a delivery
/// (SendPilot, for example, signs with either for 24 hours).
#[derive(Clone)]
#[must_use = "a verifier does nothing until `verify` is called"]
pub struct Verifier {
    keys: Arc<Keys>,
    tolerance: Duration,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

enum Keys {
    SendPilot { as_text: Vec<MacKey>, as_svix: Vec<MacKey> },
    Svix(Vec<MacKey>),
    HighLevel(Vec<PublicKey>),
    Hoop(Vec<MacKey>),
}

impl Verifier {
    /// SendPilot, with the secret that its dashboard showed when the webhook was created.
    ///
    /// A `Webhook-Signature: v1,t=…,s=…` header is verified as SendPilot documents it. Receivers have also observed
    /// deliveries signed the [`svix`](Self::svix) way; one without the documented header is verified like that,
    /// with those of the secrets that are base64.
    pub fn sendpilot(secrets: impl IntoIterator<Item: Into<SecretString>>) -> Result<Self, KeyError> {
        let secrets = secrets.into_iter().map(Into::into).collect::<Vec<SecretString>>();
        let as_text = mac_keys(&secrets, MacKey::from_text)?;
        let as_svix = secrets.iter().filter_map(|secret| MacKey::from_svix(secret).ok()).collect();
        Ok(Self::new(Keys::SendPilot { as_text, as_svix }))
    }

    /// Svix, and anything that follows Standard Webhooks: `svix-id`, `svix-timestamp` and `svix-signature`, or the
    /// same three as `webhook-…`. A secret is `whsec_` followed by base64.
    pub fn svix(secrets: impl IntoIterator<Item: Into<SecretString>>) -> Result<Self, KeyError> {
        let secrets = secrets.into_iter().map(Into::into).collect::<Vec<SecretString>>();
        Ok(Self::new(Keys::Svix(mac_keys(&secrets, MacKey::from_svix)?)))
    }

    /// HighLevel and its white-label editions (Hoop AI, Leadway CRM), with the keys HighLevel publishes.
    ///
    /// `X-GHL-Signature` (Ed25519) decides where it is present; `x-wh-signature` (RSA, legacy) counts only where it
    /// is not. The literal `N/A` is HighLevel's way of leaving a header out.
    ///
    /// Neither header carries a time. [`Verified::check_timestamp`] reads the one inside the body.
    pub fn highlevel() -> Self {
        Self::new(Keys::HighLevel(PublicKey::highlevel()))
    }

    /// HighLevel with the keys of the variable [`HIGHLEVEL_WEBHOOK_KEY`], separated by commas, or else with [the published ones](Self::highlevel):
    /// one program for the vendor, where the variable is not set, and for a sandbox, whose key `reachout sandbox env` exports. A variable that is
    /// set and holds no key is an error.
    pub fn highlevel_from_env() -> Result<Self, KeyError> {
        Self::highlevel_from(std::env::var_os(HIGHLEVEL_WEBHOOK_KEY).as_deref())
    }

    fn highlevel_from(keys: Option<&OsStr>) -> Result<Self, KeyError> {
        let Some(keys) = keys else { return Ok(Self::highlevel()) };
        let keys = keys.to_str().ok_or(KeyError::NotAKey)?.split(',');
        Self::highlevel_with(keys.map(PublicKey::from_spki).collect::<Result<Vec<_>, _>>()?)
    }

    /// HighLevel with the given keys instead of the published ones: after a rotation, against a sandbox, or without
    /// the RSA key to refuse legacy signatures.
    pub fn highlevel_with(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, KeyError> {
        let keys: Vec<_> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(KeyError::NoKey);
        }
        Ok(Self::new(Keys::HighLevel(keys)))
    }

    /// Hoop AI's `x-wl-signature`: HMAC-SHA256 of the body with the webhook secret, in hex or base64.
    ///
    /// Only Hoop's own help pages describe this header. If your deliveries carry `X-GHL-Signature` instead, the
    /// platform signed them: use [`highlevel`](Self::highlevel).
    pub fn hoop(secrets: impl IntoIterator<Item: Into<SecretString>>) -> Result<Self, KeyError> {
        let secrets = secrets.into_iter().map(Into::into).collect::<Vec<SecretString>>();
        Ok(Self::new(Keys::Hoop(mac_keys(&secrets, MacKey::from_text)?)))
    }

    fn new(keys: Keys) -> Self {
        Self { keys: Arc::new(keys), tolerance: DEFAULT_TOLERANCE, clock: Arc::new(Utc::now) }
    }

    /// How far the time of a signature may lie from the clock, either way.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Replaces the system clock, for tests.
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Verifies a request by its headers and the bytes of its body exactly as they arrived.
    ///
    /// The signature is checked before the time, so [`TooOld`](SignatureError::TooOld) and
    /// [`TooNew`](SignatureError::TooNew) are only ever said of genuine messages.
    pub fn verify<'b>(&self, headers: &HeaderMap, body: &'b [u8]) -> Result<Verified<'b>, SignatureError> {
        let signed = match &*self.keys {
            Keys::SendPilot { as_text, as_svix } => match header::single(headers, SENDPILOT)? {
                Some(text) if header::is_documented(text) => verify_documented(as_text, text, body),
                _ if headers.contains_key(header::SVIX.signature) || headers.contains_key(SENDPILOT) => verify_svix(as_svix, headers, body),
                _ => Err(SignatureError::MissingHeader { header: SENDPILOT }),
            },
            Keys::Svix(keys) => verify_svix(keys, headers, body),
            Keys::HighLevel(keys) => verify_highlevel(keys, headers, body),
            Keys::Hoop(keys) => verify_hoop(keys, headers, body),
        }?;
        let has_vendor_id = !matches!(&*self.keys, Keys::Svix(_));
        let verified = Verified {
            body,
            scheme: signed.scheme,
            header_id: signed.id,
            id_in_body: has_vendor_id,
            signed_at: signed.at,
            received_at: (self.clock)(),
            tolerance: self.tolerance,
        };
        if let Some(at) = signed.at {
            verified.check_age(at)?;
        }
        Ok(verified)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, keys) = match &*self.keys {
            Keys::SendPilot { as_text, .. } => ("SendPilot", as_text.len()),
            Keys::Svix(keys) => ("Svix", keys.len()),
            Keys::HighLevel(keys) => ("HighLevel", keys.len()),
            Keys::Hoop(keys) => ("Hoop", keys.len()),
        };
        f.debug_struct("Verifier").field("scheme", &scheme).field("keys", &keys).field("tolerance", &self.tolerance).finish_non_exhaustive()
    }
}

/// What a matching signature covers besides the body.
struct Signed {
    scheme: Scheme,
    id: Option<String>,
    at: Option<DateTime<Utc>>,
}

fn mac_keys(secrets: &[SecretString], read: impl Fn(&SecretString) -> Result<MacKey, KeyError>) -> Result<Vec<MacKey>, KeyError> {
    if secrets.is_empty() {
        return Err(KeyError::NoKey);
    }
    secrets.iter().map(read).collect()
}

fn verify_documented(keys: &[MacKey], text: &str, body: &[u8]) -> Result<Signed, SignatureError> {
    let header = header::documented(text)?;
    let parts = [header.time_text.as_bytes(), b".", body];
    require(keys.iter().any(|key| key.verifies(&parts, &header.signatures)))?;
    Ok(Signed { scheme: Scheme::SendPilot, id: None, at: Some(header.time) })
}

fn verify_svix(keys: &[MacKey], headers: &HeaderMap, body: &[u8]) -> Result<Signed, SignatureError> {
    let header = header::svix(headers)?;
    let parts = [header.id.as_bytes(), b".", header.time_text.as_bytes(), b".", body];
    require(keys.iter().any(|key| key.verifies(&parts, &header.signatures)))?;
    Ok(Signed { scheme: Scheme::Svix, id: Some(header.id.to_owned()), at: Some(header.time) })
}

fn verify_highlevel(keys: &[PublicKey], headers: &HeaderMap, body: &[u8]) -> Result<Signed, SignatureError> {
    let present = |header| Ok(header::single(headers, header)?.filter(|text| !text.is_empty() && *text != "N/A"));
    let (header, text, algorithm, scheme) = match present(HIGHLEVEL)? {
        Some(text) => (HIGHLEVEL, text, Algorithm::Ed25519, Scheme::HighLevel),
        None => match present(HIGHLEVEL_LEGACY)? {
            Some(text) => (HIGHLEVEL_LEGACY, text, Algorithm::RsaPkcs1Sha256, Scheme::HighLevelLegacy),
            None => return Err(SignatureError::MissingHeader { header: HIGHLEVEL }),
        },
    };
    let signature = header::base64_bytes(header, text)?;
    require(keys.iter().any(|key| key.algorithm() == algorithm && key.verifies(body, &signature)))?;
    Ok(Signed { scheme, id: None, at: None })
}

fn verify_hoop(keys: &[MacKey], headers: &HeaderMap, body: &[u8]) -> Result<Signed, SignatureError> {
    let text = header::single(headers, HOOP)?.ok_or(SignatureError::MissingHeader { header: HOOP })?;
    let signature = header::hoop(text)?;
    require(keys.iter().any(|key| key.verifies(&[body], &[signature])))?;
    Ok(Signed { scheme: Scheme::Hoop, id: None, at: None })
}

fn require(matches: bool) -> Result<(), SignatureError> {
    if matches { Ok(()) } else { Err(SignatureError::NoMatch) }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{Keys, Verifier};
    use crate::{HIGHLEVEL_ED25519_KEY, KeyError};

    #[test]
    fn keys_of_the_environment_take_the_place_of_the_published_ones() {
        let keys = |text: Option<&str>| match &*Verifier::highlevel_from(text.map(OsStr::new))?.keys {
            Keys::HighLevel(keys) => Ok::<_, KeyError>(keys.len()),
            _ => Ok(0),
        };
        assert!(matches!(keys(None), Ok(2)));
        assert!(matches!(keys(Some(HIGHLEVEL_ED25519_KEY)), Ok(1)));
        assert!(matches!(keys(Some(&format!("{HIGHLEVEL_ED25519_KEY},{HIGHLEVEL_ED25519_KEY}"))), Ok(2)));
        for wrong in ["", " ", "secret"] {
            assert!(matches!(keys(Some(wrong)), Err(KeyError::NotAKey)), "{wrong:?}");
        }
    }
}
