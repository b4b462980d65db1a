//! What the tests across the crates share.
#![forbid(unsafe_code)]

mod compare;
mod script;
mod variants;
mod wire;

pub use compare::lost;
pub use script::{Asked, Script};
pub use variants::{bare, extended};
pub use wire::{Outcome, Wire};

/// The README's Rust is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
