//! All on tokio's stopped clock.

mod headers;
mod pacing;
mod shared;
mod steady;

use std::sync::Arc;

use super::{Budgets, Denied, Pacer, Pacing, Permit, TooLong};
use crate::{Error, RateLimit};

/// The budget of a client with this pacing, for a vendor with this limit.
fn pacer_of(pacing: Pacing, documented: Option<RateLimit>) -> Result<Option<Arc<Pacer>>, Error> {
    Budgets::new(pacing, documented, None).map(|budgets| budgets.own())
}

trait Late {
    /// That, and by how much, a permit would have come too late.
    fn late(self) -> Option<TooLong>;
}

impl Late for Result<Permit, Denied> {
    fn late(self) -> Option<TooLong> {
        match self {
            Err(Denied::TooLong(late)) => Some(late),
            _ => None,
        }
    }
}
