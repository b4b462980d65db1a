//! [`Verified`]: a genuine webhook, its identity, its time, and its event.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{DecodeError, SignatureError};

/// How a webhook was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// SendPilot's documented `Webhook-Signature: v1,t=…,s=…`.
    SendPilot,
    /// `svix-…` or `webhook-…` headers.
    Svix,
    /// `X-GHL-Signature`, Ed25519.
    HighLevel,
    /// `x-wh-signature`, RSA: HighLevel is retiring it.
    HighLevelLegacy,
    /// `x-wl-signature`, HMAC.
    Hoop,
}

/// A webhook whose signature is genuine and, where the scheme signs a time, fresh.
#[derive(Clone)]
#[must_use = "read the event with `json`"]
pub struct Verified<'b> {
    pub(super) body: &'b [u8],
    pub(super) scheme: Scheme,
    pub(super) header_id: Option<String>,
    /// Whether the vendor's own id in the body goes before the id of the carrier in the header.
    pub(super) id_in_body: bool,
    pub(super) signed_at: Option<DateTime<Utc>>,
    pub(super) received_at: DateTime<Utc>,
    pub(super) tolerance: Duration,
}

/// The names that vendors give a message in its body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    event_id: Option<String>,
    webhook_id: Option<String>,
}

#[derive(Deserialize)]
struct Timestamp {
    timestamp: DateTime<Utc>,
}

impl<'b> Verified<'b> {
    /// The bytes that were verified.
    pub fn body(&self) -> &'b [u8] {
        self.body
    }

    /// How the webhook was signed.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// When the verifier's clock says it was received. Hand it to [`ReplayGuard::first_seen`](super::ReplayGuard::first_seen).
    pub fn received_at(&self) -> DateTime<Utc> {
        self.received_at
    }

    /// The time the signature covers. HighLevel and Hoop sign none: see [`check_timestamp`](Self::check_timestamp).
    pub fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.signed_at
    }

    /// What stays the same when this message is delivered again: SendPilot's `eventId`, HighLevel's and Hoop's
    /// `webhookId`, and `svix-id` for anything else that is signed the Svix way.
    ///
    /// `None` if the body has no such field.
    pub fn message_id(&self) -> Option<String> {
        if !self.id_in_body {
            return self.header_id.clone();
        }
        let identity: Option<Identity> = serde_json::from_slice(self.body).ok();
        identity.and_then(|identity| identity.event_id.or(identity.webhook_id)).or_else(|| self.header_id.clone())
    }

    /// Checks that the message was made within the verifier's tolerance, and says when.
    ///
    /// Where the header carries the time, [`verify`](super::Verifier::verify) did this already. For HighLevel and Hoop
    /// this reads the body's `timestamp`. It is a step of its own because HighLevel delivers a message again, ten
    /// minutes and more later, when the receiver responded 429: a receiver that does so needs a longer
    /// [`tolerance`](super::Verifier::tolerance) and a [`ReplayGuard`](super::ReplayGuard), or the guard alone.
    pub fn check_timestamp(&self) -> Result<DateTime<Utc>, SignatureError> {
        let at = match self.signed_at {
            Some(at) => at,
            None => serde_json::from_slice::<Timestamp>(self.body).map_err(|_| SignatureError::NoTimestamp)?.timestamp,
        };
        self.check_age(at)?;
        Ok(at)
    }

    /// Decodes the event. The error names the path of the value that does not fit, such as `data.leadId`.
    pub fn json<T: Deserialize<'b>>(&self) -> Result<T, DecodeError> {
        let mut json = serde_json::Deserializer::from_slice(self.body);
        let event = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| DecodeError { path: error.path().to_string(), source: error.into_inner() })?;
        json.end().map_err(|source| DecodeError { path: ".".to_owned(), source })?;
        Ok(event)
    }

    pub(super) fn check_age(&self, at: DateTime<Utc>) -> Result<(), SignatureError> {
        let tolerance = self.tolerance;
        // `to_std` fails on a negative span, so exactly one of the two is the distance.
        let age = (self.received_at - at).to_std().unwrap_or_default();
        let ahead = (at - self.received_at).to_std().unwrap_or_default();
        if age > tolerance {
            Err(SignatureError::TooOld { age, tolerance })
        } else if ahead > tolerance {
            Err(SignatureError::TooNew { ahead, tolerance })
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Verified<'_> {
    /// Without the body, which is somebody's conversation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("scheme", &self.scheme)
            .field("signed_at", &self.signed_at)
            .field("received_at", &self.received_at)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
