#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod credential;
mod documented;
mod expectation;
mod mock;
mod mocks;
mod path;
mod received;
mod reply;
mod server;
mod state;
mod when;

pub use mock::Mock;
pub use mocks::Mocks;
pub use when::{Next, Request, When};
