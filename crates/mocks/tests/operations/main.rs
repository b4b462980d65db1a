//! Mocks, by the example of single operations.

mod credentials;
mod matching;
mod responses;
