//! Reads the body of a request as a whole.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::api::refusal::Refusal;

/// The longest body that is read, in bytes.
pub(crate) const LIMIT: usize = 10 << 20;
/// How long a body may take; hyper waits as long for a head.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// The whole body, or why there is none: [`Refusal::TooLarge`], [`Refusal::TooSlow`] or [`Refusal::Unreadable`].
pub(crate) async fn read(body: Body) -> Result<Bytes, Refusal> {
    read_up_to(body, LIMIT).await
}

/// The same with another limit, in bytes.
pub(crate) async fn read_up_to(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(TIMEOUT, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge(limit)),
        Ok(Err(error)) => Err(Refusal::Unreadable(format!("body: {error}"))),
        Err(_elapsed) => Err(Refusal::TooSlow(TIMEOUT)),
    }
}
