//! Why a message was not sent.

use reachout_runtime::Delivery;

use crate::{Unsupported, Vendor};

/// Why a message was not sent, or is not known to be sent. `Display` is one sentence that a person can act on.
#[derive(Debug, thiserror::Error)]
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
}
