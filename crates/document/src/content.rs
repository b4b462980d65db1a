//! What an operation takes and returns: parameters, bodies, successes.

use serde_json::Value;

use crate::document::Document;

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'d> {
    /// Its name on the wire.
    pub name: &'d str,
    /// Where it travels.
    pub location: Location,
    /// It may not be left out.
    pub required: bool,
    /// What it means; empty where the document does not say.
    pub description: &'d str,
    /// Its schema, as it is written.
    pub schema: &'d Value,
    /// A documented value.
    pub example: Option<&'d Value>,
    /// The parameter itself, through references.
    pub node: &'d Value,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

impl<'d> Parameter<'d> {
    /// Reads a parameter; nothing where it is neither in the path nor in the query nor in a header.
    #[must_use]
    pub fn read(document: &'d Document, node: &'d Value) -> Option<Self> {
        let node = document.follow(node);
        Some(Self {
            name: text(node, "name"),
            location: match text(node, "in") {
                "path" => Location::Path,
                "query" => Location::Query,
                "header" => Location::Header,
                _ => return None,
            },
            required: node["required"] == true,
            description: text(node, "description"),
            schema: &node["schema"],
            example: node.get("example"),
            node,
        })
    }

    /// The value of a header that can only have one.
    #[must_use]
    pub fn constant(&self, document: &'d Document) -> Option<&'d str> {
        match document.follow(self.schema)["enum"].as_array().map(Vec::as_slice) {
            Some([one]) if self.location == Location::Header => one.as_str(),
            _ => None,
        }
    }
}

/// The body of a request or a response, of one media type.
#[derive(Clone, Copy, Debug)]
pub struct Content<'d> {
    /// Such as `application/json`.
    pub media_type: &'d str,
    /// Its schema, as it is written.
    pub schema: &'d Value,
    /// Its `example`, or the first of its `examples`.
    pub example: Option<&'d Value>,
}

impl<'d> Content<'d> {
    /// Reads the `content` of a body or a response, the first where there are several.
    #[must_use]
    pub fn read(document: &'d Document, holder: &'d Value) -> Option<Self> {
        let (media_type, node) = document.follow(holder).get("content")?.as_object()?.iter().next()?;
        let first = || document.follow(node["examples"].as_object()?.values().next()?).get("value");
        Some(Self { media_type, schema: &node["schema"], example: node.get("example").or_else(first) })
    }

    /// JSON, such as `application/json` or `application/problem+json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.media_type.contains("json")
    }

    /// Fields as in a query.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.media_type == "application/x-www-form-urlencoded"
    }

    /// Fields and files.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.media_type == "multipart/form-data"
    }
}

/// The body that an operation takes.
#[derive(Clone, Copy, Debug)]
pub struct Body<'d> {
    /// It may not be left out.
    pub required: bool,
    /// What it is.
    pub content: Content<'d>,
}

impl<'d> Body<'d> {
    /// Reads a `requestBody`.
    #[must_use]
    pub fn read(document: &'d Document, node: &'d Value) -> Option<Self> {
        let content = Content::read(document, node)?;
        Some(Self { required: document.follow(node)["required"] == true, content })
    }
}

/// A success response.
#[derive(Clone, Copy, Debug)]
pub struct Success<'d> {
    /// As it is written: `200`, `2XX`.
    pub status: &'d str,
    /// What it carries, if it carries something.
    pub content: Option<Content<'d>>,
}

impl<'d> Success<'d> {
    /// Every success response of an operation, in the order of the document.
    pub fn read_all(document: &'d Document, responses: &'d Value) -> impl Iterator<Item = Self> {
        let responses = responses.as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        responses.map(|(status, response)| Self { status, content: Content::read(document, response) })
    }

    /// The status code; where the document has a class, the plainest that fits: 200, and 204 without content.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status.parse().unwrap_or(if self.content.is_some() { 200 } else { 204 })
    }
}

/// A text of a node, empty where there is none.
pub(crate) fn text<'d>(node: &'d Value, key: &str) -> &'d str {
    node[key].as_str().unwrap_or_default()
}
