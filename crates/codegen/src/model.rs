//! What every output needs to know of a vendor, read once from its linted document.

use serde_json::Value;

use crate::load::{Document, referenced};

pub use crate::names::rust_name;

/// A vendor and its operations, in the order of the document.
#[derive(Debug)]
pub struct Vendor {
    /// Folder and package name: `hoop-ai`.
    pub id: String,
    /// As people write it: `Hoop AI`.
    pub name: String,
    /// `info.description`.
    pub description: String,
    /// Prefix of the environment variables.
    pub env: String,
    /// Environment variable of the credential.
    pub credential_env: String,
    /// Production base URL.
    pub base_url: String,
    /// How the credential travels.
    pub auth: Auth,
    /// Documented rate limit: requests and seconds.
    pub rate_limit: Option<(u64, u64)>,
    /// Dot paths into an error body: code, message, request id.
    pub error: [Option<String>; 3],
    /// All operations.
    pub operations: Vec<Operation>,
    /// Webhook events.
    pub events: Vec<Event>,
    /// Fields of a webhook's body that hold the event's name and, unless the body itself is the payload, the payload.
    pub envelope: (String, Option<String>),
}

impl Vendor {
    /// The crate as it is named in Rust: `hoop_ai`.
    pub fn module(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// A webhook event.
#[derive(Debug)]
pub struct Event {
    /// As the vendor names it today.
    pub name: String,
    /// Older or other names of the same event.
    pub aliases: Vec<String>,
    /// When it is sent.
    pub description: String,
    /// Component of its payload.
    pub payload: String,
}

/// How the credential travels.
#[derive(Debug)]
pub enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header of its own, in lower case.
    Header(String),
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// `send_message`.
    pub id: String,
    /// Upper case.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Its tag.
    pub tag: String,
    /// One sentence without a full stop.
    pub summary: String,
    /// The rest.
    pub description: String,
    /// The vendor's page.
    pub docs: String,
    /// `full`, `partial` or `client-only`, and the note.
    pub evidence: (String, Option<String>),
    /// Sent as they are.
    pub constant_headers: Vec<(String, String)>,
    /// Parameters that the caller gives.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The one success response.
    pub success: Success,
    /// False where the document says `security: []`.
    pub authenticated: bool,
    /// True where the vendor calls it deprecated.
    pub deprecated: bool,
    /// How it pages.
    pub pagination: Option<Pagination>,
    /// The parts of a `multipart/form-data` body; empty for other bodies.
    pub parts: Vec<Part>,
}

impl Operation {
    /// The body is `multipart/form-data`.
    pub fn is_multipart(&self) -> bool {
        !self.parts.is_empty()
    }

    /// A request sent twice does no harm.
    pub fn is_repeatable(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE")
    }
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// On the wire.
    pub name: String,
    /// `path`, `query` or `header`.
    pub location: String,
    /// May not be left out.
    pub required: bool,
    /// Shown in the docs.
    pub description: String,
    /// `date`, `uuid`, …
    pub format: Option<String>,
    /// A documented value.
    pub example: Option<Value>,
}

impl Parameter {
    /// As a Rust identifier.
    pub fn rust_name(&self) -> String {
        rust_name(&self.name)
    }
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// `application/json`, …
    pub media_type: String,
    /// Name of the component.
    pub schema: String,
    /// The documented example.
    pub example: Option<Value>,
}

/// A part of a multipart body.
#[derive(Debug)]
pub struct Part {
    /// On the wire.
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
#[derive(Debug)]
pub struct Success {
    /// `200`, `2XX`.
    pub status: String,
    /// What it carries.
    pub content: Content,
    /// The documented example.
    pub example: Option<Value>,
}

/// What a response carries.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing the client reads.
    Empty,
    /// JSON of the named component.
    Json(String),
    /// A file.
    Bytes,
}

/// `x-pagination`.
#[derive(Debug)]
pub struct Pagination {
    /// `offset`, `page`, `token` or `cursor`.
    pub style: String,
    /// Dot path of the items.
    pub items: String,
    /// The parameter that counts (offset and page).
    pub param: Option<String>,
    /// Parameter and where its next value comes from (token and cursor).
    pub next: Vec<(String, String)>,
    /// Dot paths.
    pub more: Option<String>,
    /// Dot path of the number of items.
    pub total: Option<String>,
    /// Dot path of the number of pages.
    pub total_pages: Option<String>,
}

/// Reads the model from a document that passed the lint; what is missing there is empty here.
pub fn read(document: &Document) -> Vendor {
    let json = &document.json;
    let client = &json["x-client"];
    let error = |key: &str| client["error"][key].as_str().map(str::to_owned);
    let scheme = json["components"]["securitySchemes"].as_object().and_then(|schemes| schemes.values().next());
    Vendor {
        id: document.vendor.clone(),
        name: text(&client["name"]),
        description: text(&json["info"]["description"]),
        env: text(&client["env"]),
        credential_env: text(&client["credential"]),
        base_url: text(&json["servers"][0]["url"]).trim_end_matches('/').to_owned(),
        auth: match scheme {
            Some(scheme) if scheme["type"] == "apiKey" => Auth::Header(text(&scheme["name"]).to_lowercase()),
            _ => Auth::Bearer,
        },
        rate_limit: client["rate-limit"]["requests"].as_u64().zip(client["rate-limit"]["seconds"].as_u64()),
        error: [error("code"), error("message"), error("request-id")],
        operations: operations(document)
            .map(|(path, method, item, operation)| read_operation(document, path, method, item, operation))
            .collect(),
        events: json["x-webhook-events"].as_object().into_iter().flatten().map(read_event).collect(),
        envelope: (text(&json["x-webhook-envelope"]["type"]), json["x-webhook-envelope"]["data"].as_str().map(str::to_owned)),
    }
}

/// Path, method, path item and operation of everything under `paths`.
pub fn operations(document: &Document) -> impl Iterator<Item = (&str, &str, &Value, &Value)> {
    document.operations().map(|written| (written.path, written.method, written.item, written.node))
}

/// The parameters of an operation, those of its path item included, references followed.
pub fn parameters<'a>(document: &'a Document, item: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    document.parameters(item, operation)
}

/// The value of a header that can only have one.
pub fn constant_header<'a>(document: &'a Document, parameter: &'a Value) -> Option<&'a str> {
    document.constant_header(parameter)
}

fn read_operation(document: &Document, path: &str, method: &str, item: &Value, operation: &Value) -> Operation {
    let mut constant_headers = Vec::new();
    let mut caller_gives = Vec::new();
    for parameter in parameters(document, item, operation) {
        if let Some(value) = constant_header(document, parameter) {
            constant_headers.push((text(&parameter["name"]), value.to_owned()));
        } else {
            caller_gives.push(Parameter {
                name: text(&parameter["name"]),
                location: text(&parameter["in"]),
                required: parameter["required"] == true,
                description: text(&parameter["description"]),
                format: document.follow(&parameter["schema"])["format"].as_str().map(str::to_owned),
                example: parameter.get("example").cloned(),
            });
        }
    }
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: text(&operation["tags"][0]),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        docs: text(&operation["externalDocs"]["url"]),
        evidence: (text(&operation["x-evidence"]["level"]), operation["x-evidence"]["note"].as_str().map(|note| note.trim().to_owned())),
        constant_headers,
        parameters: caller_gives,
        body: read_body(document, operation),
        success: read_success(document, operation),
        authenticated: operation.get("security") != Some(&Value::Array(Vec::new())),
        deprecated: operation["deprecated"] == true,
        pagination: operation.get("x-pagination").map(read_pagination),
        parts: read_parts(document, operation),
    }
}

fn read_body(document: &Document, operation: &Value) -> Option<Body> {
    let body = document.follow(operation.get("requestBody")?);
    let (media_type, content) = body["content"].as_object()?.iter().next()?;
    Some(Body {
        media_type: media_type.clone(),
        schema: referenced(&content["schema"]).unwrap_or_default(),
        example: example(document, content),
    })
}

fn read_parts(document: &Document, operation: &Value) -> Vec<Part> {
    if operation["x-multipart"] != true {
        return Vec::new();
    }
    let schema = document.follow(&document.follow(&operation["requestBody"])["content"]["multipart/form-data"]["schema"]);
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name));
    let part = |(name, property): (&String, &Value)| {
        let list = property["type"] == "array";
        let item = if list { document.follow(&property["items"]) } else { property };
        Part {
            name: name.clone(),
            required: required(name),
            description: text(&property["description"]),
            file: item["format"] == "binary",
            list,
        }
    };
    schema["properties"].as_object().into_iter().flatten().map(part).collect()
}

fn read_success(document: &Document, operation: &Value) -> Success {
    let responses = operation["responses"].as_object();
    let success = responses.into_iter().flatten().find(|(status, _)| status.starts_with('2'));
    let Some((status, response)) = success else {
        return Success { status: "2XX".into(), content: Content::Empty, example: None };
    };
    let content = document.follow(response)["content"].as_object().and_then(|content| content.iter().next());
    let (content, example) = match content {
        None => (Content::Empty, None),
        Some((media_type, content)) if media_type.contains("json") => {
            (Content::Json(referenced(&content["schema"]).unwrap_or_default()), example(document, content))
        }
        Some(_) => (Content::Bytes, None),
    };
    Success { status: status.clone(), content, example }
}

/// The `example` of a media type, or the first of its `examples`.
fn example(document: &Document, content: &Value) -> Option<Value> {
    content.get("example").cloned().or_else(|| {
        let first = content["examples"].as_object()?.values().next()?;
        document.follow(first).get("value").cloned()
    })
}

fn read_event((name, node): (&String, &Value)) -> Event {
    Event {
        name: name.clone(),
        aliases: node["aliases"].as_array().into_iter().flatten().map(text).collect(),
        description: text(&node["description"]),
        payload: referenced(&node["payload"]).unwrap_or_default(),
    }
}

fn read_pagination(node: &Value) -> Pagination {
    let path = |key: &str| node[key].as_str().map(str::to_owned);
    Pagination {
        style: text(&node["style"]),
        items: text(&node["items"]),
        param: path("param"),
        next: node["next"].as_object().into_iter().flatten().map(|(param, from)| (param.clone(), text(from))).collect(),
        more: path("more"),
        total: path("total"),
        total_pages: path("total-pages"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}
