#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod guard;
mod paging;
mod ui;

pub use guard::{Access, Guard, Refused};
pub use paging::next_link;
pub use ui::{File, POLICY, files, page, style};
