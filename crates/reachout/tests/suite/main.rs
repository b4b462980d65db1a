//! The facade over mocks, and the program against a sandbox.
#![cfg(feature = "cli")]

mod capabilities;
mod commands;
mod delivery;
mod messengers;
mod operations;
mod program;
mod send;

/// Id of a contact at Leonar.
pub const CONTACT: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
