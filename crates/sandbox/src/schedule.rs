//! [`Schedule`]: what is to happen by itself, by the sandbox's time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;

use crate::engine::{Event, Outcome, SentMessage};
use crate::webhook::Post;

/// What happens by itself.
#[derive(Clone, Debug)]
pub(crate) enum Planned {
    /// An event is delivered to the subscribers of the vendor.
    Event(Vendor, Event),
    /// A webhook is delivered later than its event.
    Delivery(Post),
    /// Something becomes of a message.
    Outcome(Box<SentMessage>, Outcome),
}

/// What is to happen by itself, the earliest first, and of the same time in the order in which it was planned.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    planned: BTreeMap<(DateTime<Utc>, u64), Planned>,
    count: u64,
}

impl Schedule {
    pub(crate) fn add(&mut self, time: DateTime<Utc>, planned: Planned) {
        self.count += 1;
        self.planned.insert((time, self.count), planned);
    }

    /// When something is to happen next.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.planned.first_key_value().map(|((time, _), _)| *time)
    }

    /// The first of what is due at `now`, with its time.
    pub(crate) fn take_due(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Planned)> {
        self.next().filter(|time| *time <= now)?;
        self.planned.pop_first().map(|((time, _), planned)| (time, planned))
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }
}
