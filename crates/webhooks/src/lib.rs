#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod error;
mod header;
mod keys;
mod mac;
mod replay;
mod signer;
mod verified;
mod verifier;
mod weak_key;

pub use error::{DecodeError, KeyError, SignatureError};
pub use keys::{HIGHLEVEL_ED25519_KEY, HIGHLEVEL_RSA_KEY, PublicKey};
pub use replay::{MemoryReplayGuard, ReplayGuard};
pub use signer::Signer;
pub use verified::{Scheme, Verified};
pub use verifier::{DEFAULT_TOLERANCE, HIGHLEVEL_WEBHOOK_KEY, Verifier};

// What a `ReplayGuard` of your own, and a caller of `Verifier`, need to name.
pub use chrono::{DateTime, Utc};
pub use http::HeaderMap;
pub use secrecy::SecretString;
