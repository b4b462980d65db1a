//! Faults, through the generated client of each vendor: what was received is counted, and what the client says of its delivery is compared.

mod matrix;
mod secrets;
#[path = "../../../crates/runtime/tests/client/server.rs"]
#[allow(dead_code, reason = "shared with the runtime's own tests, which use all of it")]
mod server;
mod vendors;
