//! What the tests across the crates share.
#![forbid(unsafe_code)]

pub mod calls;
mod documented;
mod script;
mod variants;
mod wire;

pub use documented::Documented;
pub use script::{Asked, Script};
pub use variants::{bare, extended};
pub use wire::{Received, Wire, check_every_operation, collect};

/// The README's Rust is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
