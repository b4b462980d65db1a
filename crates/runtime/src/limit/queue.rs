//! The order in which callers wait for a slot.
//!
//! First come, first served, except that a caller that is not polled does not block the others: a future can be kept without being polled.
//! So a caller holds nothing while it waits. Each checks by itself whether it is next, and one that left a slot unused for too long is
//! skipped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::times;

/// The callers that wait. It has no clock of its own.
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    numbers: u64,
    /// When there is a slot, or since when; `None` if that is not known.
    available: Option<Instant>,
    /// How long a slot is kept for each caller ahead.
    grace: Duration,
}

struct Waiting {
    number: u64,
    woken: Arc<Notify>,
    /// It was not polled when it was next. It keeps its place, and does not block the others.
    skipped: bool,
}

/// A place in the queue.
pub(super) struct Ticket {
    number: u64,
    /// Notified when the caller may be next.
    pub(super) woken: Arc<Notify>,
}

/// A caller checks at least this often, because a slot may be free sooner than expected.
const RECHECK: Duration = Duration::from_secs(1);

impl Queue {
    pub(super) fn new(grace: Duration) -> Self {
        Self { waiting: VecDeque::new(), numbers: 0, available: None, grace }
    }

    /// A place at the end.
    pub(super) fn push(&mut self) -> Ticket {
        let ticket = Ticket { number: self.numbers, woken: Arc::default() };
        self.numbers += 1;
        self.waiting.push_back(Waiting { number: ticket.number, woken: Arc::clone(&ticket.woken), skipped: false });
        ticket
    }

    /// The number of callers ahead of one that checks; without a ticket, all of them.
    pub(super) fn ahead(&mut self, ticket: Option<&Ticket>) -> usize {
        let end = ticket.map_or(self.waiting.len(), |ticket| self.index(ticket));
        if let Some(own) = self.waiting.get_mut(end) {
            own.skipped = false;
        }
        self.waiting.iter().take(end).filter(|other| !other.skipped).count()
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

    /// When a caller with this number of others ahead checks again: the grace of all of them is over by then.
    pub(super) fn recheck_at(&self, ahead: usize, now: Instant) -> Instant {
        self.available.unwrap_or(now).min(now + RECHECK) + times(self.grace, ahead + 1)
    }

    /// Whether a slot has been free for longer than the grace of this number of callers ahead.
    pub(super) fn may_overtake(&self, ahead: usize, now: Instant) -> bool {
        self.available.is_some_and(|since| since + times(self.grace, ahead + 1) <= now)
    }

    /// The callers ahead of this one do not block it any longer.
    pub(super) fn skip_before(&mut self, ticket: Option<&Ticket>) {
        let end = ticket.map_or(self.waiting.len(), |ticket| self.index(ticket));
        self.waiting.iter_mut().take(end).for_each(|other| other.skipped = true);
    }

    /// A caller is done, with a slot or without.
    pub(super) fn remove(&mut self, ticket: &Ticket) {
        let index = self.index(ticket);
        self.waiting.remove(index);
        if self.waiting.is_empty() {
            // Nobody updates it without a queue.
            self.available = None;
        }
        self.wake_next();
    }

    /// Wakes the next caller.
    pub(super) fn wake_next(&self) {
        if let Some(next) = self.waiting.iter().find(|waiting| !waiting.skipped) {
            next.woken.notify_one();
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
