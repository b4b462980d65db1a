//! [`Reply`]: a response before it becomes bytes.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// A response of the sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ReplyBody,
}

#[derive(Clone, Debug)]
pub(crate) enum ReplyBody {
    Empty,
    Json(Value),
    Bytes { media_type: String, bytes: Bytes },
}

impl Reply {
    pub(crate) fn new(status: StatusCode, body: ReplyBody) -> Self {
        Self { status, headers: HeaderMap::new(), body }
    }

    pub(crate) fn json(status: StatusCode, value: Value) -> Self {
        Self::new(status, ReplyBody::Json(value))
    }

    /// With one more header; a value that no header can hold is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The body as it travels.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.body {
            ReplyBody::Empty => Bytes::new(),
            ReplyBody::Json(value) => value.to_string().into(),
            ReplyBody::Bytes { bytes, .. } => bytes.clone(),
        }
    }

    pub(crate) fn media_type(&self) -> Option<&str> {
        match &self.body {
            ReplyBody::Empty => None,
            ReplyBody::Json(_) => Some("application/json"),
            ReplyBody::Bytes { media_type, .. } => Some(media_type),
        }
    }

    /// The response with `body` in the place of its own.
    pub(crate) fn into_response_with(self, body: Body) -> Response<Body> {
        let media_type = self.media_type().and_then(|media_type| HeaderValue::from_str(media_type).ok());
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(media_type) = media_type {
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        }
        response
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let body = self.bytes().into();
        self.into_response_with(body)
    }
}
