#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(clippy::doc_markdown, reason = "what arguments and results are is shown to assistants, as plain text")]

mod catalog;
mod confirm;
mod cut;
mod failure;
mod fence;
mod http;
mod operations;
mod policy;
mod reading;
mod result;
mod schema;
mod server;
mod stops;
mod tools;

pub use catalog::documented;
pub use http::{ListenError, Listener};
pub use operations::{Described, OperationEffect, operations};
pub use policy::{Confirm, Policy, Toolset, UnknownToolset};
pub use rmcp;
pub use server::{Connection, Server};
pub use tools::tool_names;
