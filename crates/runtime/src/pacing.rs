//! Keeps a client within its vendor's rate limit.
//!
//! The limit is kept for every stretch of time, not on average: a slot that was used is free again one period after
//! the vendor was last able to count it, which is when its answer arrived. A token bucket such as `governor`'s would
//! let twice the limit pass within one period (its burst, and what trickles in after it). It also has no queue, knows
//! nothing of response headers, and does not run on tokio's clock, which the tests stop.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::client::RateLimit;
use crate::error::Error;
use crate::retry_after::Allowance;

/// Whether and how a client spreads its requests.
///
/// A budget belongs to one built client and all its clones, [`with`](crate::Core::with) included. Callers are served
/// in the order in which they came. A request that could not leave before its deadline fails at once, unsent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing(Mode);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Documented,
    Off,
    Custom(RateLimit),
}

impl Pacing {
    /// By the vendor's documented limit, corrected by its rate-limit headers. No pacing if it documents none.
    pub const fn documented() -> Self {
        Self(Mode::Documented)
    }

    /// No pacing: requests leave at once, and a 429 is left to the retry policy.
    pub const fn off() -> Self {
        Self(Mode::Off)
    }

    /// At most `requests` in any stretch of time as long as `per`. Rate-limit headers can only lower it.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self(Mode::Custom(RateLimit::new(requests, per)))
    }

    pub(crate) fn pacer(self, documented: Option<RateLimit>) -> Result<Option<Arc<Pacer>>, Error> {
        let (limit, adopts) = match self.0 {
            Mode::Documented => (documented, true),
            Mode::Off => (None, false),
            Mode::Custom(limit) => (Some(limit), false),
        };
        match limit {
            None => Ok(None),
            Some(limit) if limit.requests == 0 || limit.per.is_zero() => {
                Err(Error::configuration("pacing needs at least one request in a period longer than zero"))
            }
            Some(limit) => Ok(Some(Arc::new(Pacer::new(limit, adopts)))),
        }
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::documented()
    }
}

/// The budget that all clones of a client share.
pub(crate) struct Pacer {
    /// Held by the caller who is next. Tokio's mutex is fair, and leaving its queue costs nothing.
    turn: tokio::sync::Mutex<()>,
    /// How many callers want a permit, the one with the turn included.
    queued: AtomicUsize,
    slots: Mutex<Slots>,
    /// Tells the caller with the turn that a slot changed.
    changed: Notify,
}

/// A request would have to wait beyond its deadline: so long, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong(pub(crate) Duration);

impl Pacer {
    fn new(limit: RateLimit, adopts: bool) -> Self {
        Self {
            turn: tokio::sync::Mutex::const_new(()),
            queued: AtomicUsize::new(0),
            slots: Mutex::new(Slots::new(RateLimit { per: limit.per.min(FOREVER), ..limit }, adopts)),
            changed: Notify::new(),
        }
    }

    /// Waits for a slot. Dropping the future gives up the place in the queue and leaves nothing behind.
    pub(crate) async fn acquire(self: &Arc<Self>, deadline: Instant) -> Result<Permit, TooLong> {
        let place = Place::take(self);
        let arrived = Instant::now();
        let expected = self.slots().expected(place.ahead, arrived);
        if expected > deadline {
            return Err(TooLong(expected.saturating_duration_since(arrived)));
        }
        let beyond_deadline = |_| TooLong(deadline.saturating_duration_since(arrived));
        let _turn = timeout_at(deadline, self.turn.lock()).await.map_err(beyond_deadline)?;
        loop {
            let now = Instant::now();
            let wake = match self.slots().take(now) {
                Ok(()) => return Ok(Permit { pacer: Some(Arc::clone(self)), sent: false }),
                Err(wake) => wake,
            };
            match wake {
                Some(at) if at > deadline => return Err(TooLong(at.saturating_duration_since(now))),
                // A change may bring the time forward, so it ends the sleep as well.
                Some(at) => drop(timeout_at(at, self.changed.notified()).await),
                None => timeout_at(deadline, self.changed.notified()).await.map_err(beyond_deadline)?,
            }
        }
    }

    /// Lets nobody pass for `wait`.
    pub(crate) fn pause(&self, wait: Duration) {
        self.slots().pause_until(Instant::now() + wait.min(FOREVER));
    }

    fn release(&self, sent: bool, allowance: Allowance) {
        let now = Instant::now();
        let mut slots = self.slots();
        slots.release(sent, now);
        slots.observe(allowance, now);
        drop(slots);
        self.changed.notify_one();
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to send one request.
#[must_use = "dropping a permit gives it back"]
pub(crate) struct Permit {
    /// `None` once it is given back.
    pacer: Option<Arc<Pacer>>,
    sent: bool,
}

impl Permit {
    /// From here on the vendor may count the request.
    pub(crate) fn sent(&mut self) {
        self.sent = true;
    }

    /// The vendor answered, and its headers tell what is left.
    pub(crate) fn answered(mut self, allowance: Allowance) {
        if let Some(pacer) = self.pacer.take() {
            pacer.release(true, allowance);
        }
    }

    /// The vendor cannot have counted the request.
    pub(crate) fn unsent(&mut self) {
        self.sent = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.take() {
            pacer.release(self.sent, Allowance::default());
        }
    }
}

/// A place in the queue.
struct Place<'a> {
    pacer: &'a Pacer,
    ahead: usize,
}

impl<'a> Place<'a> {
    fn take(pacer: &'a Pacer) -> Self {
        Self { pacer, ahead: pacer.queued.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.pacer.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The state of a budget at one moment; it knows no clock of its own.
struct Slots {
    limit: RateLimit,
    /// The limit as configured.
    own: RateLimit,
    /// Whether a limit in the vendor's headers replaces ours, or can only lower it.
    adopts: bool,
    in_flight: usize,
    /// When each used slot is free again, in ascending order.
    used: VecDeque<Instant>,
    /// Slots that others use, by the last word of the vendor: how many, and until when.
    foreign: (usize, Instant),
    paused_until: Option<Instant>,
}

impl Slots {
    fn new(limit: RateLimit, adopts: bool) -> Self {
        Self { limit, own: limit, adopts, in_flight: 0, used: VecDeque::new(), foreign: (0, Instant::now()), paused_until: None }
    }

    /// Takes a slot, or tells when to look again; without a time, when something changes.
    fn take(&mut self, now: Instant) -> Result<(), Option<Instant>> {
        self.tidy(now);
        if self.paused_until.is_some() {
            return Err(self.paused_until);
        }
        if self.free() == 0 {
            let foreign = Some(self.foreign.1).filter(|_| self.foreign.0 > 0);
            return Err(self.used.front().copied().into_iter().chain(foreign).min());
        }
        self.in_flight += 1;
        Ok(())
    }

    fn release(&mut self, sent: bool, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if sent {
            let free_again = now + self.limit.per;
            let index = self.used.partition_point(|other| *other <= free_again);
            self.used.insert(index, free_again);
        }
    }

    /// The earliest time at which a caller with so many others ahead can have a slot.
    fn expected(&mut self, ahead: usize, now: Instant) -> Instant {
        self.tidy(now);
        let limit = self.limit.requests as usize;
        let (round, place) = (ahead / limit, ahead % limit);
        let slot = match place.checked_sub(self.free()) {
            None => now,
            Some(index) => self.freed(index, now),
        };
        let rounds = u32::try_from(round).unwrap_or(u32::MAX);
        let slot = slot + self.limit.per.saturating_mul(rounds).min(FOREVER);
        self.paused_until.map_or(slot, |until| slot.max(until))
    }

    fn observe(&mut self, allowance: Allowance, now: Instant) {
        let Some(interval) = allowance.interval else {
            // A count without a period tells nothing about when to go on.
            return;
        };
        if let Some(maximum) = allowance.maximum {
            let stated = RateLimit::new(maximum, interval);
            self.limit = if self.adopts || is_stricter(stated, self.own) { stated } else { self.own };
        }
        let Some(remaining) = allowance.remaining else { return };
        self.tidy(now);
        let until = now + interval;
        // Others use the same budget: what is missing without our doing is theirs.
        self.foreign = ((self.free() + self.foreign.0).saturating_sub(remaining as usize), until);
        if remaining == 0 {
            self.pause_until(until);
        }
    }

    fn pause_until(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    fn free(&self) -> usize {
        (self.limit.requests as usize).saturating_sub(self.in_flight + self.used.len() + self.foreign.0)
    }

    /// When the slot is free that is freed after `index` others.
    fn freed(&self, index: usize, now: Instant) -> Instant {
        let (foreign, until) = self.foreign;
        let sooner = self.used.partition_point(|free_again| *free_again <= until);
        // What is still in flight can end now at the earliest.
        let own = |index: usize| self.used.get(index).copied().unwrap_or(now + self.limit.per);
        match index.checked_sub(sooner) {
            None => own(index),
            Some(after) if after < foreign => until,
            Some(_) => own(index - foreign),
        }
    }

    fn tidy(&mut self, now: Instant) {
        let free_again = self.used.partition_point(|free_again| *free_again <= now);
        self.used.drain(..free_again);
        if self.foreign.1 <= now {
            self.foreign.0 = 0;
        }
        self.paused_until = self.paused_until.filter(|until| *until > now);
    }
}

/// Longer than any real deadline, and short enough to add to an [`Instant`].
pub(crate) const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

fn is_stricter(limit: RateLimit, than: RateLimit) -> bool {
    // Compared as rates, without division.
    u128::from(limit.requests) * than.per.as_nanos() < u128::from(than.requests) * limit.per.as_nanos()
}

#[cfg(test)]
mod tests;
