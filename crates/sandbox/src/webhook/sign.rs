//! Signatures, made as the vendors make them.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use reachout_messenger::Vendor;
use reachout_webhooks::{KeyError, Signer};

/// The public half of the key that the sandbox makes `X-GHL-Signature` with, as HighLevel publishes its own: base64 of a
/// `SubjectPublicKeyInfo`. It is the first test key of RFC 8032, section 7.1, and good for nothing but tests.
pub const HIGHLEVEL_WEBHOOK_KEY: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// The private half, which the RFC publishes as well: base64 of its PKCS#8 form.
const HIGHLEVEL_TEST_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

/// The secret of a webhook that was registered without one: the same for every sandbox, so that a receiver's setting is, and good for nothing but
/// tests.
pub const WEBHOOK_SECRET: &str = "sandbox_webhook_secret";

/// Whether signatures can be made with this secret. The error is a sentence.
pub(crate) fn check(vendor: Vendor, secret: &str) -> Result<(), String> {
    headers(vendor, secret, "", (DateTime::UNIX_EPOCH, b"")).map(drop).map_err(|error| format!("secret: {error}"))
}

/// The headers that sign `body` at a time.
pub(crate) fn headers(vendor: Vendor, secret: &str, id: &str, (time, body): (DateTime<Utc>, &[u8])) -> Result<HeaderMap, KeyError> {
    let signers = match vendor {
        Vendor::SendPilot => vec![Signer::sendpilot(secret)?],
        // Hoop AI documents an HMAC of its own; the platform under it signs with its key.
        Vendor::HoopAi => vec![Signer::hoop(secret)?, Signer::highlevel(HIGHLEVEL_TEST_KEY)?],
        Vendor::HighLevel | Vendor::Leadway => vec![Signer::highlevel(HIGHLEVEL_TEST_KEY)?],
        // Leonar signs nothing, and of a vendor without a line here nothing is known.
        _ => Vec::new(),
    };
    let mut headers = HeaderMap::new();
    for signer in signers {
        headers.extend(signer.sign(id, time, body)?);
    }
    Ok(headers)
}
