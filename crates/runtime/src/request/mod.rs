//! A request before it is sent: of a documented operation, or to any other path of the vendor.

pub(crate) mod body;
pub(crate) mod check;
pub(crate) mod headers;
pub mod multipart;
pub(crate) mod url;

use std::borrow::Cow;
use std::fmt::{self, Display};

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use crate::client::Core;
use crate::error::{Context, Error};
use crate::request::body::Body;
use crate::request::check::{Check, Limited};
use crate::request::multipart::{Form, Part};
use crate::request::url::PathTemplate;
use crate::response::redaction::{self, Redactor};
use crate::route::{Effect, MethodClass, Route};

/// A request to the vendor, with the client's credential, pacing, retry and errors.
///
/// Whether it is retried follows from its method: a POST or PATCH is never sent twice once the vendor may have acted on it. What cannot
/// be sent makes the call fail with [`InvalidRequest`](crate::ErrorKind::InvalidRequest) before anything leaves, and the error names
/// everything that is wrong.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    /// In a box, because a request goes from setter to setter.
    pub(crate) parts: Box<Parts>,
}

/// What a request is made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) core: Core,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) path: PathTemplate,
    /// What the spec says, if it has the operation.
    pub(crate) route: Option<&'static Route>,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    problems: Vec<String>,
}

impl Core {
    /// Begins a request of a documented operation.
    pub fn operation(&self, route: &'static Route) -> Request {
        let route = self.vendor().route(route);
        let path = PathTemplate::new(route.path);
        Request::new(self, Cow::Borrowed(route.operation_id), route.method.clone(), path, Some(route))
    }

    /// Begins a request to a path below the base URL, for endpoints that the spec does not have; one that the spec has is treated as
    /// documented. The path begins with `/`; one that leaves the base, such as `//host` or one with `..`, is refused.
    pub fn request(&self, method: Method, path: &str) -> Request {
        let plain = path.split(['?', '#']).next().unwrap_or_default();
        let route = self.vendor().routes.iter().find(|route| route.method == method && route.path == plain).copied();
        let operation = format!("{method} {}", redaction::escaped(plain));
        Request::new(self, operation.into(), method, PathTemplate::new(path.to_owned()), route)
    }
}

/// A call that was not sent yet, such as `client.leads().list("camp_1")`: what mocks match requests with.
pub trait IntoRequest {
    /// The type of its response's value.
    type Response;

    /// The request that it would send.
    fn into_request(self) -> Request;
}

impl IntoRequest for Request {
    type Response = Value;

    fn into_request(self) -> Self {
        self
    }
}

impl Request {
    fn new(core: &Core, operation: Cow<'static, str>, method: Method, path: PathTemplate, route: Option<&'static Route>) -> Self {
        let parts = Parts {
            core: core.clone(),
            operation,
            method,
            path,
            route,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::None,
            problems: Vec::new(),
        };
        Self { parts: Box::new(parts) }
    }

    /// Fills `{name}` in the path. The value is percent-encoded; an empty one, `.` and `..` are refused.
    pub fn path_param(mut self, name: &str, value: &dyn Display) -> Self {
        if let Err(problem) = self.parts.path.fill(name, value) {
            self.parts.problems.push(problem);
        }
        self
    }

    /// Adds a query parameter. `None` adds nothing; a list repeats the name.
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) -> Self {
        let name = name.into();
        if let Err(problem) = url::values(&name, value, |value| self.parts.query.push((name.clone(), value))) {
            self.parts.problems.push(problem);
        }
        self
    }

    /// Sets a query parameter, in the place of an earlier one of the same name.
    pub fn set_query(mut self, name: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) -> Self {
        let name = name.into();
        self.parts.query.retain(|(other, _)| *other != name);
        self.query(name, value)
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &dyn Display) -> Self {
        self.set_header(name, &value.to_string());
        self
    }

    /// Sends `body` as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match Body::json(body) {
            Ok(body) => self.parts.body = body,
            Err(problem) => self.parts.problems.push(problem),
        }
        self
    }

    /// Sends the fields of `body` URL-encoded.
    pub fn form(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match Body::form(body) {
            Ok(body) => self.parts.body = body,
            Err(problem) => self.parts.problems.push(problem),
        }
        self
    }

    /// Sends `body` as it is, said to be of this media type.
    pub fn bytes(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.parts.body = Body::Bytes { media_type, bytes: body.into() };
        self
    }

    /// Sends `form` as `multipart/form-data`.
    pub fn multipart(mut self, form: Form) -> Self {
        self.parts.body = Body::Multipart(form);
        self
    }

    /// Adds a text to the `multipart/form-data` body, before its files: a vendor that reads a form as it comes knows by then what they are.
    #[doc(hidden)]
    pub fn text_part(self, name: &'static str, value: impl Into<String>) -> Self {
        let part = Part::text(value);
        self.change_form(|form| form.before_files(name, part))
    }

    /// Adds a file to the `multipart/form-data` body.
    #[doc(hidden)]
    pub fn file_part(self, name: &'static str, part: Part) -> Self {
        self.change_form(|form| form.part(name, part))
    }

    fn change_form(mut self, change: impl FnOnce(Form) -> Form) -> Self {
        self.parts.body = Body::Multipart(change(match self.parts.body {
            Body::Multipart(form) => form,
            Body::None | Body::Bytes { .. } => Form::new(),
        }));
        self
    }

    /// Checks the limits of what is sent.
    #[doc(hidden)]
    pub fn check(mut self, body: &impl Limited) -> Self {
        body.check(&mut Check::new(&mut self.parts.problems));
        self
    }

    /// Sets a query parameter of a documented type.
    #[doc(hidden)]
    pub fn parameter<T: Serialize>(self, name: &'static str, value: impl Into<T>) -> Self {
        let value: T = value.into();
        self.set_query(name, &value)
    }

    /// Sets a query parameter and checks its limits.
    #[doc(hidden)]
    pub fn checked_parameter<T: Serialize>(self, name: &'static str, value: impl Into<T>, check: fn(&mut Check<'_>, &T)) -> Self {
        let value: T = value.into();
        self.checking(|problems| check(problems, &value)).set_query(name, &value)
    }

    /// Sets a query parameter that is a list.
    #[doc(hidden)]
    pub fn parameters<T: Serialize>(self, name: &'static str, values: impl IntoIterator<Item = impl Into<T>>) -> Self {
        let values: Vec<T> = values.into_iter().map(Into::into).collect();
        self.set_query(name, &values)
    }

    /// Sets a query parameter that is a list, and checks its limits.
    #[doc(hidden)]
    pub fn checked_parameters<T: Serialize>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = impl Into<T>>,
        check: fn(&mut Check<'_>, &Vec<T>),
    ) -> Self {
        let values: Vec<T> = values.into_iter().map(Into::into).collect();
        self.checking(|problems| check(problems, &values)).set_query(name, &values)
    }

    /// Sets a header of a documented type and checks its limits.
    #[doc(hidden)]
    pub fn checked_header_parameter<T: Serialize>(self, name: &'static str, value: impl Into<T>, check: fn(&mut Check<'_>, &T)) -> Self {
        let value: T = value.into();
        self.checking(|problems| check(problems, &value)).header_parameter::<T>(name, value)
    }

    /// Sets a header of a documented type.
    #[doc(hidden)]
    pub fn header_parameter<T: Serialize>(mut self, name: &'static str, value: impl Into<T>) -> Self {
        let value: T = value.into();
        let mut values = Vec::new();
        match url::values(name, &value, |value| values.push(value)) {
            Ok(()) => self.set_header(name, &values.join(",")),
            Err(problem) => self.parts.problems.push(problem),
        }
        self
    }

    fn set_header(&mut self, name: &str, value: &str) {
        match headers::parse(name, value) {
            Ok((name, value)) => drop(self.parts.headers.insert(name, value)),
            Err(problem) => self.parts.problems.push(problem.into_owned()),
        }
    }

    /// Checks the limits of what is no type of its own: a value in the path, a body that is a list.
    #[doc(hidden)]
    pub fn checking(mut self, check: impl FnOnce(&mut Check<'_>)) -> Self {
        check(&mut Check::new(&mut self.parts.problems));
        self
    }

    /// A whole number that is set already, in the query or in the JSON body.
    pub(crate) fn position(&self, name: &str) -> Option<u64> {
        match self.parts.query.iter().find(|(other, _)| other == name) {
            Some((_, value)) => value.parse().ok(),
            None => self.parts.body.fields()?.get(name)?.to_string().trim_matches('"').parse().ok(),
        }
    }

    /// Sets a parameter of the next page: a field of the body where the operation has a JSON body, else in the query.
    pub(crate) fn set_position(mut self, name: &'static str, value: Value) -> Self {
        let Some(mut fields) = self.parts.body.fields() else { return self.set_query(name, &value) };
        fields.insert(name.to_owned(), value);
        self.parts.body = Body::object(&fields);
        self
    }
}

impl Parts {
    /// What is wrong with the request, all at once.
    pub(crate) fn problems(&self) -> Result<(), Error> {
        let unfilled = self.route.and_then(|_| self.path.unfilled()).map(|name| format!("the path parameter `{name}` is missing"));
        if self.problems.is_empty() && unfilled.is_none() {
            return Ok(());
        }
        let problems: Vec<&str> = self.problems.iter().map(String::as_str).chain(unfilled.as_deref()).collect();
        Err(Error::invalid_request(problems.join("; ")))
    }

    /// Whether the client [permits](crate::CallOptions::allow) what the request may do.
    pub(crate) fn permission(&self) -> Result<(), Error> {
        let Some(allowed) = self.core.options().allowed else { return Ok(()) };
        let effect = self.greatest_effect();
        if effect <= allowed {
            return Ok(());
        }
        Err(Error::not_permitted(format!("the request {effect}, and the client permits no more than what {allowed}")))
    }

    /// The greatest effect that the request may have. One outside the documented operations has that of the operations with its path, or else what
    /// its method lets expect: a GET reads (RFC 9110, section 9.2.1), and anything else may do anything.
    pub(crate) fn greatest_effect(&self) -> Effect {
        if let Some(route) = self.route {
            return route.greatest_effect();
        }
        let path = self.path.to_string();
        let plain = percent_decode_str(path.split('?').next().unwrap_or_default().trim_end_matches('/')).decode_utf8_lossy();
        let same = self.core.vendor().routes.iter().filter(|route| route.method == self.method && route.has_path(&plain));
        same.map(|route| route.greatest_effect()).max().unwrap_or(match MethodClass::of(&self.method) {
            MethodClass::Safe => Effect::Reads,
            MethodClass::Repeatable | MethodClass::Once => Effect::ReachesAPerson,
        })
    }

    /// Which call an error belongs to. The path of a raw request is the caller's, who may have put a key into it.
    pub(crate) fn context(&self, redactor: &Redactor) -> Context {
        let operation = match &self.operation {
            Cow::Borrowed(operation) => Cow::Borrowed(*operation),
            Cow::Owned(operation) => redactor.line(operation, usize::MAX).into(),
        };
        Context { vendor: self.core.vendor().name, operation }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.parts.path.to_string();
        let plain = path.split('?').next().unwrap_or_default();
        f.debug_struct("Request").field("method", &self.parts.method).field("path", &plain).finish_non_exhaustive()
    }
}
