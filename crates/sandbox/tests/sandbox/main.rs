//! Drives the sandbox over HTTP, as a client does.

mod client;
mod clients;
mod clock;
mod control;
mod coverage;
mod faults;
mod guard;
mod log;
mod numbers;
mod oauth;
mod people;
mod resources;
mod start;
mod state;
mod strict;
mod verify;
mod webhooks;
