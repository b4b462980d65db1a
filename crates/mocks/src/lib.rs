#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod generated;
mod operation;
mod path;
mod then;
mod when;

pub use generated::*;
pub use httpmock;
pub use operation::{MockOperation, Operation};
pub use then::Then;
pub use when::When;
