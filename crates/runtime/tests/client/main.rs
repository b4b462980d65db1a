//! A client over real sockets on loopback.

mod faults;
mod server;
mod vendor;
