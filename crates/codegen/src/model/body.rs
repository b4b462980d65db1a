//! What requests and responses carry.

use serde_json::Value;

use super::{Limits, TypeRef};

/// A request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// What it is.
    pub content: BodyContent,
    /// What the vendor takes, where the body is a list.
    pub limits: Limits,
    /// The documented example.
    pub example: Option<Value>,
}

/// What a request body is.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyContent {
    /// JSON.
    Json(TypeRef),
    /// URL-encoded fields.
    Form(TypeRef),
    /// Bytes of this media type.
    Bytes(String),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// On the wire.
    pub wire: String,
    /// As an argument or setter.
    pub name: String,
    /// May not be left out.
    pub required: bool,
    /// Shown in the docs.
    pub description: String,
    /// A file; else a text.
    pub file: bool,
    /// May be given more than once.
    pub list: bool,
}

/// A success response.
#[derive(Clone, Debug, PartialEq)]
pub struct Success {
    /// `200`, `2XX`.
    pub status: String,
    /// What it carries.
    pub content: Content,
    /// The documented example.
    pub example: Option<Value>,
}

/// What a response carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing the client reads.
    Empty,
    /// JSON.
    Json(TypeRef),
    /// A file.
    Bytes,
}
