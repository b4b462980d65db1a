//! Performs operations on the objects of a vendor.

mod call;
mod complete;
mod conversations;
mod correction;
mod event;
mod example;
mod files;
mod filter;
mod generic;
mod handlers;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod highlevel;
pub(crate) mod ids;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod jobs;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod leonar;
mod lifecycle;
mod model;
mod objects;
mod outcome;
mod page;
mod plan;
mod reactions;
mod reply;
mod respond;
mod seed;
mod sendpilot;
mod simulator;
mod store;

pub(crate) use self::conversations::Conversation;
pub(crate) use self::event::Event;
pub(crate) use self::example::request as request_example;
pub use self::outcome::Outcome;
pub(crate) use self::outcome::{Consequences, SentMessage};
pub use self::reply::ReplyTo;
pub(crate) use self::simulator::Simulator;
pub(crate) use self::store::Snapshot;
