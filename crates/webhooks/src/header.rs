//! Reading signature headers. Everything here is reachable by anybody on the internet.

use chrono::{DateTime, Utc};
use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use http::header::HeaderMap;

use super::SignatureError;
use super::mac::{Candidate, MAC_LEN};

pub(super) const SENDPILOT: &str = "webhook-signature";
pub(super) const HOOP: &str = "x-wl-signature";
pub(super) const HIGHLEVEL: &str = "x-ghl-signature";
pub(super) const HIGHLEVEL_LEGACY: &str = "x-wh-signature";

/// The three headers of a Svix delivery.
pub(super) struct SvixNames {
    pub(super) id: &'static str,
    pub(super) timestamp: &'static str,
    pub(super) signature: &'static str,
}

pub(super) const SVIX: SvixNames = SvixNames { id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature" };

/// The names that the Standard Webhooks specification gives the same three.
const STANDARD_WEBHOOKS: SvixNames = SvixNames { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" };

/// `v1,t=<unix seconds>,s=<hex>`, SendPilot's documented header.
pub(super) struct Documented<'h> {
    /// As received, because these characters are what is signed.
    pub(super) time_text: &'h str,
    pub(super) time: DateTime<Utc>,
    pub(super) signatures: Vec<Candidate>,
}

/// The headers of a Svix delivery.
pub(super) struct Svix<'h> {
    pub(super) id: &'h str,
    /// As received, because these characters are what is signed.
    pub(super) time_text: &'h str,
    pub(super) time: DateTime<Utc>,
    pub(super) signatures: Vec<Candidate>,
}

/// The header's text; `None` without the header. A repeated one is refused: which of the two would count?
pub(super) fn single<'h>(headers: &'h HeaderMap, header: &'static str) -> Result<Option<&'h str>, SignatureError> {
    let mut values = headers.get_all(header).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed(header, "it appears more than once"));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(malformed(header, "it is not visible ASCII")),
    }
}

/// Whether the text is of SendPilot's documented form. The Standard Webhooks header of the same name is not:
/// its `v1,` is followed by base64, where `t=` and `s=` cannot stand.
pub(super) fn is_documented(text: &str) -> bool {
    text.split(',').map(str::trim).any(|part| part.starts_with("t=") || part.starts_with("s="))
}

pub(super) fn documented(text: &str) -> Result<Documented<'_>, SignatureError> {
    let bad = |reason| malformed(SENDPILOT, reason);
    let mut parts = text.split(',').map(str::trim);
    if parts.next() != Some("v1") {
        return Err(bad("its version is not `v1`"));
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for part in parts {
        if let Some(text) = part.strip_prefix("t=") {
            let value = unix_time(text).ok_or_else(|| bad("`t` is not a Unix time in seconds"))?;
            if time.replace((text, value)).is_some() {
                return Err(bad("`t` appears more than once"));
            }
        } else if let Some(text) = part.strip_prefix("s=") {
            signatures.push(hex(text).ok_or_else(|| bad("`s` is not the hex of a SHA-256"))?);
        }
    }
    let (time_text, time) = time.ok_or_else(|| bad("it has no `t`"))?;
    if signatures.is_empty() {
        return Err(bad("it has no `s`"));
    }
    Ok(Documented { time_text, time, signatures })
}

/// The `svix-…` headers, or else the `webhook-…` ones.
pub(super) fn svix(headers: &HeaderMap) -> Result<Svix<'_>, SignatureError> {
    let names =
        if headers.contains_key(SVIX.signature) || !headers.contains_key(STANDARD_WEBHOOKS.signature) { SVIX } else { STANDARD_WEBHOOKS };
    let required = |header| single(headers, header)?.filter(|text| !text.is_empty()).ok_or(SignatureError::MissingHeader { header });
    let list = required(names.signature)?;
    let id = required(names.id)?;
    // `id.time.body` is what is signed: with a `.` in the id, one signature would fit several messages.
    if id.contains('.') {
        return Err(malformed(names.id, "it contains `.`"));
    }
    let time_text = required(names.timestamp)?;
    let time = unix_time(time_text).ok_or_else(|| malformed(names.timestamp, "it is not a Unix time in seconds"))?;
    // Other versions (`v1a` is asymmetric) may stand in the list and are passed over.
    let signatures: Vec<_> = list.split(' ').filter_map(|item| base64(item.strip_prefix("v1,")?)).collect();
    if signatures.is_empty() {
        return Err(malformed(names.signature, "no `v1,` with the base64 of a SHA-256 is in it"));
    }
    Ok(Svix { id, time_text, time, signatures })
}

/// Hoop documents the algorithm and not the encoding: hex and base64 differ in length, so both are read.
pub(super) fn hoop(text: &str) -> Result<Candidate, SignatureError> {
    hex(text).or_else(|| base64(text)).ok_or_else(|| malformed(HOOP, "it is neither hex nor base64 of a SHA-256"))
}

/// Base64 of any length: an Ed25519 or RSA signature.
pub(super) fn base64_bytes(header: &'static str, text: &str) -> Result<Vec<u8>, SignatureError> {
    BASE64_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| malformed(header, "it is not base64"))
}

fn base64(text: &str) -> Option<Candidate> {
    BASE64_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok()?.try_into().ok()
}

fn hex(text: &str) -> Option<Candidate> {
    if text.len() != 2 * MAC_LEN {
        return None;
    }
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Digits only: a sign or a fraction is nothing a vendor sends.
fn unix_time(text: &str) -> Option<DateTime<Utc>> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    DateTime::from_timestamp(text.parse().ok()?, 0)
}

fn malformed(header: &'static str, reason: &'static str) -> SignatureError {
    SignatureError::Malformed { header, reason }
}
