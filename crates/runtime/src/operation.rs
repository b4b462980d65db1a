//! One call of a documented operation.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address;
use crate::arguments::Arguments;
use crate::call::{self, Draft};
use crate::core::Core;
use crate::error::{Context, Error};
use crate::multipart::Form;
use crate::response::ResponseValue;
use crate::route::Route;
use crate::stream::ByteStream;

/// A call that is being put together; generated code makes one for each operation.
///
/// An argument that cannot be sent makes `send` fail with [`InvalidRequest`](crate::ErrorKind::InvalidRequest)
/// before anything leaves.
#[must_use = "an operation does nothing until it is sent"]
pub struct Operation<'a> {
    core: &'a Core,
    route: &'static Route,
    path: String,
    arguments: Arguments,
}

impl<'a> Operation<'a> {
    pub(crate) fn new(core: &'a Core, route: &'static Route) -> Self {
        Self { core, route, path: route.path.to_owned(), arguments: Arguments::default() }
    }

    /// Fills `{name}` in the path. The value is percent-encoded; an empty one, `.` and `..` are refused.
    pub fn path_param(mut self, name: &str, value: &dyn Display) -> Self {
        let filled = address::fill(&self.path, name, &value.to_string());
        if let Some(path) = self.arguments.keep(filled) {
            self.path = path;
        }
        self
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

    /// Sends, and decodes the answer's JSON as `T`.
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

    /// What a setter kept of an argument, or the error of this operation.
    #[doc(hidden)]
    pub fn argument<T>(&self, argument: Result<T, String>) -> Result<T, Error> {
        let context = Context { vendor: self.core.vendor().name, operation: self.route.operation_id.into() };
        argument.map_err(|reason| Error::invalid_request(reason).with_context(&context))
    }

    /// The body that a builder ends in, or the error of this operation.
    #[doc(hidden)]
    pub fn body<T, B>(&self, body: Result<B, String>) -> Result<T, Error>
    where
        T: TryFrom<B>,
        T::Error: Display,
    {
        self.argument(body.and_then(|body| T::try_from(body).map_err(|error| error.to_string())))
    }

    fn into_draft(mut self) -> Draft {
        let missing = address::unfilled(&self.path).map(|name| format!("the path parameter `{name}` is missing"));
        if let Some(reason) = missing {
            self.arguments.keep::<()>(Err(Error::invalid_request(reason)));
        }
        Draft {
            operation: self.route.operation_id.into(),
            method: self.route.method.clone(),
            path: self.path,
            arguments: self.arguments,
            route: Some(self.route),
        }
    }
}

impl fmt::Debug for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("operation_id", &self.route.operation_id).field("path", &self.path).finish_non_exhaustive()
    }
}
