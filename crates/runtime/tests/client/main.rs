//! A client over real sockets on loopback.

mod downloads;
mod faults;
mod http2;
mod observe;
mod redirects;
mod server;
mod tenants;
mod uploads;
mod vendor;
