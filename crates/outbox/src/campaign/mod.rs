//! Campaigns: what is sent to each person step by step, and when.

mod calendar;
mod delay;
mod file;
mod openings;
mod outbox;
mod person;
mod report;
mod sequence;

pub use calendar::{Calendar, Day, NotADay, Window, WindowError};
pub use delay::{Delay, NotADelay};
pub use file::FileError;
pub use person::Person;
pub use report::{Campaign, StepReport, VariantReport};
pub use sequence::{Bounds, Caps, Frequency, Sequence, SequenceError, Step, StepProblem};

pub(crate) use openings::Openings;
pub(crate) use person::Enrolled;
