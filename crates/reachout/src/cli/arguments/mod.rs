//! Reading arguments.

mod choice;
mod credential;
pub mod exact;
pub mod input;
pub mod spool;
mod suggest;
pub mod time;

pub use self::{
    choice::Choice,
    credential::{credential_name, profile_name},
    suggest::{keep_nearest, with_nearest},
};
