//! [`When`]: which requests a mock matches, and what it responds with.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use reachout_document::Location;
use reachout_runtime::{Bytes, Value};
use serde::Serialize;

use crate::expectation::Expectation;
use crate::mock::Mock;
use crate::reply::Reply;
use crate::state::{Entry, State};

/// A mock before it has a response of type `T`.
///
/// A new mock, which is one at the step [`Request`], can be narrowed down. Names of parameters, headers and fields are those of the vendor's
/// document: another one panics, with the names that there are.
#[must_use = "a mock responds to nothing before it has a response"]
pub struct When<T, Step = Request> {
    state: Arc<State>,
    target: Target,
    of: PhantomData<fn() -> (T, Step)>,
}

/// The mock is new: which requests it matches is being said.
#[derive(Debug)]
pub enum Request {}

/// The mock has responses: a further one is being said.
#[derive(Debug)]
pub enum Next {}

enum Target {
    New(Box<Expectation>),
    Existing(usize),
}

impl<T> When<T> {
    pub(crate) fn new(state: Arc<State>, expectation: Expectation) -> Self {
        Self { state, target: Target::New(Box::new(expectation)), of: PhantomData }
    }

    /// Matches requests with this credential, in the place where the vendor wants it.
    pub fn credential(mut self, credential: impl Into<String>) -> Self {
        self.expectation().credential = Some(credential.into());
        self
    }

    /// Matches one value of a parameter in the path.
    #[expect(clippy::needless_pass_by_value, reason = "an id is given as the client's method takes it")]
    #[track_caller]
    pub fn path_param(mut self, name: &str, value: impl ToString) -> Self {
        self.check(Location::Path, name);
        self.expectation().path.set(name, &value.to_string());
        self
    }

    /// Matches one value of a parameter in the query, or the values of a list; with `None` it must be absent.
    #[track_caller]
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        self.check(Location::Query, name);
        let query = &mut self.expectation().query;
        query.retain(|(other, _)| other != name);
        query.push((name.to_owned(), texts(value)));
        self
    }

    /// Matches one value of a header, documented or not; with `None` it must be absent.
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        let values = texts(value);
        let headers = &mut self.expectation().headers;
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        headers.push((name.to_ascii_lowercase(), (!values.is_empty()).then(|| values.join(","))));
        self
    }

    /// Matches one value of a field of the body: of JSON by its dot path, such as `leads.0.email`, of a form by its name.
    #[track_caller]
    pub fn body_field(mut self, path: &str, value: impl Serialize) -> Self {
        self.state.documented.check_field(self.expectation().operation, path);
        let value = json(value);
        self.expectation().fields.push((path.to_owned(), value));
        self
    }

    /// Responds with these pages, one after the other, to the requests of a stream. What requests the next page, such as an offset or a
    /// continuation token, is not compared.
    ///
    /// # Panics
    /// Where there is no page.
    #[track_caller]
    pub fn pages<'a>(mut self, pages: impl IntoIterator<Item = &'a T>) -> Mock<T>
    where
        T: Serialize + 'a,
    {
        let ignored = self.state.documented.paging(self.expectation().operation);
        self.expectation().ignored = ignored;
        let mut pages = pages.into_iter();
        let first = pages.next().expect("a list has a page, though an empty one");
        pages.fold(self.respond(first), |mock, page| mock.then().respond(page))
    }

    #[track_caller]
    fn check(&mut self, location: Location, name: &str) {
        self.state.documented.check_parameter(self.expectation().operation, location, name);
    }

    fn expectation(&mut self) -> &mut Expectation {
        match &mut self.target {
            Target::New(expectation) => expectation,
            Target::Existing(_) => unreachable!("only a further response has a mock already, and it cannot be narrowed down"),
        }
    }
}

impl<T> When<T, Next> {
    pub(crate) fn next(state: Arc<State>, mock: usize) -> Self {
        Self { state, target: Target::Existing(mock), of: PhantomData }
    }
}

impl<T, Step> When<T, Step> {
    /// Responds with this value, as the vendor documents a success; with `&()` without a body.
    #[track_caller]
    pub fn respond(self, response: &T) -> Mock<T>
    where
        T: Serialize,
    {
        let (status, _) = self.success();
        self.reply(Reply::json(status, response))
    }

    /// Responds with the documented example, or without a body where the document shows none.
    pub fn example(self) -> Mock<T> {
        let (status, example) = self.success();
        self.reply(Reply::json(status, example.unwrap_or(&Value::Null)))
    }

    /// Responds with an error in the vendor's own shape: [`Error::code`] and [`Error::message`] will be these.
    ///
    /// [`Error::code`]: reachout_runtime::Error::code
    /// [`Error::message`]: reachout_runtime::Error::message
    ///
    /// # Panics
    /// Where `status` is no 4xx or 5xx: the test says something else than it means.
    #[track_caller]
    pub fn error(self, status: u16, code: &str, message: &str) -> Mock<T> {
        assert!(matches!(status, 400..=599), "{status} is not an error");
        let reply = Reply::error(self.state.vendor, status, code, message);
        self.reply(reply)
    }

    /// Responds with any status and JSON, documented or not.
    #[track_caller]
    pub fn json(self, status: u16, body: impl Serialize) -> Mock<T> {
        self.reply(Reply::json(status, &body))
    }

    /// Responds with a file of this media type.
    pub fn file(self, media_type: &str, content: impl Into<Bytes>) -> Mock<T> {
        let (status, _) = self.success();
        self.reply(Reply::new(status, Some(media_type), content.into()))
    }

    fn success(&self) -> (u16, Option<&'static Value>) {
        let operation = match &self.target {
            Target::New(expectation) => expectation.operation,
            Target::Existing(mock) => self.state.inner().mocks[*mock].expectation.operation,
        };
        self.state.documented.success(operation)
    }

    fn reply(self, reply: Reply) -> Mock<T> {
        let mut inner = self.state.inner();
        let mock = match self.target {
            Target::New(expectation) => {
                inner.mocks.push(Entry { expectation: *expectation, replies: Vec::new(), calls: 0 });
                inner.mocks.len() - 1
            }
            Target::Existing(mock) => mock,
        };
        inner.mocks[mock].replies.push(reply);
        drop(inner);
        Mock::new(self.state, mock)
    }
}

impl<T, Step> fmt::Debug for When<T, Step> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When").finish_non_exhaustive()
    }
}

/// A value as it is written in a query: a list as several, null as none.
fn texts(value: impl Serialize) -> Vec<String> {
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        value => Some(value.to_string()),
    };
    match json(value) {
        Value::Array(items) => items.into_iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| panic!("the value cannot be JSON: {error}"))
}
