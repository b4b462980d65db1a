//! The log of requests.

mod contact;
mod entry;
pub(crate) mod har;
mod redact;

pub(crate) use self::entry::{Entry, Log, SentResponse, Summary};
pub use self::entry::{RecordedRequest, RecordedResponse};
