//! [`Operation`]: one operation of a document, ready to check requests by.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{Method, StatusCode};
use reachout_schema::Definitions;
use serde_json::Value;

use super::document::Document;
use super::validator::LazyValidator;

/// One operation of a vendor.
#[derive(Debug)]
pub(crate) struct Operation {
    pub id: String,
    pub method: Method,
    pub template: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<RequestBody>,
    pub success: Success,
    pub credential: Option<Credential>,
    pub pagination: Option<Pagination>,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub name: String,
    pub location: Location,
    pub required: bool,
    pub schema: Value,
    pub example: Value,
    pub validator: LazyValidator,
}

/// How a request body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    Json,
    Form,
    Multipart,
}

impl MediaType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Json, Self::Form, Self::Multipart].into_iter().find(|media| media.name() == name)
    }
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub required: bool,
    pub media: MediaType,
    pub schema: Value,
    pub example: Value,
    pub validator: LazyValidator,
}

/// What the operation returns when all is well.
#[derive(Debug)]
pub(crate) struct Success {
    pub status: StatusCode,
    pub content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    /// A file of this media type.
    Binary(String),
    Json {
        schema: Value,
        example: Value,
        validator: Box<LazyValidator>,
    },
}

/// Which header carries the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    Bearer,
    Header(String),
}

/// `x-pagination` of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Pagination {
    pub style: Style,
    /// Dot path of the items in the response.
    pub items: String,
    /// The parameter that counts, where the style is offset or page.
    pub param: Option<String>,
    /// Which parameter the next request takes from where in the response.
    pub next: BTreeMap<String, String>,
    /// Dot path of the flag that says whether there is another page.
    pub more: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Offset,
    Page,
    Token,
    Cursor,
}

impl Operation {
    /// Reads the operation at `method` of `template`. The error says what of it cannot be simulated.
    pub(crate) fn read(document: &Document, definitions: &Arc<Definitions>, template: &str, method: &str) -> Result<Self, String> {
        let item = &document.root()["paths"][template];
        let operation = &item[method];
        let mut parameters = Vec::new();
        for parameter in [&item["parameters"], &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten() {
            parameters.extend(read_parameter(document.resolve(parameter), definitions)?);
        }
        Ok(Self {
            id: operation["operationId"].as_str().ok_or("no operationId")?.to_owned(),
            method: Method::from_bytes(method.to_uppercase().as_bytes()).map_err(|error| error.to_string())?,
            template: template.to_owned(),
            parameters,
            body: match document.resolve(&operation["requestBody"]) {
                Value::Null => None,
                body => Some(read_body(body, definitions)?),
            },
            success: read_success(document, &operation["responses"], definitions)?,
            credential: read_credential(document, operation),
            pagination: read_pagination(&operation["x-pagination"]),
        })
    }

    pub(crate) fn parameter(&self, location: Location, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.location == location && parameter.name == name)
    }

    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.location == Location::Path)
    }

    /// The schema and the example of the JSON response.
    pub(crate) fn response(&self) -> Option<(&Value, &Value)> {
        match &self.success.content {
            Content::Json { schema, example, .. } => Some((schema, example)),
            Content::Empty | Content::Binary(_) => None,
        }
    }
}

fn read_parameter(parameter: &Value, definitions: &Arc<Definitions>) -> Result<Option<Parameter>, String> {
    let location = match parameter["in"].as_str() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("header") => Location::Header,
        _ => return Ok(None),
    };
    Ok(Some(Parameter {
        name: parameter["name"].as_str().ok_or("a parameter without a name")?.to_owned(),
        location,
        required: parameter["required"] == true,
        validator: LazyValidator::new(definitions, &parameter["schema"]),
        schema: parameter["schema"].clone(),
        example: parameter["example"].clone(),
    }))
}

fn read_body(body: &Value, definitions: &Arc<Definitions>) -> Result<RequestBody, String> {
    let (name, content) = body["content"].as_object().and_then(|content| content.iter().next()).ok_or("a body without content")?;
    Ok(RequestBody {
        required: body["required"] == true,
        media: MediaType::from_name(name).ok_or_else(|| format!("a body of type {name}"))?,
        validator: LazyValidator::new(definitions, &content["schema"]),
        schema: content["schema"].clone(),
        example: content["example"].clone(),
    })
}

fn read_success(document: &Document, responses: &Value, definitions: &Arc<Definitions>) -> Result<Success, String> {
    let responses = responses.as_object().ok_or("no responses")?;
    let (code, response) = responses.iter().find(|(code, _)| code.starts_with('2')).ok_or("no success response")?;
    let content = match document.resolve(response)["content"].as_object().and_then(|content| content.iter().next()) {
        None => Content::Empty,
        Some((name, content)) if name == "application/json" => Content::Json {
            validator: Box::new(LazyValidator::new(definitions, &content["schema"])),
            schema: content["schema"].clone(),
            example: content["example"].clone(),
        },
        Some((name, _)) => Content::Binary(name.clone()),
    };
    // Where the vendor prints no code, the plainest one that fits is returned.
    let plain = if matches!(content, Content::Empty) { StatusCode::NO_CONTENT } else { StatusCode::OK };
    Ok(Success { status: code.parse().unwrap_or(plain), content })
}

fn read_credential(document: &Document, operation: &Value) -> Option<Credential> {
    let root = document.root();
    let requirements = operation.get("security").or_else(|| root.get("security"))?;
    let name = requirements.as_array()?.first()?.as_object()?.keys().next()?;
    let scheme = &root["components"]["securitySchemes"][name];
    match scheme["type"].as_str() {
        Some("apiKey") => scheme["name"].as_str().map(|name| Credential::Header(name.to_owned())),
        _ => Some(Credential::Bearer),
    }
}

fn read_pagination(pagination: &Value) -> Option<Pagination> {
    let text = |key: &str| pagination[key].as_str().map(str::to_owned);
    let next = pagination["next"].as_object().into_iter().flatten();
    Some(Pagination {
        style: match pagination["style"].as_str()? {
            "offset" => Style::Offset,
            "page" => Style::Page,
            "token" => Style::Token,
            "cursor" => Style::Cursor,
            _ => return None,
        },
        items: text("items")?,
        param: text("param"),
        next: next.filter_map(|(param, path)| Some((param.clone(), path.as_str()?.to_owned()))).collect(),
        more: text("more"),
    })
}
