//! Every client against what its vendor may answer.

mod events;
mod pages;
mod responses;
mod streams;
