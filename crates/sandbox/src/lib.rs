#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod check;
mod documents;
mod engine;
mod ids;
mod listen;
mod multipart;
mod refusal;
mod reply;
mod sandbox;
mod server;
mod settings;
mod vendor;

pub use self::sandbox::{Builder, Sandbox, StartError};
pub use self::settings::{Settings, Versions};
pub use self::vendor::{UnknownVendor, Vendor};
