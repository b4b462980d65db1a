#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod content;
mod document;
mod effect;
mod embedded;
mod event;
mod example;
mod mistakes;
mod nearest;
mod operation;
mod pagination;
pub mod pointer;
mod problem;
mod reach;
mod reference;
mod schema;
mod secret;
mod strictness;
#[cfg(test)]
mod tests;
mod validate;

pub use content::{Body, Content, Location, Parameter, Success};
pub use document::Document;
pub use effect::{Effect, Repeat};
#[doc(hidden)]
pub use embedded::{compress, example_of};
pub use event::{Envelope, Event};
pub use nearest::nearest;
pub use operation::Operation;
pub use pagination::{Pagination, Style};
pub use problem::Problem;
pub use reach::Direction;
pub use reference::{Position, component, component_of, references};
pub use secret::is_secret;
#[doc(hidden)]
pub use serde::de::DeserializeOwned;
pub use strictness::Strictness;
pub use validate::{is_match, is_pattern};
