//! All on tokio's stopped clock.

mod headers;
mod pacing;
mod shared;
mod steady;

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};

use super::pacer::Local;
use super::window::Window;
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

/// The state of a budget that is kept in the client.
struct State<'a>(MutexGuard<'a, Local>);

impl Deref for State<'_> {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.0.window
    }
}

impl DerefMut for State<'_> {
    fn deref_mut(&mut self) -> &mut Window {
        &mut self.0.window
    }
}

trait Inspect {
    fn window(&self) -> State<'_>;
    /// How many wait.
    fn waiting(&self) -> usize;
}

impl Inspect for Pacer {
    fn window(&self) -> State<'_> {
        match self {
            Self::Local(here) => State(here.lock().unwrap()),
            Self::Stored(_) => panic!("the budget is kept elsewhere"),
        }
    }

    fn waiting(&self) -> usize {
        self.window().0.queue.len()
    }
}
