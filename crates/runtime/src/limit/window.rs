//! What is used and left of one budget.
//!
//! The limit is kept for every stretch of time, not on average: a slot that was used is free again one period after
//! the vendor was last able to count it, which is when its response arrived. A token bucket such as `governor`'s would
//! let twice the limit pass within one period (its burst, and what trickles in after it). It also has no queue, knows
//! nothing of response headers, and does not run on tokio's clock, which the tests stop.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::headers::RateLimitStatus;
use super::rate::Rate;
use super::{FOREVER, times};
use crate::vendor::RateLimit;

/// The state of a budget at one moment; it knows no clock of its own.
#[derive(Debug)]
pub(super) struct Window {
    /// The limit that holds now.
    pub(super) limit: RateLimit,
    /// As configured.
    rate: Rate,
    pub(super) in_flight: usize,
    /// When each used slot is free again, in ascending order.
    pub(super) used: VecDeque<Instant>,
    /// Slots that others use, by the last word of the vendor: how many, and until when.
    others: (usize, Instant),
    paused_until: Option<Instant>,
    /// Of a steady budget: the next slot is not given out before.
    spaced_until: Option<Instant>,
}

/// Why a request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The limit's requests are used up.
    Limit,
    /// The vendor asked to wait.
    Vendor,
    /// The budget is steady.
    Spacing,
    /// The store of the budget said so.
    Store,
}

impl Reason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Vendor => "vendor",
            Self::Spacing => "spacing",
            Self::Store => "store",
        }
    }
}

/// There is no slot: when to check again (without a time, when something changes), and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unavailable {
    pub(super) until: Option<Instant>,
    pub(super) reason: Reason,
}

impl Window {
    pub(super) fn new(rate: Rate) -> Self {
        let rate = Rate { limit: RateLimit { per: rate.limit.per.min(FOREVER), ..rate.limit }, ..rate };
        Self {
            limit: rate.limit,
            rate,
            in_flight: 0,
            used: VecDeque::new(),
            others: (0, Instant::now()),
            paused_until: None,
            spaced_until: None,
        }
    }

    /// Takes a slot.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Unavailable> {
        self.ready(now)?;
        self.occupy(now);
        Ok(())
    }

    /// How many slots can be taken at this moment.
    pub(super) fn ready(&mut self, now: Instant) -> Result<usize, Unavailable> {
        self.expire(now);
        if self.paused_until.is_some() {
            return Err(Unavailable { until: self.paused_until, reason: Reason::Vendor });
        }
        let free = self.free();
        if free == 0 {
            let others = Some(self.others.1).filter(|_| self.others.0 > 0);
            return Err(Unavailable { until: self.used.front().copied().into_iter().chain(others).min(), reason: Reason::Limit });
        }
        if self.spaced_until.is_some() {
            return Err(Unavailable { until: self.spaced_until, reason: Reason::Spacing });
        }
        Ok(if self.rate.steady { 1 } else { free })
    }

    /// Takes a slot that is [`ready`](Self::ready).
    pub(super) fn occupy(&mut self, now: Instant) {
        self.in_flight += 1;
        self.spaced_until = self.spacing().map(|spacing| now + spacing);
    }

    /// Releases a slot; `sent`: the vendor may have counted its request.
    pub(super) fn release(&mut self, sent: bool, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if sent {
            let free_again = now + self.limit.per;
            let index = self.used.partition_point(|other| *other <= free_again);
            self.used.insert(index, free_again);
        }
    }

    /// The earliest time at which a caller with this number of others ahead can have a slot, and what it waits for until then.
    pub(super) fn earliest(&mut self, ahead: usize, now: Instant) -> (Instant, Reason) {
        self.expire(now);
        let limit = self.limit.requests as usize;
        let (round, place) = (ahead / limit, ahead % limit);
        let slot = match place.checked_sub(self.free()) {
            None => now,
            Some(index) => self.freed(index, now),
        };
        let slot = slot + times(self.limit.per, round);
        let spaced = self.spacing().map(|spacing| self.spaced_until.unwrap_or(now) + times(spacing, ahead));
        let both = [(self.paused_until, Reason::Vendor), (spaced, Reason::Spacing)];
        let later = both.into_iter().filter_map(|(until, reason)| until.map(|until| (until, reason)));
        later.fold((slot, Reason::Limit), |latest, other| if other.0 > latest.0 { other } else { latest })
    }

    /// Takes the vendor's own count into account.
    pub(super) fn observe(&mut self, status: RateLimitStatus, now: Instant) {
        let Some(interval) = status.interval else {
            // A count without a period does not say when to go on.
            return;
        };
        if let Some(limit) = status.limit {
            let stated = RateLimit::new(limit, interval);
            self.limit = if self.rate.follows_vendor || is_stricter(stated, self.rate.limit) { stated } else { self.rate.limit };
        }
        let Some(remaining) = status.remaining else { return };
        self.expire(now);
        let until = now + interval;
        // Others use the same budget: what is missing without our doing is theirs.
        self.others = ((self.free() + self.others.0).saturating_sub(remaining as usize), until);
        if remaining == 0 {
            self.pause_until(until);
        }
    }

    /// Gives no slot before `until`.
    pub(super) fn pause_until(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn free(&self) -> usize {
        (self.limit.requests as usize).saturating_sub(self.in_flight + self.used.len() + self.others.0)
    }

    /// Nothing would be lost if this were forgotten.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.expire(now);
        let unused = self.in_flight == 0 && self.used.is_empty() && self.others.0 == 0;
        unused && self.paused_until.is_none() && self.spaced_until.is_none() && self.limit == self.rate.limit
    }

    pub(super) fn expire(&mut self, now: Instant) {
        let free_again = self.used.partition_point(|free_again| *free_again <= now);
        self.used.drain(..free_again);
        if self.others.1 <= now {
            self.others.0 = 0;
        }
        self.paused_until = self.paused_until.filter(|until| *until > now);
        self.spaced_until = self.spaced_until.filter(|until| *until > now);
    }

    /// The time between two requests of a steady budget.
    fn spacing(&self) -> Option<Duration> {
        self.rate.steady.then(|| self.limit.per / self.limit.requests)
    }

    /// When the slot is free that is freed after `index` others.
    fn freed(&self, index: usize, now: Instant) -> Instant {
        let (others, until) = self.others;
        let sooner = self.used.partition_point(|free_again| *free_again <= until);
        // What is still in flight can end now at the earliest.
        let own = |index: usize| self.used.get(index).copied().unwrap_or(now + self.limit.per);
        match index.checked_sub(sooner) {
            None => own(index),
            Some(after) if after < others => until,
            Some(_) => own(index - others),
        }
    }
}

fn is_stricter(limit: RateLimit, than: RateLimit) -> bool {
    // Compared as rates, without division.
    u128::from(limit.requests) * than.per.as_nanos() < u128::from(than.requests) * limit.per.as_nanos()
}
