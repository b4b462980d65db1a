//! Calls to vendors: which client makes them, what is known of their delivery, and how they are shown.

mod access;
mod delivery;
pub mod download;
mod exchange;

pub use self::{
    access::{Access, api},
    delivery::{Calls, signal},
    exchange::{Exchange, Part},
};
