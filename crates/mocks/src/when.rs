//! Which requests a mock responds to.

use std::{fmt, marker::PhantomData};

use reachout_runtime::Auth;
use serde::Serialize;
use serde_json::Value;

use crate::{Operation, path};

/// Which requests of the operation `O` get a response: all with its method and path, unless narrowed down. Values are compared literally.
pub struct When<O> {
    inner: httpmock::When,
    operation: PhantomData<O>,
}

impl<O: Operation> When<O> {
    pub(crate) fn new(inner: httpmock::When) -> Self {
        let when = Self { inner, operation: PhantomData };
        when.map(|when| when.method(O::ROUTE.method.as_str())).path("", None)
    }

    /// Matches requests that carry this credential as the vendor wants it.
    pub fn credential(self, credential: &str) -> Self {
        self.map(|when| match O::VENDOR.auth {
            Auth::Header(name) => when.header(name, credential),
            _ => when.header("authorization", format!("Bearer {credential}")),
        })
    }

    /// httpmock's own type, for what this one has no method for.
    pub fn into_inner(self) -> httpmock::When {
        self.inner
    }

    fn map(mut self, change: impl FnOnce(httpmock::When) -> httpmock::When) -> Self {
        self.inner = change(self.inner);
        self
    }

    fn path(self, name: &str, value: Option<&str>) -> Self {
        // Valid whatever the values are: `path::pattern` escapes them.
        let pattern = path::pattern(O::VENDOR, O::ROUTE.path, name, value);
        self.map(|when| when.path_matches(pattern.as_str()))
    }
}

/// What the generated methods call.
#[allow(dead_code, reason = "not every vendor needs every method")]
impl<O: Operation> When<O> {
    pub(crate) fn path_param(self, name: &str, value: Option<impl ToString>) -> Self {
        self.path(name, value.map(|value| value.to_string()).as_deref())
    }

    pub(crate) fn query_param(self, name: &str, value: Option<impl ToString>) -> Self {
        self.map(|when| match value {
            Some(value) => when.query_param(name, value.to_string()),
            None => when.query_param_missing(name),
        })
    }

    pub(crate) fn query_list(self, name: &str, values: &[impl ToString]) -> Self {
        values.iter().fold(self, |when, value| when.query_param(name, Some(value.to_string())))
    }

    pub(crate) fn header_param(self, name: &str, value: Option<impl ToString>) -> Self {
        self.map(|when| match value {
            Some(value) => when.header(name, value.to_string()),
            None => when.header_missing(name),
        })
    }

    pub(crate) fn json_body(self, value: &impl Serialize) -> Self {
        self.map(|when| when.json_body_obj(value))
    }

    pub(crate) fn form_body(self, value: &impl Serialize) -> Self {
        // A body type is a struct of scalars; anything else has no fields to compare.
        let fields = serde_json::to_value(value).unwrap_or_default();
        let fields = fields.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        fields.fold(self, |when, (name, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            when.map(|when| when.form_urlencoded_tuple(name, value))
        })
    }
}

impl<O: Operation> fmt::Debug for When<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("When").field(&O::ROUTE.operation_id).finish()
    }
}
