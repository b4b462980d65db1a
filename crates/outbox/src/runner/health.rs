//! [`Health`]: whether the database of a runner works.

use std::sync::{Mutex, PoisonError};

use super::Event;
use crate::Error;

/// Why the database fails, if it does.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<String>>);

impl Health {
    /// The event of it, if it is new: that the database works again, once.
    pub(super) fn works(&self) -> Option<Event> {
        self.change(None).map(|_| Event::DatabaseBack)
    }

    /// The same of a failure: once for each reason.
    pub(super) fn failed(&self, error: &Error) -> Option<Event> {
        let reason = error.to_string();
        let before = self.change(Some(reason.clone()));
        (before.as_ref() != Some(&reason)).then_some(Event::DatabaseFailed { reason })
    }

    fn change(&self, failure: Option<String>) -> Option<String> {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), failure)
    }
}
