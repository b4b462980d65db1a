//! Why a message was not sent.

use std::fmt;
use std::time::Duration;

use reachout_runtime::{Advice, Delivery, StatusCode};
use serde::{Serialize, Serializer};

use crate::{Unsupported, Vendor};

/// Why a message was not sent, or is not known to be sent. `Display` is one sentence that a person can act on, and so is `{:?}`.
///
/// As JSON it is what [`reachout_runtime::Error`] is, which every error here can be [made into](From).
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The vendor has no such thing, or needs what the message lacks. Nothing was sent.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The client failed: configuration, network, or an error response.
    #[error(transparent)]
    Client(#[from] reachout_runtime::Error),
    /// The vendor responded with success, and said in its response that the message was not sent.
    #[error("{} did not send the message: {reason}", vendor.name())]
    Refused {
        /// Who refused.
        vendor: Vendor,
        /// Why, in the vendor's words.
        reason: String,
    },
}

impl Error {
    /// Whether the message was delivered. Look at it before sending again.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Unsupported(_) => Delivery::NotSent,
            Self::Client(error) => error.delivery(),
            Self::Refused { .. } => Delivery::Rejected,
        }
    }

    /// What to do now.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Unsupported(_) => Advice::FixRequest,
            Self::Client(error) => error.advice(),
            Self::Refused { .. } => Advice::Stop,
        }
    }

    /// The HTTP status, if there was an error response.
    pub fn status(&self) -> Option<StatusCode> {
        self.client()?.status()
    }

    /// The vendor's error code.
    pub fn code(&self) -> Option<&str> {
        self.client()?.code()
    }

    /// The vendor's id of the request, to be quoted to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.client()?.request_id()
    }

    /// How long the vendor, or the client's own pacing, asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.client()?.retry_after()
    }

    fn client(&self) -> Option<&reachout_runtime::Error> {
        match self {
            Self::Client(error) => Some(error),
            Self::Unsupported(_) | Self::Refused { .. } => None,
        }
    }
}

/// The client's error as it was. Of the others sentence and delivery stay, and [`source`](std::error::Error::source) is the [`Unsupported`].
impl From<Error> for reachout_runtime::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Client(error) => error,
            Error::Unsupported(unsupported) => Self::invalid_request(unsupported.to_string()).with_source(unsupported),
            Error::Refused { .. } => Self::refused(error.to_string()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => fmt::Debug::fmt(error, f),
            Self::Unsupported(_) | Self::Refused { .. } => fmt::Display::fmt(self, f),
        }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Client(error) => error.serialize(serializer),
            Self::Unsupported(unsupported) => reachout_runtime::Error::invalid_request(unsupported.to_string()).serialize(serializer),
            Self::Refused { .. } => reachout_runtime::Error::refused(self.to_string()).serialize(serializer),
        }
    }
}

/// As [`reachout_runtime::Error`].
#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Error {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        reachout_runtime::Error::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        reachout_runtime::Error::json_schema(generator)
    }
}
