//! Drives the sandbox over HTTP, as a client does.

mod client;
mod clients;
mod control;
mod coverage;
mod faults;
mod guard;
mod numbers;
mod oauth;
mod start;
mod state;
mod strict;
mod webhooks;
