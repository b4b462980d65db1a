//! [`Mock`]: a mock that responds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::reply::Reply;
use crate::state::State;
use crate::when::{Next, When};

/// A mock that responds with a `T`. What it changes is its last response.
///
/// Without [`times`](Self::times), the last response is given as often as it is wanted, and each before it once.
pub struct Mock<T> {
    state: Arc<State>,
    index: usize,
    response: PhantomData<fn() -> T>,
}

impl<T> Mock<T> {
    pub(crate) fn new(state: Arc<State>, index: usize) -> Self {
        Self { state, index, response: PhantomData }
    }

    /// Adds a header to the response, such as `Retry-After`.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|reply| reply.headers.push((name.to_owned(), value.to_owned())))
    }

    /// Responds after this time.
    pub fn delay(self, delay: Duration) -> Self {
        self.change(|reply| reply.delay = delay)
    }

    /// Gives the response so often. After the last response, the mock matches nothing.
    pub fn times(self, times: usize) -> Self {
        self.change(|reply| reply.times = Some(times))
    }

    /// A further response, which follows the ones before it.
    pub fn then(self) -> When<T, Next> {
        When::next(self.state, self.index)
    }

    /// How many requests it matched.
    pub fn calls(&self) -> usize {
        self.state.inner().mocks[self.index].calls
    }

    /// Asserts that it matched one request for each of its responses, or as many as [`times`](Self::times) says.
    ///
    /// # Panics
    /// Where it did not; the message has the request that missed it by the least.
    #[track_caller]
    pub fn assert(&self) {
        let expected = self.state.inner().mocks[self.index].expected();
        self.assert_calls(expected);
    }

    /// Asserts that it matched this many requests.
    ///
    /// # Panics
    /// Where it did not; the message has the request that missed it by the least.
    #[track_caller]
    pub fn assert_calls(&self, expected: usize) {
        let inner = self.state.inner();
        let entry = &inner.mocks[self.index];
        if entry.calls == expected {
            return;
        }
        let message = format!("{}: {} calls, expected {expected}", entry.expectation, entry.calls);
        let nearest = self.state.nearest(&inner, self.index).filter(|_| entry.calls < expected);
        drop(inner);
        match nearest {
            Some(nearest) => panic!("{message}. The nearest request that it did not match is {nearest}"),
            None => panic!("{message}"),
        }
    }

    fn change(self, change: impl FnOnce(&mut Reply)) -> Self {
        if let Some(reply) = self.state.inner().mocks[self.index].replies.last_mut() {
            change(reply);
        }
        self
    }
}

impl<T> fmt::Debug for Mock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mock").field(&self.state.inner().mocks[self.index].expectation.to_string()).finish()
    }
}
