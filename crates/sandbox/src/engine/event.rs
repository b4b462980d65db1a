//! [`Event`]: what a subscriber of the vendor's webhooks is told of.

use std::time::Duration;

use super::store::Fields;

/// Something that happened, under the name the vendor's webhooks give it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub name: &'static str,
    /// The fields of the payload, or of its `data` where the vendor wraps it.
    pub data: Fields,
    /// How long from now it happens, in the sandbox's time.
    pub after: Duration,
}

impl Event {
    pub(crate) fn new(name: &'static str, data: Fields) -> Self {
        Self { name, data, after: Duration::ZERO }
    }

    /// The event, so much later.
    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }
}
