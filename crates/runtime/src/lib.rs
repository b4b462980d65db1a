#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
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
mod limit;
mod limits;
pub mod multipart;
mod number;
mod object;
mod options;
pub mod pagination;
mod redact;
mod redirect;
mod request;
mod response;
mod retry;
mod route;
mod stream;
mod transport;
mod vendor;
mod watch;

pub use builder::ClientBuilder;
pub use call::Call;
pub use core::Core;
pub use credential::CredentialProvider;
pub use enums::ConversionError;
#[doc(hidden)]
pub use enums::private as __private;
pub use error::{Advice, Delivery, Error, ErrorKind};
#[doc(hidden)]
pub use events::{envelope, payload};
pub use limit::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, LocalBudgets, Pacing, RateLimitStatus, RateLimitWait, Slot};
#[doc(hidden)]
pub use limits::{Check, Limited};
pub use number::Number;
pub use object::{Extra, Object};
pub use options::CallOptions;
pub use pagination::List;
pub use request::Request;
pub use response::Response;
pub use retry::{Jitter, RetryPolicy, full_jitter};
pub use route::{Evidence, Pagination, Route};
pub use stream::ByteStream;
pub use vendor::{Auth, ErrorShape, RateLimit, RateLimitHeaders, Vendor};
pub use watch::DeliveryWatch;

pub use bytes::Bytes;
pub use chrono::{DateTime, NaiveDate, Utc};
pub use futures_core::Stream;
pub use futures_core::future::BoxFuture;
pub use futures_core::stream::BoxStream;
pub use reqwest::{Method, StatusCode, header};
pub use secrecy::{ExposeSecret, SecretString};
#[doc(hidden)]
pub use serde::{Deserialize, Deserializer};
pub use serde_json::{Map, Value};
pub use uuid::Uuid;

/// What every client crate exports: all that the signatures of its operations mention, and all it takes to configure a client.
pub mod client {
    #[doc(inline)]
    pub use crate::{
        Acquired, Advice, BoxFuture, BoxStream, Budget, BudgetError, BudgetKey, BudgetStore, ByteStream, Bytes, Call, CallOptions,
        ClientBuilder, ConversionError, Core, CredentialProvider, DateTime, Delivery, DeliveryWatch, Error, ErrorKind, Evidence,
        ExposeSecret, Extra, List, LocalBudgets, Method, NaiveDate, Number, Object, Pacing, Pagination, RateLimit, RateLimitHeaders,
        RateLimitStatus, RateLimitWait, Request, Response, RetryPolicy, Route, SecretString, Slot, StatusCode, Stream, Utc, Uuid, Value,
        Vendor, header, multipart, pagination,
    };
}
