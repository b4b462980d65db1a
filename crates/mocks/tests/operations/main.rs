//! Mocks, by the example of single operations.

mod matching;
mod responses;
