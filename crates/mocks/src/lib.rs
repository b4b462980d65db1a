#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod operation;
mod path;
mod then;
mod when;

#[cfg(feature = "hoop-ai")]
pub mod hoop_ai;
#[cfg(feature = "leadway")]
pub mod leadway;
#[cfg(feature = "leonar")]
pub mod leonar;
#[cfg(feature = "sendpilot")]
pub mod sendpilot;

pub use httpmock;
pub use operation::{MockOperation, Operation};
pub use then::Then;
pub use when::When;
