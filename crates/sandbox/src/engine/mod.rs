//! Performs operations.

mod example;

use bytes::Bytes;

use crate::api::{Api, Content, Operation};
use crate::check::Checked;
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};

/// Performs an operation and answers.
pub(crate) fn perform(api: &Api, operation: &Operation, checked: &Checked) -> Result<Reply, Refusal> {
    let body = match &operation.success.content {
        Content::Empty => ReplyBody::Empty,
        Content::Binary => ReplyBody::Bytes { media_type: "application/octet-stream", bytes: Bytes::from_static(b"sandbox") },
        Content::Json { .. } => ReplyBody::Json(example::answer(&api.document, operation, checked)),
    };
    Ok(Reply::new(operation.success.status, body))
}
