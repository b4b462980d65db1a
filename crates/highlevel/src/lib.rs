#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod generated;

pub use generated::*;
#[doc(inline)]
pub use reachout_runtime::exports::*;
