//! What a mock responds with.

use std::time::Duration;

use reachout_runtime::{Bytes, Map, Value, Vendor};
use serde::Serialize;

/// One response, and how often it is given.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) delay: Duration,
    /// As often as it is wanted, if it is the last.
    pub(crate) times: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: Option<&str>, body: Bytes) -> Self {
        let headers = media_type.map(|media_type| ("content-type".to_owned(), media_type.to_owned())).into_iter().collect();
        Self { status, headers, body, delay: Duration::ZERO, times: None }
    }

    /// JSON. Where the value is null, such as `()`, the response has no body.
    ///
    /// # Panics
    /// Where the value cannot be JSON.
    #[track_caller]
    pub(crate) fn json(status: u16, value: &(impl Serialize + ?Sized)) -> Self {
        let value = serde_json::to_value(value).unwrap_or_else(|error| panic!("the response cannot be written as JSON: {error}"));
        match value {
            Value::Null => Self::new(status, None, Bytes::new()),
            value => Self::new(status, Some("application/json"), value.to_string().into()),
        }
    }

    /// An error in the vendor's own shape.
    pub(crate) fn error(vendor: &Vendor, status: u16, code: &str, message: &str) -> Self {
        let mut body = Value::Object(Map::new());
        for (path, text) in [(vendor.error.code, code), (vendor.error.message, message)] {
            if let Some(path) = path {
                let place = path.split('.').fold(&mut body, |place, key| &mut place[key]);
                *place = text.into();
            }
        }
        Self::json(status, &body)
    }
}
