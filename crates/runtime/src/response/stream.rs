//! Responses whose body is read as it arrives.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use crate::error::Error;

/// The body of a successful response, piece by piece, of any size.
///
/// The attempt's timeout applies to each piece, not to the whole. An error ends the stream.
#[must_use = "a stream does nothing until it is polled"]
pub struct ByteStream(BoxStream<'static, Result<Bytes, Error>>);

/// How a stream ended before its time.
pub(crate) enum Interruption {
    /// No piece within this time.
    Stalled(Duration),
    Broken(reqwest::Error),
}

impl ByteStream {
    /// The body of `response`; `fail` makes the error of an interruption.
    pub(crate) fn new(response: reqwest::Response, idle: Duration, fail: impl Fn(Interruption) -> Error + Send + 'static) -> Self {
        let pieces = stream::unfold(Some((response, fail)), move |state| async move {
            let (mut response, fail) = state?;
            match timeout(idle, response.chunk()).await {
                Ok(Ok(Some(piece))) => Some((Ok(piece), Some((response, fail)))),
                Ok(Ok(None)) => None,
                Ok(Err(error)) => Some((Err(fail(Interruption::Broken(error))), None)),
                Err(_elapsed) => Some((Err(fail(Interruption::Stalled(idle))), None)),
            }
        });
        Self(pieces.boxed())
    }

    /// Everything that is left, unless it is more than `limit` bytes: then a
    /// [`TooLarge`](crate::ErrorKind::TooLarge) error.
    pub async fn collect_bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut collected = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if piece.len() > limit - collected.len() {
                return Err(Error::too_large(limit));
            }
            collected.extend_from_slice(&piece);
        }
        Ok(collected.freeze())
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteStream")
    }
}
