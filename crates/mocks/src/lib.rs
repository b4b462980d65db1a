#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod vendors;
mod operation;
mod path;
mod then;
mod when;

pub use vendors::*;
pub use httpmock;
pub use operation::{MockOperation, Operation};
pub use then::Then;
pub use when::When;
