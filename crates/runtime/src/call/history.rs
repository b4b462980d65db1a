//! The attempts of a call that are over.

use crate::error::{Delivery, EarlierAttempts, Error};

/// Counts the attempts of a call, and keeps what its error needs of them.
#[derive(Default)]
pub(super) struct History {
    /// Requests sent, for whatever reason.
    sent: u32,
    /// Failed attempts that the retry policy counts: neither redirects nor a renewed credential.
    failed: u32,
    earlier: EarlierAttempts,
    /// The error of the attempt before; it says more than "no time left for another".
    last: Option<Error>,
}

impl History {
    /// How many requests were sent.
    pub(super) fn sent(&self) -> u32 {
        self.sent
    }

    /// How many attempts failed, as the retry policy counts them.
    pub(super) fn failed(&self) -> u32 {
        self.failed
    }

    pub(super) fn count_request(&mut self) {
        self.sent += 1;
    }

    pub(super) fn count_failure(&mut self) {
        self.failed += 1;
    }

    /// The vendor responded to an attempt, however the next ends.
    pub(super) fn responded(&mut self) {
        self.earlier = self.earlier.and_delivery(Delivery::Rejected);
    }

    /// Another attempt follows the one that failed with this.
    pub(super) fn record(&mut self, error: Error) {
        self.earlier = self.earlier.and(&error);
        self.last = Some(error);
    }

    /// The error of the last attempt, or else this one.
    pub(super) fn last_or(&mut self, error: Error) -> Error {
        self.last.take().unwrap_or(error)
    }

    pub(super) fn earlier(&self) -> EarlierAttempts {
        self.earlier
    }
}
