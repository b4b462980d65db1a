//! The facade over mocks, and the program against a sandbox.
#![cfg(feature = "cli")]

mod addresses;
mod auth;
mod capabilities;
mod commands;
mod delivery;
mod exchange;
mod messengers;
mod operations;
mod outbox;
mod output;
mod program;
mod sandbox;
mod send;
mod shells;
#[cfg(target_os = "linux")]
mod terminal;

/// Id of a contact at Leonar.
pub const CONTACT: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
