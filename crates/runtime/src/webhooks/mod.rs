//! Receiving webhooks: is this request really from the vendor, is it fresh, and was it seen before?
//!
//! | [`Verifier`] | header | signature |
//! |---|---|---|
//! | [`sendpilot`](Verifier::sendpilot) | `Webhook-Signature: v1,t=…,s=…`, or the [`svix`](Verifier::svix) headers | HMAC-SHA256, hex |
//! | [`svix`](Verifier::svix) | `svix-id`, `svix-timestamp`, `svix-signature` (or `webhook-…`) | HMAC-SHA256, base64 |
//! | [`highlevel`](Verifier::highlevel) | `X-GHL-Signature`, else the legacy `x-wh-signature` | Ed25519, else RSA PKCS#1 v1.5 with SHA-256 |
//! | [`hoop`](Verifier::hoop) | `x-wl-signature` | HMAC-SHA256, hex or base64 |
//!
//! A signature covers the bytes of the body as they arrived. Hand [`Verifier::verify`] those bytes:
//! a body that was parsed and serialised again has other bytes and does not verify.
//!
//! ```
//! use reachout_runtime::webhooks::{Signer, Verifier};
//!
//! // Both secrets are accepted while the old one is being rotated out.
//! let verifier = Verifier::sendpilot(["new secret", "old secret"])?;
//!
//! # let body = br#"{"eventId":"evt_1","eventType":"reply.received","data":{}}"#;
//! # let headers = Signer::sendpilot("old secret")?.sign("evt_1", chrono::Utc::now(), body)?;
//! let verified = verifier.verify(&headers, body)?;
//! let event: serde_json::Value = verified.json()?;
//! assert_eq!(verified.message_id().as_deref(), Some("evt_1"));
//! # assert_eq!(event["eventType"], "reply.received");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Vendors deliver a message again when they are unsure that it arrived. [`ReplayGuard`] keeps
//! [`Verified::message_id`]s and tells the first delivery from the others.
//!
//! All cryptography is `aws-lc-rs`, which rustls links already; comparisons are constant-time.
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
