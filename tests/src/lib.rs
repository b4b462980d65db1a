//! What the tests across the crates share.
#![forbid(unsafe_code)]

mod compare;
mod outline;
mod wire;

pub use compare::lost;
pub use outline::outline;
pub use wire::Wire;
