//! [`Disposition`]: what is done with a message that a worker holds.

use std::sync::Arc;
use std::time::Duration;

use super::delay::Delay;
use super::event::Event;
use super::job::Begun;
use crate::{Channel, Error, State};

/// What is done with a message that a worker holds: the gates before the step to `sending` decide it.
pub(super) enum Disposition {
    /// Every gate is open, and the step to `sending` is committed.
    Send(Begun),
    /// It is sent later.
    Requeue(Delay),
    /// It is settled without being sent.
    Settle { state: State, code: &'static str, reason: String },
    /// The vendor refuses its recipient, by one channel or by all: it is settled, and that is kept for later messages.
    Refuse { code: String, reason: String, channel: Option<Channel> },
    /// The account does not serve before a person did something, for this reason: it is paused, and the message requeued.
    Pause { code: &'static str, reason: String },
    /// The step found a reason against sending it, and has changed the message accordingly.
    Refused(Event),
    /// The database failed before the step to `sending`.
    DatabaseFailed(Error),
    /// The database failed in the step: whether it was committed is not known, but nothing was sent.
    StepFailed(Arc<Error>),
}

impl Disposition {
    /// For a message that waits for its turn.
    pub(super) fn requeue(time: Duration, code: &'static str) -> Self {
        Self::Requeue(Delay::new(time, code))
    }
}
