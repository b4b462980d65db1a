#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod arguments;
mod body;
mod builder;
mod call;
mod core;
mod credential;
mod enums;
mod error;
mod events;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod headers;
pub mod multipart;
mod number;
#[cfg(feature = "oauth")]
pub mod oauth;
mod operation;
mod options;
mod pacing;
pub mod pagination;
mod redact;
mod redirect;
mod request;
mod response;
mod retry;
mod retry_after;
mod route;
mod setters;
mod stream;
mod transport;
mod vendor;
mod watch;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use builder::ClientBuilder;
pub use core::Core;
pub use credential::CredentialProvider;
pub use enums::ConversionError;
#[doc(hidden)]
pub use enums::private as __private;
pub use error::{Delivery, Error, ErrorKind};
#[doc(hidden)]
pub use events::{envelope, payload};
pub use number::Number;
pub use operation::Operation;
pub use options::CallOptions;
pub use pacing::Pacing;
pub use request::Request;
pub use response::ResponseValue;
pub use retry::{Jitter, RetryPolicy, full_jitter};
pub use route::{Evidence, Pagination, Route};
#[doc(hidden)]
pub use setters::{argument, arguments};
pub use stream::ByteStream;
pub use vendor::{Auth, ErrorShape, RateLimit, Vendor};
pub use watch::DeliveryWatch;

pub use bytes::Bytes;
pub use futures_core::Stream;
pub use futures_core::future::BoxFuture;
pub use reqwest::{Method, StatusCode, header};
pub use secrecy::SecretString;
