//! Every client against what its vendor may answer.

mod documents;
mod events;
mod forms;
mod pages;
mod responses;
mod streams;
