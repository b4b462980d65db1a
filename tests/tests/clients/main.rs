//! Every client against what its vendor may answer.

mod events;
mod own_stores;
mod pages;
mod responses;
mod streams;
