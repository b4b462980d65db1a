//! The escape hatch: a request to an endpoint that the spec does not have.

use std::fmt::{self, Display};

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::arguments::Arguments;
use crate::call::{self, Draft};
use crate::core::Core;
use crate::error::Error;
use crate::multipart::Form;
use crate::redact;
use crate::response::ResponseValue;
use crate::stream::ByteStream;

/// A request to any path below the client's base URL, with the client's credential, pacing, retry and errors.
///
/// Whether it is retried follows from its method, as for documented operations: a POST or PATCH is never sent twice
/// once the vendor may have acted on it.
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    core: &'a Core,
    method: Method,
    path: String,
    arguments: Arguments,
}

impl<'a> Request<'a> {
    pub(crate) fn new(core: &'a Core, method: Method, path: &str) -> Self {
        Self { core, method, path: path.to_owned(), arguments: Arguments::default() }
    }

    /// Adds a query parameter. `None` adds nothing; a list repeats the name.
    pub fn query(mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        self.arguments.query(name, value);
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &dyn Display) -> Self {
        self.arguments.header(name, value);
        self
    }

    /// Sends `body` as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.arguments.json(body);
        self
    }

    /// Sends the fields of `body` URL-encoded.
    pub fn form(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.arguments.form(body);
        self
    }

    /// Sends `form` as `multipart/form-data`.
    pub fn multipart(mut self, form: Form) -> Self {
        self.arguments.multipart(form);
        self
    }

    /// Sends, and decodes the answer's JSON as `T`; `serde_json::Value` takes any.
    pub async fn send<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        call::send(self.core, self.into_draft()).await
    }

    /// Sends, and ignores what a successful answer says.
    pub async fn send_empty(self) -> Result<ResponseValue<()>, Error> {
        call::send_empty(self.core, self.into_draft()).await
    }

    /// Sends, and hands out a successful answer as it arrives, without a limit on its size.
    pub async fn send_stream(self) -> Result<ResponseValue<ByteStream>, Error> {
        call::send_stream(self.core, self.into_draft()).await
    }

    fn into_draft(self) -> Draft {
        let plain = self.path.split(['?', '#']).next().unwrap_or_default();
        let route = self.core.vendor().routes.iter().find(|route| route.method == self.method && route.path == plain);
        let operation = format!("{} {}", self.method, redact::escaped(plain)).into();
        Draft { operation, method: self.method, path: self.path, arguments: self.arguments, route }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.path.split('?').next().unwrap_or_default();
        f.debug_struct("Request").field("method", &self.method).field("path", &plain).finish_non_exhaustive()
    }
}
