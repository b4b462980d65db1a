//! Every client against what its vendor may return.

mod documents;
mod events;
mod examples;
mod forms;
mod highlevel_pages;
mod mocks;
mod own_stores;
mod pages;
mod readmes;
mod recorded;
mod recorded_groups;
mod responses;
mod streams;
