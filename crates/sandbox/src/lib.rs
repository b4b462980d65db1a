// The first definition of a reference wins: rustdoc has no files, so that here the pictures of README are part of the text.
#![cfg_attr(doc, doc = concat!("[wide-light]: data:image/webp;base64,", include_str!("../screenshots/wide-light.webp.base64")))]
#![cfg_attr(doc, doc = concat!("[wide-dark]: data:image/webp;base64,", include_str!("../screenshots/wide-dark.webp.base64")))]
#![cfg_attr(doc, doc = concat!("[narrow-light]: data:image/webp;base64,", include_str!("../screenshots/narrow-light.webp.base64")))]
#![cfg_attr(doc, doc = concat!("[narrow-dark]: data:image/webp;base64,", include_str!("../screenshots/narrow-dark.webp.base64")))]
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod body;
mod check;
mod control;
mod engine;
mod exchange;
mod fault;
mod guard;
mod ids;
mod limit;
mod listen;
mod log;
mod multipart;
mod news;
mod number;
mod refusal;
mod reply;
mod running;
mod sandbox;
mod server;
mod settings;
mod state;
mod vendor;
mod vendors;
mod watch;
mod webhook;

pub use self::engine::ReplyTo;
pub use self::fault::{Fault, FaultKind, FaultRule, Match};
pub use self::log::{RecordedRequest, RecordedResponse};
pub use self::running::{Announcement, NotRunning, Running};
pub use self::sandbox::{Builder, InvalidControl, Sandbox, StartError};
pub use self::settings::{Settings, Versions};
pub use self::vendor::{UnknownVendor, Vendor};
pub use self::watch::{Requests, Watched};
pub use self::webhook::{Delivery, HIGHLEVEL_WEBHOOK_KEY, Subscription, Webhook};
