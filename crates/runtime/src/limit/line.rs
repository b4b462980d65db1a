//! The order in which callers wait for a slot.
//!
//! Who came first goes first, but nobody waits for one who does not come: a future can be kept without being polled. So a caller holds
//! nothing while it waits. Each looks by itself whether it is next, and one for whom a slot has been waiting for too long is passed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::times;

/// Those who wait. It knows no clock of its own.
pub(super) struct Line {
    waiting: VecDeque<Waiting>,
    numbers: u64,
    /// When there is a slot, or since when; `None` if that is not known.
    available: Option<Instant>,
    /// How long a slot waits for each caller who is ahead.
    patience: Duration,
}

struct Waiting {
    number: u64,
    called: Arc<Notify>,
    /// It did not come when it was next. It keeps its place, and nobody waits for it.
    passed: bool,
}

/// A place in the line.
pub(super) struct Ticket {
    number: u64,
    /// Rings when the caller may be next.
    pub(super) called: Arc<Notify>,
}

/// A caller looks at least this often, because a slot may come sooner than it was expected.
const LOOK: Duration = Duration::from_secs(1);

impl Line {
    pub(super) fn new(patience: Duration) -> Self {
        Self { waiting: VecDeque::new(), numbers: 0, available: None, patience }
    }

    /// A place at the end.
    pub(super) fn join(&mut self) -> Ticket {
        let ticket = Ticket { number: self.numbers, called: Arc::default() };
        self.numbers += 1;
        self.waiting.push_back(Waiting { number: ticket.number, called: Arc::clone(&ticket.called), passed: false });
        ticket
    }

    /// How many are ahead of a caller who looks; of one without a ticket, all.
    pub(super) fn ahead(&mut self, ticket: Option<&Ticket>) -> usize {
        let end = ticket.map_or(self.waiting.len(), |ticket| self.index(ticket));
        if let Some(own) = self.waiting.get_mut(end) {
            own.passed = false;
        }
        self.waiting.iter().take(end).filter(|other| !other.passed).count()
    }

    /// There is a slot now, or there will be one.
    pub(super) fn expect(&mut self, slot: Result<(), Option<Instant>>, now: Instant) {
        self.available = match slot {
            Ok(()) => Some(self.available.map_or(now, |since| since.min(now))),
            Err(until) => until,
        };
    }

    /// When there is a slot, or since when.
    pub(super) fn available(&self) -> Option<Instant> {
        self.available
    }

    /// When a caller looks again who has so many others ahead: they have had their time by then.
    pub(super) fn look_again(&self, ahead: usize, now: Instant) -> Instant {
        self.available.unwrap_or(now).min(now + LOOK) + times(self.patience, ahead + 1)
    }

    /// Whether a slot has been waiting for so long that a caller takes it who has so many others ahead.
    pub(super) fn may_pass(&self, ahead: usize, now: Instant) -> bool {
        self.available.is_some_and(|since| since + times(self.patience, ahead + 1) <= now)
    }

    /// Nobody waits any longer for those who are ahead of this caller.
    pub(super) fn pass(&mut self, ticket: Option<&Ticket>) {
        let end = ticket.map_or(self.waiting.len(), |ticket| self.index(ticket));
        self.waiting.iter_mut().take(end).for_each(|other| other.passed = true);
    }

    /// A caller goes, with a slot or without.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        let index = self.index(ticket);
        self.waiting.remove(index);
        if self.waiting.is_empty() {
            // What was known is of a time that is over.
            self.available = None;
        }
        self.call();
    }

    /// Has the next caller look.
    pub(super) fn call(&self) {
        if let Some(next) = self.waiting.iter().find(|waiting| !waiting.passed) {
            next.called.notify_one();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    fn index(&self, ticket: &Ticket) -> usize {
        self.waiting.partition_point(|waiting| waiting.number < ticket.number)
    }
}
