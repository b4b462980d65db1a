#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![allow(clippy::doc_markdown, reason = "the names of vendors are not code")]

mod error;
mod header;
mod keys;
mod mac;
mod replay;
mod signer;
mod verified;
mod verifier;
mod weak;

pub use error::{DecodeError, KeyError, SignatureError};
pub use keys::{HIGHLEVEL_ED25519_KEY, HIGHLEVEL_RSA_KEY, PublicKey};
pub use replay::{MemoryReplayGuard, ReplayGuard};
pub use signer::Signer;
pub use verified::{Scheme, Verified};
pub use verifier::{DEFAULT_TOLERANCE, Verifier};

// What a `ReplayGuard` of your own, and whoever calls a `Verifier`, needs to name.
pub use chrono::{DateTime, Utc};
pub use http::HeaderMap;
pub use secrecy::SecretString;
