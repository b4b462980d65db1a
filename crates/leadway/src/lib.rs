#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod generated;

pub use generated::*;
#[cfg(feature = "oauth")]
pub use reachout_runtime::oauth;
#[cfg(feature = "webhooks")]
pub use reachout_runtime::webhooks;
pub use reachout_runtime::{
    ByteStream, CallOptions, ConversionError, CredentialProvider, Delivery, DeliveryWatch, Error, ErrorKind, Method, Number, Pacing,
    Request, ResponseValue, RetryPolicy, SecretString, StatusCode, header, multipart, pagination,
};

/// The OpenAPI document this crate is generated from.
pub const OPENAPI: &str = include_str!("../openapi.json");
