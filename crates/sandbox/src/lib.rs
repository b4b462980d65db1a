// The first definition of a reference wins: in the crate documentation, which holds no files, the pictures are those of the repository.
#![cfg_attr(doc, doc = concat!("[wide-light]: ", env!("CARGO_PKG_REPOSITORY"), "/raw/main/crates/sandbox/screenshots/wide-light.webp"))]
#![cfg_attr(doc, doc = concat!("[wide-dark]: ", env!("CARGO_PKG_REPOSITORY"), "/raw/main/crates/sandbox/screenshots/wide-dark.webp"))]
#![cfg_attr(doc, doc = concat!("[narrow-light]: ", env!("CARGO_PKG_REPOSITORY"), "/raw/main/crates/sandbox/screenshots/narrow-light.webp"))]
#![cfg_attr(doc, doc = concat!("[narrow-dark]: ", env!("CARGO_PKG_REPOSITORY"), "/raw/main/crates/sandbox/screenshots/narrow-dark.webp"))]
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod builder;
mod changes;
mod control;
mod discovery;
mod engine;
mod fault;
mod http;
mod log;
mod rate_limit;
mod request_stream;
mod router;
mod sandbox;
mod server;
mod settings;
mod start_error;
mod state;
mod vendor;
mod vendors;
mod webhook;

pub use self::builder::Builder;
pub use self::discovery::{Announcement, NotRunning, Running};
pub use self::engine::ReplyTo;
pub use self::fault::{Fault, FaultKind, FaultRule, Match};
pub use self::log::{RecordedRequest, RecordedResponse};
pub use self::request_stream::{RequestEvent, RequestStream};
pub use self::sandbox::{InvalidControl, Sandbox};
pub use self::settings::{Settings, Versions};
pub use self::start_error::StartError;
pub use self::vendor::{UnknownVendor, Vendor};
pub use self::webhook::{Attempt, Delivery, HIGHLEVEL_WEBHOOK_KEY, Subscription, Webhook};
