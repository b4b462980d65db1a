//! Faults on demand.

mod header;
mod matching;
mod queue;
mod rewrite;
mod rule;

pub(crate) use self::header::parse;
pub(crate) use self::matching::{operations, unknown};
pub(crate) use self::queue::{FaultQueue, QueuedFault};
pub(crate) use self::rewrite::{nulls, unknown_values};
pub use self::rule::{Fault, FaultKind, FaultRule, Match};
