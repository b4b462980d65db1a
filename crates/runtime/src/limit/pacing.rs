//! Whether and how a client paces its requests.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::budget::{Budget, BudgetKey, BudgetStore};
use super::pacer::Pacer;
use super::rate::Rate;
use super::{FOREVER, window::Window};
use crate::error::Error;
use crate::vendor::RateLimit;

/// Whether and how a client paces its requests.
///
/// A budget belongs to one built client and all its clones, [`with`](crate::Core::with) included, unless it is kept in a
/// [`BudgetStore`]. Requests leave at once while the budget lasts; what comes then waits, in the order in which it came, and a
/// `tracing` event says for how long. A request that could not leave before its deadline fails at once, unsent;
/// [`CallOptions::wait_for_rate_limit`](crate::CallOptions::wait_for_rate_limit) lets it wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    mode: Mode,
    steady: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Documented,
    Off,
    Custom(RateLimit),
}

impl Pacing {
    /// By the vendor's documented limit, corrected by its rate-limit headers. No pacing if it documents none.
    pub const fn documented() -> Self {
        Self { mode: Mode::Documented, steady: false }
    }

    /// No pacing: requests leave at once, and a 429 is left to the retry policy.
    pub const fn off() -> Self {
        Self { mode: Mode::Off, steady: false }
    }

    /// At most `requests` in any stretch of time as long as `per`. Rate-limit headers can only lower it.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { mode: Mode::Custom(RateLimit::new(requests, per)), steady: false }
    }

    /// Spreads the requests evenly: 100 in 10 s are one every 100 ms, instead of 100 at once and a wait of 10 s.
    ///
    /// The limit is kept as well. For bulk work beside which others use the same account.
    #[must_use]
    pub const fn steady(mut self) -> Self {
        self.steady = true;
        self
    }

    fn rate(self, documented: Option<RateLimit>) -> Result<Option<Rate>, Error> {
        let (limit, follows_vendor) = match self.mode {
            Mode::Documented => (documented, true),
            Mode::Off => (None, false),
            Mode::Custom(limit) => (Some(limit), false),
        };
        match limit {
            Some(limit) if limit.requests == 0 || limit.per.is_zero() => {
                Err(Error::configuration("pacing needs at least one request in a period longer than zero"))
            }
            limit => Ok(limit.map(|limit| Rate { limit, follows_vendor, steady: self.steady })),
        }
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::documented()
    }
}

/// How long a call may wait for its slot under the rate limit, beside the time that its deadline allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RateLimitWait(Duration);

impl RateLimitWait {
    /// As long as it takes.
    pub const fn unbounded() -> Self {
        Self(FOREVER)
    }

    /// At most this long, taking all waits of the call together.
    pub const fn at_most(wait: Duration) -> Self {
        Self(wait)
    }

    /// What is left of it after having waited for `waited`.
    pub(crate) fn left(self, waited: Duration) -> Duration {
        self.0.min(FOREVER).saturating_sub(waited)
    }
}

impl From<Duration> for RateLimitWait {
    fn from(wait: Duration) -> Self {
        Self::at_most(wait)
    }
}

/// The budgets of clients that differ in their credential only. A budget lives as long as a client that uses it.
pub(crate) struct Budgets {
    /// `None`: nothing is paced.
    rate: Option<Rate>,
    store: Option<Arc<dyn BudgetStore>>,
    /// Those in use, so that the clients of one tenant wait in one queue.
    by_owner: Mutex<HashMap<Owner, Weak<Pacer>>>,
    hasher: RandomState,
}

/// What a budget belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Owner {
    /// The hash of a credential, so that no credential is kept here.
    Credential(u64),
    Name(BudgetKey),
}

impl Budgets {
    /// `documented`: the vendor's limit; `store`: where named budgets are kept, if not in this process.
    pub(crate) fn new(pacing: Pacing, documented: Option<RateLimit>, store: Option<Arc<dyn BudgetStore>>) -> Result<Self, Error> {
        Ok(Self { rate: pacing.rate(documented)?, store, by_owner: Mutex::default(), hasher: RandomState::new() })
    }

    /// A budget of one client.
    pub(crate) fn own(&self) -> Option<Arc<Pacer>> {
        self.rate.map(|rate| Arc::new(Pacer::local(Window::new(rate))))
    }

    /// The budget of a credential, in this process: a store must not see credentials, nor what could stand for one.
    pub(crate) fn of_credential(&self, credential: &SecretString) -> Option<Arc<Pacer>> {
        let owner = Owner::Credential(self.hasher.hash_one(credential.expose_secret()));
        self.find(owner, |rate| Pacer::local(Window::new(rate)))
    }

    /// The budget of this name.
    pub(crate) fn named(&self, key: &BudgetKey) -> Option<Arc<Pacer>> {
        self.find(Owner::Name(key.clone()), |rate| match &self.store {
            Some(store) => Pacer::stored(Arc::clone(store), Budget::new(key.clone(), rate)),
            None => Pacer::local(Window::new(rate)),
        })
    }

    fn find(&self, owner: Owner, make: impl FnOnce(Rate) -> Pacer) -> Option<Arc<Pacer>> {
        let rate = self.rate?;
        // Every change under the lock is complete in itself, so a panic elsewhere leaves nothing half-done.
        let mut by_owner = self.by_owner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pacer) = by_owner.get(&owner).and_then(Weak::upgrade) {
            return Some(pacer);
        }
        // Before the map would grow: what is not used any more goes.
        if by_owner.len() == by_owner.capacity() {
            by_owner.retain(|_, pacer| pacer.strong_count() > 0);
        }
        let pacer = Arc::new(make(rate));
        by_owner.insert(owner, Arc::downgrade(&pacer));
        Some(pacer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_belongs_to_its_owner_and_lives_with_it() {
        let budgets = Budgets::new(Pacing::new(1, Duration::from_secs(1)), None, None).unwrap();
        let of = |key: &str| budgets.of_credential(&key.to_owned().into()).unwrap();
        let (first, again, other, named) = (of("a"), of("a"), of("b"), budgets.named(&BudgetKey::from("a")).unwrap());
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &other) && !Arc::ptr_eq(&first, &named));
        assert!(Arc::ptr_eq(&named, &budgets.named(&BudgetKey::from("a")).unwrap()));
        drop((first, again, other));
        for tenant in 0..1000 {
            of(&tenant.to_string());
        }
        assert!(budgets.by_owner.lock().unwrap().len() < 32, "what nobody uses any more is forgotten");
        assert!(Budgets::new(Pacing::off(), None, None).unwrap().named(&BudgetKey::from("a")).is_none());
    }
}
