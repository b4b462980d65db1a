#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod call;
mod client;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod limit;
mod request;
mod response;
mod retry;
mod route;
mod types;
mod vendor;

#[doc(hidden)]
pub use call::preview::Preview;
pub use call::{Call, CallFuture};
pub use client::{Api, CallOptions, ClientBuilder, Core, CredentialProvider, DeliveryWatch, Observer, Outgoing};
pub use error::{Advice, Delivery, Error, ErrorKind};
pub use limit::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, LocalBudgets, Pacing, RateLimitStatus, RateLimitWait, Slot};
#[doc(hidden)]
pub use request::check::{Check, Limited};
pub use request::{IntoRequest, Request, multipart};
pub use response::Response;
pub use response::pagination::{List, Pager, Turn};
pub use response::stream::ByteStream;
pub use retry::{Jitter, RetryPolicy, full_jitter};
pub use route::{Effect, Evidence, PageStyle, Pagination, Repeat, Route, Token};
pub use types::enums::ConversionError;
#[doc(hidden)]
pub use types::enums::private as __private;
#[doc(hidden)]
pub use types::events::{envelope, payload};
pub use types::number::Number;
pub use types::object::{Extra, Object};
pub use vendor::{Auth, ErrorShape, RateLimit, RateLimitHeaders, Vendor};

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
pub mod exports {
    #[doc(inline)]
    pub use crate::{
        Acquired, Advice, Api, BoxFuture, BoxStream, Budget, BudgetError, BudgetKey, BudgetStore, ByteStream, Bytes, Call, CallFuture,
        CallOptions, ClientBuilder, ConversionError, Core, CredentialProvider, DateTime, Delivery, DeliveryWatch, Effect, Error, ErrorKind,
        Evidence, ExposeSecret, Extra, IntoRequest, List, LocalBudgets, Method, NaiveDate, Number, Object, Pacing, PageStyle, Pagination,
        RateLimit, RateLimitHeaders, RateLimitStatus, RateLimitWait, Repeat, Request, Response, RetryPolicy, Route, SecretString, Slot,
        StatusCode, Stream, Token, Utc, Uuid, Value, Vendor, header, multipart,
    };
}
