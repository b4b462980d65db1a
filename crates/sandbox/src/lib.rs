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
