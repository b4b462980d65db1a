//! A client over real sockets on loopback.

mod downloads;
mod faults;
mod redirects;
mod server;
mod uploads;
mod vendor;
