#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod capability;
mod channel;
mod error;
mod message;
mod messenger;
mod options;
mod person;
mod receipt;
mod vendor;
mod vendors;

pub use capability::{Field, Unsupported, channels};
pub use channel::{Channel, UnknownChannel};
pub use error::Error;
pub use message::{Message, Recipient, ReplyMode};
pub use messenger::{Messenger, check, connect, over};
pub use options::{HighLevelOptions, SendPilotOptions};
pub use person::{Found, Person};
pub use receipt::Receipt;
pub use vendor::{Api, UnknownVendor, Vendor};

#[cfg(feature = "highlevel")]
pub use ::highlevel;
#[cfg(feature = "hoop-ai")]
pub use ::hoop_ai;
#[cfg(feature = "leadway")]
pub use ::leadway;
#[cfg(feature = "leonar")]
pub use ::leonar;
#[cfg(feature = "sendpilot")]
pub use ::sendpilot;
pub use reachout_runtime::{Advice, BoxFuture, Delivery, ErrorKind, StatusCode};
