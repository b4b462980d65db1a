#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod call;
mod client;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod limit;
#[cfg(feature = "metrics")]
mod metrics;
mod request;
mod response;
mod retry;
mod route;
mod types;
mod vendor;

#[doc(hidden)]
pub use call::preview::Preview;
pub use call::{Call, CallFuture};
/// A vendor that is a function, for tests without a socket: see [`ClientBuilder::transport`].
pub mod simulated {
    pub use crate::client::simulated::{Arrived, Reply};
}

pub use client::{Api, CallOptions, ClientBuilder, Core, CredentialProvider, DeliveryWatch, Observer, Outgoing};
pub use error::{Advice, Delivery, Error, ErrorKind};
pub use limit::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, LocalBudgets, Pacing, RateLimitStatus, RateLimitWait, Slot};
/// For the crates that renew credentials.
#[doc(hidden)]
pub mod telemetry {
    /// A refresh token was used.
    pub fn renewal(result: Result<(), &crate::Error>) {
        #[cfg(feature = "metrics")]
        crate::metrics::renewal(result);
        #[cfg(not(feature = "metrics"))]
        let _ = result;
    }
}

#[doc(hidden)]
pub use request::check::{Check, Limited};
pub use request::{IntoRequest, Request, multipart};
pub use response::Response;
pub use response::pagination::{List, Pager, Turn};
pub use response::stream::ByteStream;
pub use retry::{Jitter, RetryPolicy, Throttle, full_jitter};
pub use route::{Effect, Evidence, PageStyle, Pagination, Repeat, Route, Token};
pub use types::enums::ConversionError;
#[doc(hidden)]
pub use types::enums::private as __private;
#[doc(hidden)]
pub use types::events::{envelope, payload};
pub use types::number::Number;
#[doc(hidden)]
pub use types::object::strict::nearest;
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
        Advice, Api, BoxFuture, BoxStream, ByteStream, Bytes, Call, CallFuture, CallOptions, ClientBuilder, ConversionError, Core,
        CredentialProvider, DateTime, Delivery, DeliveryWatch, Effect, Error, ErrorKind, Evidence, ExposeSecret, Extra, IntoRequest, List,
        Method, NaiveDate, Number, Object, Pacing, PageStyle, Pagination, RateLimit, RateLimitHeaders, RateLimitWait, Repeat, Request,
        Response, RetryPolicy, Route, SecretString, StatusCode, Stream, Throttle, Token, Utc, Uuid, Value, Vendor, header, multipart,
        simulated,
    };

    /// Budgets under a rate limit that several clients or processes share.
    pub mod budgets {
        #[doc(inline)]
        pub use crate::{Acquired, Budget, BudgetError, BudgetKey, BudgetStore, LocalBudgets, RateLimitStatus, Slot};
    }
}
