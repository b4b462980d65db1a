//! Drives the sandbox over HTTP, as a client does.

mod client;
mod coverage;
mod state;
mod strict;
