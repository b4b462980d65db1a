//! Which calls share a rate-limit budget, and where budgets are kept outside a client.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;

use super::headers::RateLimitStatus;
use super::rate::Rate;
use crate::vendor::RateLimit;

/// Keeps budgets for several clients: of other processes and machines, or [of this process](crate::LocalBudgets).
///
/// Implement it over what the processes share, such as Redis or a database, and give it to
/// [`ClientBuilder::budget_store`](crate::ClientBuilder::budget_store). The clients of one process ask one after the other, in the
/// order in which their calls came, so a store needs no queue.
///
/// A store must release a slot that was not released, [`Budget::limit`]'s period and some minutes after it was taken: a process that
/// ends, or a call that is dropped while it asks, cannot do it.
///
/// ```
/// # use std::time::Duration;
/// use reachout_runtime::{Acquired, BoxFuture, Budget, BudgetError, BudgetStore, RateLimitStatus, Slot};
///
/// # #[derive(Debug)] struct Redis;
/// # impl Redis { async fn take(&self, _key: &str, _most: u32, _per: Duration) -> Result<Result<u128, Duration>, BudgetError> { Ok(Ok(1)) } }
/// #[derive(Debug)]
/// struct RedisBudgets(Redis);
///
/// impl BudgetStore for RedisBudgets {
///     fn acquire<'a>(&'a self, budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
///         Box::pin(async move {
///             // One script on the server: counts the slots of the last period, and takes one or returns when the oldest is free.
///             Ok(match self.0.take(budget.key.as_str(), budget.limit.requests, budget.limit.per).await? {
///                 Ok(id) => Acquired::Granted(Slot::new(id)),
///                 Err(wait) => Acquired::Wait(wait),
///             })
///         })
///     }
/// #   fn release<'a>(&'a self, _: &'a Budget, _: Slot, _: bool) -> BoxFuture<'a, Result<(), BudgetError>> { Box::pin(async { Ok(()) }) }
/// #   fn observe<'a>(&'a self, _: &'a Budget, _: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> { Box::pin(async { Ok(()) }) }
/// #   fn pause<'a>(&'a self, _: &'a Budget, _: Duration) -> BoxFuture<'a, Result<(), BudgetError>> { Box::pin(async { Ok(()) }) }
///     // …
/// }
/// ```
pub trait BudgetStore: fmt::Debug + Send + Sync {
    /// Takes a slot, which is the right to send one request, or says when to ask again.
    ///
    /// An error ends the call that asked, unsent.
    fn acquire<'a>(&'a self, budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>>;

    /// Releases a slot. `sent`: the vendor may have counted its request, so the slot is free again one period from now; else at once.
    ///
    /// This and what follows runs beside the call, on tokio; an error is logged.
    fn release<'a>(&'a self, budget: &'a Budget, slot: Slot, sent: bool) -> BoxFuture<'a, Result<(), BudgetError>>;

    /// What the vendor's rate-limit headers said with a response.
    fn observe<'a>(&'a self, budget: &'a Budget, status: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>>;

    /// The vendor responded 429: no slot is given for `wait`.
    fn pause<'a>(&'a self, budget: &'a Budget, wait: Duration) -> BoxFuture<'a, Result<(), BudgetError>>;
}

/// Why a store failed.
pub type BudgetError = Box<dyn StdError + Send + Sync + 'static>;

/// A budget, as a client asks a [`BudgetStore`] for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// Its name. Keys of several vendors can be equal, if they were chosen so.
    pub key: BudgetKey,
    /// The documented limit, or the one that was chosen for the client.
    pub limit: RateLimit,
    /// Whether a limit in the vendor's headers replaces `limit`, or can only lower it.
    pub follows_vendor: bool,
    /// Whether requests are spread evenly over the period.
    pub steady: bool,
}

impl Budget {
    pub(super) fn new(key: BudgetKey, rate: Rate) -> Self {
        Self { key, limit: rate.limit, follows_vendor: rate.follows_vendor, steady: rate.steady }
    }

    pub(super) fn rate(&self) -> Rate {
        Rate { limit: self.limit, follows_vendor: self.follows_vendor, steady: self.steady }
    }
}

/// What a [`BudgetStore`] says to a client that wants a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// It has one.
    Granted(Slot),
    /// There is none; it asks again after this time.
    Wait(Duration),
}

/// A slot that a [`BudgetStore`] gave out, by an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(u128);

impl Slot {
    /// With the store's id.
    pub const fn new(id: u128) -> Self {
        Self(id)
    }

    /// The store's id.
    pub const fn id(self) -> u128 {
        self.0
    }
}

/// Names a rate-limit budget: all calls with the same key are counted together, as the vendor counts them.
///
/// Choose it by what the vendor counts: one API key, or for HighLevel one app and one location. It is shown in logs and written to
/// stores, so never make it of a credential; a tenant's id will do. Clones are cheap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetKey(Arc<str>);

impl BudgetKey {
    /// A key of any characters.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for BudgetKey {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

impl From<String> for BudgetKey {
    fn from(key: String) -> Self {
        Self::new(key)
    }
}

impl fmt::Display for BudgetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
