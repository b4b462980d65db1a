#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod generated;

pub use generated::*;
#[cfg(feature = "oauth")]
#[doc(inline)]
pub use reachout_oauth as oauth;
#[doc(inline)]
pub use reachout_runtime::exports::*;
#[cfg(feature = "webhooks")]
#[doc(inline)]
pub use reachout_webhooks as webhooks;

/// The OpenAPI document this crate is generated from, `openapi.json`, compressed: `Document::embedded` of `reachout-document` reads it.
pub static OPENAPI: &[u8] = include_bytes!("../openapi.json.lz4");
