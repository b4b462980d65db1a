//! A response, and the reading of its body.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::timer::{Elapsed, Timer, in_time};
use crate::error::BODY_LIMIT;
use crate::response::Response;

/// Status and headers of a successful response.
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

impl Head {
    pub(super) fn with<T>(self, body: T) -> Response<T> {
        Response { status: self.status, headers: self.headers, body }
    }

    pub(super) fn received(self, body: Bytes) -> Received {
        Received { status: self.status, headers: self.headers, body }
    }
}

/// A response as far as it arrived.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn new(mut response: reqwest::Response, body: Bytes) -> Self {
        Self { status: response.status(), headers: std::mem::take(response.headers_mut()), body }
    }
}

/// Why a body was not read to its end.
pub(super) enum ReadError {
    TooLarge,
    TimedOut,
    Broken(reqwest::Error),
}

/// The response with its body, and why that is not complete. What has arrived is kept in every case.
pub(super) fn read(
    mut response: reqwest::Response,
    limit: usize,
    timer: &mut Timer<'_>,
) -> impl Future<Output = (Received, Option<ReadError>)> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    // A body in one piece, as most are, is not copied.
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    async move {
        let error = loop {
            let mut piece = match in_time(timer, pin!(response.chunk())).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break None,
                Ok(Err(error)) => break Some(ReadError::Broken(error)),
                Err(Elapsed) => break Some(ReadError::TimedOut),
            };
            let left = limit - first.len() - body.len();
            let too_large = piece.len() > left;
            piece.truncate(left);
            if first.is_empty() && body.is_empty() {
                first = piece;
            } else {
                if !first.is_empty() {
                    body.reserve(announced.min(limit).min(BODY_LIMIT).max(first.len() + piece.len()));
                    body.extend_from_slice(&std::mem::take(&mut first));
                }
                body.extend_from_slice(&piece);
            }
            if too_large {
                break Some(ReadError::TooLarge);
            }
        };
        (Received::new(response, if body.is_empty() { first } else { body.freeze() }), error)
    }
}
