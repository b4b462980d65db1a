#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod builder;
mod changes;
mod clock;
mod control;
mod credentials;
mod discovery;
mod duration;
mod engine;
mod fault;
mod http;
mod log;
mod parallel;
mod people;
mod rate_limit;
mod request_stream;
mod router;
mod sandbox;
mod schedule;
mod server;
mod settings;
mod start_error;
mod state;
mod verify;
mod webhook;

pub use reachout_messenger::Vendor;

pub use self::builder::Builder;
pub use self::clock::ClockReading;
pub use self::discovery::{Announcement, NotRunning, Running};
pub use self::engine::{Outcome, ReplyTo};
pub use self::fault::{Fault, FaultKind, FaultRule, Match};
pub use self::log::{RecordedRequest, RecordedResponse};
pub use self::people::{Behavior, Disturbance, People, Person, Reaction};
pub use self::request_stream::{RequestEvent, RequestStream};
pub use self::sandbox::{InvalidControl, Sandbox};
pub use self::settings::{Settings, Versions};
pub use self::start_error::StartError;
pub use self::verify::{Expected, NearMiss, Verification};
pub use self::webhook::{Attempt, Delivery, HIGHLEVEL_WEBHOOK_KEY, Subscription, WEBHOOK_SECRET, Webhook};
