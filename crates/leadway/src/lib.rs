#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod generated;

pub use generated::*;
#[cfg(feature = "oauth")]
pub use reachout_runtime::oauth;
#[cfg(feature = "webhooks")]
pub use reachout_runtime::webhooks;
pub use reachout_runtime::{
    ByteStream, CallOptions, Delivery, Error, ErrorKind, Method, Number, Pacing, ResponseValue, RetryPolicy, multipart, pagination,
};

/// The OpenAPI document this crate is generated from.
pub const OPENAPI: &str = include_str!("../openapi.json");
