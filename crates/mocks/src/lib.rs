#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod operation;
mod path;
mod then;
mod vendors;
mod when;

pub use httpmock;
pub use operation::{MockOperation, Operation};
pub use then::Then;
pub use vendors::*;
pub use when::When;
