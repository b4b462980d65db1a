//! What a mock responds.

use std::{fmt, marker::PhantomData};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::Operation;

/// What the operation `O` responds with. Each operation has a method `success` of its own, for its response type.
pub struct Then<O> {
    inner: httpmock::Then,
    operation: PhantomData<O>,
}

impl<O: Operation> Then<O> {
    pub(crate) fn new(inner: httpmock::Then) -> Self {
        Self { inner, operation: PhantomData }
    }

    /// Responds with the documented example; with an empty body where the spec has none.
    pub fn example(self) -> Self {
        match example(O::OPENAPI, O::ROUTE.operation_id) {
            Some(example) => self.json(O::STATUS, example),
            None => self.empty(),
        }
    }

    /// Responds with any status and JSON, documented or not.
    pub fn json(self, status: u16, body: impl Into<Value>) -> Self {
        self.map(|then| then.status(status).header("content-type", "application/json").json_body(body))
    }

    /// Responds with an error in the vendor's own shape: [`Error::code`] and [`Error::message`] will be these.
    ///
    /// [`Error::code`]: reachout_runtime::Error::code
    /// [`Error::message`]: reachout_runtime::Error::message
    pub fn error(self, status: u16, code: &str, message: &str) -> Self {
        let mut body = Value::Object(Map::new());
        for (path, text) in [(O::VENDOR.error.code, code), (O::VENDOR.error.message, message)] {
            if let Some(path) = path {
                let place = path.split('.').fold(&mut body, |place, key| &mut place[key]);
                *place = text.into();
            }
        }
        self.json(status, body)
    }

    /// Responds with a 4xx and this JSON.
    ///
    /// # Panics
    /// Where `status` is no 4xx: the test says something else than it means.
    #[track_caller]
    pub fn client_error(self, status: u16, body: impl Into<Value>) -> Self {
        assert_eq!(status / 100, 4, "{status} is not a client error");
        self.json(status, body)
    }

    /// Responds with a 5xx and this JSON.
    ///
    /// # Panics
    /// Where `status` is no 5xx: the test says something else than it means.
    #[track_caller]
    pub fn server_error(self, status: u16, body: impl Into<Value>) -> Self {
        assert_eq!(status / 100, 5, "{status} is not a server error");
        self.json(status, body)
    }

    /// Adds a header, such as `Retry-After`.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.map(|then| then.header(name, value))
    }

    /// httpmock's own type, for what this one has no method for.
    pub fn into_inner(self) -> httpmock::Then {
        self.inner
    }

    fn map(mut self, change: impl FnOnce(httpmock::Then) -> httpmock::Then) -> Self {
        self.inner = change(self.inner);
        self
    }
}

/// What the generated methods call.
#[allow(dead_code, reason = "not every vendor needs every method")]
impl<O: Operation> Then<O> {
    pub(crate) fn typed(self, value: &impl Serialize) -> Self {
        self.map(|then| then.status(O::STATUS).header("content-type", "application/json").json_body_obj(value))
    }

    pub(crate) fn empty(self) -> Self {
        self.map(|then| then.status(O::STATUS))
    }

    pub(crate) fn file(self, media_type: &str, content: &[u8]) -> Self {
        self.map(|then| then.status(O::STATUS).header("content-type", media_type).body(content))
    }
}

impl<O: Operation> fmt::Debug for Then<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Then").field(&O::ROUTE.operation_id).finish()
    }
}

/// The example of an operation's success response.
fn example(openapi: &str, operation_id: &str) -> Option<Value> {
    let document: Value = serde_json::from_str(openapi).ok()?;
    let operations = document["paths"].as_object()?.values().filter_map(Value::as_object).flat_map(Map::values);
    let operation = operations.into_iter().find(|operation| operation["operationId"] == operation_id)?;
    let (_, success) = operation["responses"].as_object()?.iter().find(|(status, _)| status.starts_with('2'))?;
    let content = follow(&document, success)["content"].as_object()?.values().next()?;
    let first = || content["examples"].as_object()?.values().next().map(|example| &follow(&document, example)["value"]);
    content.get("example").or_else(first).cloned()
}

fn follow<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let target = node["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(node)
}
