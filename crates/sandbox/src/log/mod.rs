//! The log of requests.

mod contact;
mod entry;
mod redact;

pub(crate) use self::entry::{Entry, Log, SentResponse, Summary};
pub use self::entry::{RecordedRequest, RecordedResponse};
