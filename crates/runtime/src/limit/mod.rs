//! Keeps a client within its vendor's rate limit, and reads how long a vendor asks to wait.

mod budget;
pub(crate) mod headers;
mod local;
mod pacer;
mod pacing;
mod queue;
mod rate;
mod window;

pub use budget::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, Slot};
pub use headers::RateLimitStatus;
pub use local::LocalBudgets;
pub(crate) use pacer::{Denied, Pacer, Permit, TooLong};
pub(crate) use pacing::Budgets;
pub use pacing::{Pacing, RateLimitWait};

use std::time::Duration;

/// Longer than any real deadline, and short enough to add to an [`Instant`](tokio::time::Instant).
pub(crate) const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

fn times(duration: Duration, count: usize) -> Duration {
    duration.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)).min(FOREVER)
}

#[cfg(test)]
mod tests;
