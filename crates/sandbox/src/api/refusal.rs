//! [`Refusal`]: why a request is refused, and how each vendor says so.

use std::time::Duration;

use http::{StatusCode, header};
use reachout_document::Problem;
use reachout_messenger::Vendor;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::response::Reply;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// No such path; the text is method and path.
    UnknownPath(String),
    /// The path exists, with the methods of `allow`.
    Method { request: String, allow: String },
    /// The credential is missing, malformed, revoked or expired.
    Credential,
    /// The credential is that of an account where the operation takes an agency's, or the other way round.
    TokenOwner,
    /// A header or a parameter is missing or wrong.
    Parameter(Problem),
    /// The body has another media type than this.
    MediaType(&'static str),
    /// An uploaded file is of a kind the vendor does not take.
    FileType(String),
    /// The body is longer than this many bytes.
    TooLarge(usize),
    /// The body did not arrive within this time.
    TooSlow(Duration),
    /// The body cannot be read at all.
    Unreadable(String),
    /// The body can be read and does not fit its schema.
    Body(Vec<Problem>),
    /// What the request names does not exist. The path is empty where the address names it.
    NotFound(Problem),
    /// The state of what it names does not allow the request.
    State(String),
    /// Too many requests; the next may come after so many seconds, where the vendor says so.
    RateLimited(Option<u64>),
    /// A fault that was asked for.
    Fault(StatusCode),
    /// The sandbox itself is at fault.
    Internal(String),
}

impl Refusal {
    /// The refusal of one parameter.
    pub(crate) fn parameter(name: &str, message: impl Into<String>) -> Self {
        Self::Parameter(Problem::new(name, message))
    }

    /// The refusal of one field of the body.
    pub(crate) fn field(path: &str, message: impl Into<String>) -> Self {
        Self::Body(vec![Problem::new(path, message)])
    }

    /// There is no `what` where `path` points.
    pub(crate) fn not_found(path: &str, what: &str) -> Self {
        Self::NotFound(Problem::new(path, format!("{what} not found")))
    }

    pub(crate) fn status(&self, vendor: Vendor) -> StatusCode {
        match self {
            Self::UnknownPath(_) | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Credential | Self::TokenOwner => StatusCode::UNAUTHORIZED,
            Self::MediaType(_) | Self::FileType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            // HighLevel tells a body it understands and refuses from one it cannot read.
            Self::Body(_) if vendor.platform() == Vendor::HighLevel => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Parameter(_) | Self::Unreadable(_) | Self::Body(_) | Self::State(_) => StatusCode::BAD_REQUEST,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault(status) => *status,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentences, the most important first.
    fn messages(&self, vendor: Vendor) -> Vec<String> {
        let one = |message: String| vec![message];
        match self {
            Self::UnknownPath(request) => one(format!("Cannot {request}")),
            Self::Method { request, allow } => one(format!("Cannot {request}: this path takes {allow}")),
            Self::Credential => one(match vendor.platform() {
                Vendor::Leonar => "The API key is missing, invalid or revoked".to_owned(),
                Vendor::HighLevel => "Invalid JWT".to_owned(),
                _ => "Invalid API key".to_owned(),
            }),
            // As it was seen in reports.
            Self::TokenOwner => one("The token is not authorized for this scope.".to_owned()),
            Self::Parameter(problem) | Self::NotFound(problem) => one(problem.to_string()),
            Self::MediaType(expected) => one(format!("Content-Type: this operation takes {expected}")),
            Self::FileType(name) => one(format!("fileAttachment: the type of {name:?} is not supported")),
            Self::TooLarge(limit) => one(format!("The body is longer than {limit} bytes")),
            Self::TooSlow(time) => one(format!("The body did not arrive within {time:?}")),
            Self::Unreadable(message) | Self::State(message) | Self::Internal(message) => one(message.clone()),
            Self::Body(problems) => problems.iter().map(ToString::to_string).collect(),
            Self::RateLimited(_) => one("Too many requests".to_owned()),
            Self::Fault(status) => one(reason(*status).to_owned()),
        }
    }

    /// The reason as one sentence, for whoever is not a client of the vendor.
    pub(crate) fn sentence(&self, vendor: Vendor) -> String {
        self.messages(vendor).join("; ")
    }

    /// The response in the vendor's own error shape. `upload` is the shape of HighLevel's upload operation, which differs.
    pub(crate) fn into_reply(self, vendor: Vendor, upload: bool) -> Reply {
        let status = self.status(vendor);
        let messages = self.messages(vendor);
        let body = match vendor.platform() {
            Vendor::Leonar => leonar(&self, &messages.join("; ")),
            Vendor::SendPilot => {
                let prefix = if matches!(self, Self::Body(_)) { "Validation failed: " } else { "" };
                json!({ "statusCode": status.as_u16(), "message": format!("{prefix}{}", messages.join("; ")), "error": reason(status) })
            }
            Vendor::HighLevel if upload && matches!(self, Self::TooLarge(_) | Self::FileType(_) | Self::MediaType(_)) => {
                json!({ "status": status.as_u16(), "message": messages.join("; ") })
            }
            Vendor::HighLevel => {
                let message = if matches!(self, Self::Body(_)) { Value::from(messages) } else { messages.join("; ").into() };
                json!({ "statusCode": status.as_u16(), "message": message, "error": reason(status), "traceId": Uuid::new_v4() })
            }
            _ => at_paths(vendor, reason(status), &messages.join("; ")),
        };
        let reply = Reply::json(status, body);
        match self {
            // What of the body is still to come must not be read as the next request.
            Self::TooSlow(_) => reply.with(header::CONNECTION, "close"),
            Self::Method { allow, .. } => reply.with(header::ALLOW, &allow),
            Self::RateLimited(Some(seconds)) => reply.with(header::RETRY_AFTER, &seconds.to_string()),
            _ => reply,
        }
    }
}

/// Leonar documents no code of its own for 405, 408, 413 and 415; the nearest of those it documents stands in.
fn leonar(refusal: &Refusal, message: &str) -> Value {
    let code = match refusal {
        Refusal::UnknownPath(_) | Refusal::NotFound(_) | Refusal::Method { .. } => "not_found",
        Refusal::Credential => "invalid_api_key",
        Refusal::RateLimited(_) => "rate_limit_exceeded",
        Refusal::Internal(_) => "internal_error",
        Refusal::Fault(status) => match status.as_u16() {
            400 => "validation_error",
            401 => "invalid_api_key",
            402 => "insufficient_credits",
            403 => "insufficient_scope",
            404 => "not_found",
            429 => "rate_limit_exceeded",
            _ => "internal_error",
        },
        _ => "validation_error",
    };
    json!({ "error": { "code": code, "message": message } })
}

/// Where the document says that the code, the message and the request's id are.
fn at_paths(vendor: Vendor, code: &str, message: &str) -> Value {
    let id = Uuid::new_v4().to_string();
    let mut body = json!({});
    let Some(shape) = vendor.api().map(|api| &api.vendor.error) else { return body };
    for (path, text) in [(shape.code, code), (shape.message, message), (shape.request_id, &id)] {
        let Some(path) = path else { continue };
        let mut node = &mut body;
        for name in path.split('.') {
            if !node.is_object() {
                *node = json!({});
            }
            node = &mut node[name];
        }
        *node = text.into();
    }
    body
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}
