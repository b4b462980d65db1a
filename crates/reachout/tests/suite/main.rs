//! The program, against a sandbox and mocks.

mod addresses;
mod auth;
mod browser;
mod campaign;
mod commands;
mod delivery;
mod exchange;
mod mcp;
mod metrics;
mod operations;
mod outbox;
mod output;
mod page;
mod people;
mod program;
mod readme;
mod replies;
mod sandbox;
mod send;
mod shells;
mod steering;
#[cfg(target_os = "linux")]
mod terminal;

/// Id of a contact at Leonar.
pub const CONTACT: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";
