//! What operations and free requests collect before they are sent.

use std::fmt::Display;

use serde::Serialize;

use crate::address;
use crate::body::Body;
use crate::error::Error;
use crate::headers::Headers;
use crate::multipart::Form;

/// Query, headers and body; the first thing that cannot be sent is kept until sending.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
    pub(crate) failure: Option<Error>,
}

impl Arguments {
    pub(crate) fn query(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        let pairs = address::pairs(name, value);
        if let Some(pairs) = self.keep(pairs) {
            self.query.extend(pairs);
        }
    }

    pub(crate) fn header(&mut self, name: &str, value: &dyn Display) {
        self.headers.set(name, &value.to_string());
    }

    pub(crate) fn json(&mut self, value: &(impl Serialize + ?Sized)) {
        let body = Body::json(value);
        self.set_body(body);
    }

    pub(crate) fn form(&mut self, value: &(impl Serialize + ?Sized)) {
        let body = Body::form(value);
        self.set_body(body);
    }

    pub(crate) fn multipart(&mut self, form: Form) {
        self.body = Body::Multipart(form);
    }

    fn set_body(&mut self, body: Result<Body, Error>) {
        if let Some(body) = self.keep(body) {
            self.body = body;
        }
    }

    /// The value, or nothing and the first failure kept.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.failure.get_or_insert(error);
                None
            }
        }
    }
}
