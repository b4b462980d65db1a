//! Every client against what its vendor may answer.

mod pages;
mod responses;
