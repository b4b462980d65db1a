//! Scripted people: how contacts and leads react to the messages that they get.

mod cast;
mod chance;
mod script;

pub(crate) use self::cast::Cast;
pub use self::cast::Reaction;
pub use self::script::{Behavior, Disturbance, People, Person};
