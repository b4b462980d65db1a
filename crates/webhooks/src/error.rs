//! What can be wrong with a webhook, with a key, and with an event's body.

use std::time::Duration;

/// Why a request was not accepted as a webhook of the vendor.
///
/// Nothing in it is secret: it may be logged and, as a 401, sent back to the sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The request carries no signature of the expected scheme. For HighLevel the literal `N/A` counts as absent.
    #[error("header `{header}` is missing")]
    #[non_exhaustive]
    MissingHeader {
        /// The header that was looked for.
        header: &'static str,
    },
    /// A signature header is there and cannot be read.
    #[error("header `{header}` is malformed: {reason}")]
    #[non_exhaustive]
    Malformed {
        /// The header at fault.
        header: &'static str,
        /// What was expected of it.
        reason: &'static str,
    },
    /// The signature belongs to none of the secrets or keys: another key, another body, or a forgery.
    #[error("the signature matches none of the configured keys")]
    NoMatch,
    /// The signature is genuine and too old: a replay, a slow queue, or a clock that is ahead.
    #[error("the message was signed {age:?} ago, which is over the tolerance of {tolerance:?}")]
    #[non_exhaustive]
    TooOld {
        /// Time since the message was signed.
        age: Duration,
        /// What the verifier allows.
        tolerance: Duration,
    },
    /// The signature is genuine and its time lies in the future: a clock is behind.
    #[error("the message was signed {ahead:?} in the future, which is over the tolerance of {tolerance:?}")]
    #[non_exhaustive]
    TooNew {
        /// Time until the moment the message says it was signed.
        ahead: Duration,
        /// What the verifier allows.
        tolerance: Duration,
    },
    /// [`check_timestamp`](super::Verified::check_timestamp) found no RFC 3339 `timestamp` in the body.
    #[error("the body has no RFC 3339 `timestamp`")]
    NoTimestamp,
}

/// Why a secret or key cannot be used. The message never contains the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// An empty list: nothing could ever verify.
    #[error("no webhook secret or key was given")]
    NoKey,
    /// A secret that is empty or blank: anybody could sign with it.
    #[error("a webhook secret is empty")]
    EmptySecret,
    /// A Svix secret is `whsec_` followed by base64.
    #[error("a Svix secret is `whsec_` followed by base64")]
    NotSvix,
    /// Neither PEM nor base64 of an Ed25519 key or an RSA key of 2048 to 8192 bits
    /// (`SubjectPublicKeyInfo` for a public key, PKCS#8 for a private one).
    #[error("expected PEM or base64 of an Ed25519 key or an RSA key of at least 2048 bits (SPKI if public, PKCS#8 if private)")]
    NotAKey,
    /// An Ed25519 key that anybody can sign for: a point of small order, or a placeholder such as 32 equal bytes.
    #[error("the Ed25519 key is a placeholder, or of small order: anybody could sign for it")]
    WeakKey,
    /// The message id has a `.`, which separates the id from the time in what is signed.
    #[error("the message id must not contain `.`")]
    DotInMessageId,
    /// The message id cannot stand in a header.
    #[error("the message id cannot stand in an HTTP header")]
    BadMessageId,
}

/// A genuine webhook whose body is not the expected event.
#[derive(Debug, thiserror::Error)]
#[error("the webhook body does not decode at `{path}`: {source}")]
#[non_exhaustive]
pub struct DecodeError {
    /// Path of the JSON value that does not fit, such as `data.leadId`; `.` is the whole body.
    pub path: String,
    /// What `serde_json` says about it, with line and column.
    pub source: serde_json::Error,
}
