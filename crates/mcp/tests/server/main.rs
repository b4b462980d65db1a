//! The server, with the protocol's own client, against a sandbox.

mod doors;
mod http;
mod range;
mod reading;
mod recorded;
mod schemas;
mod sending;
mod world;
