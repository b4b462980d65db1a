//! Webhook signatures against vectors of other implementations, and against everything that is not one.

mod events;
mod example;
mod keys;
mod properties;
mod replay;
mod schemes;
mod tamper;
mod vectors;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use reachout_webhooks::{PublicKey, Verifier};

/// Headers from a table row; a name may repeat.
fn headers(rows: &[(&str, &str)]) -> HeaderMap {
    rows.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// The verifier's clock stands at `seconds`.
fn frozen(verifier: Verifier, seconds: i64) -> Verifier {
    verifier.clock(move || at(seconds))
}

fn sendpilot() -> Verifier {
    frozen(Verifier::sendpilot([vectors::SENDPILOT_SECRET]).unwrap(), vectors::TIME)
}

fn highlevel() -> Verifier {
    Verifier::highlevel_with([public(vectors::ED25519_PUBLIC), public(vectors::RSA_PUBLIC)]).unwrap()
}

fn hoop() -> Verifier {
    Verifier::hoop([vectors::HOOP_SECRET]).unwrap()
}

fn public(spki: &str) -> PublicKey {
    PublicKey::from_spki(spki).unwrap()
}

/// The header SendPilot documents, for the given time and signature.
fn documented(time: &str, hex: &str) -> String {
    format!("v1,t={time},s={hex}")
}
