//! Checks a request against its operation and reads what it says.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, header};
use reachout_document::{Content, Document, Location, Parameter, Problem, Strictness};
use reachout_runtime::Auth;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::api::multipart::{self, File};
use crate::api::number;
use crate::api::refusal::Refusal;
use crate::api::{Api, Operation};
use crate::credentials;
use crate::settings::Versions;

/// A request that its operation allows.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Path and query parameters by name.
    pub parameters: BTreeMap<String, Value>,
    /// The body; null where there is none.
    pub body: Value,
    /// The files of a multipart body.
    pub files: Vec<File>,
}

/// The credential of a request: the bearer token or the key in its header.
pub(crate) fn credential<'a>(api: &Api, headers: &'a HeaderMap) -> Option<&'a str> {
    match api.client.auth {
        Auth::Header(name) => headers.get(name)?.to_str().ok(),
        _ => {
            let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        }
    }
}

/// Whether the vendor would know the credential.
pub(crate) fn has_form(api: &Api, credential: &str) -> bool {
    let vendor = api.vendor;
    credential.strip_prefix(credentials::key_prefix(vendor)).is_some_and(|rest| !rest.is_empty())
        && credential != credentials::refused_key(vendor)
}

/// Checks headers and parameters, in this order.
pub(crate) fn parameters(
    document: &Document,
    operation: &Operation,
    versions: Versions,
    (headers, path, query): (&HeaderMap, Vec<(String, String)>, &str),
) -> Result<BTreeMap<String, Value>, Refusal> {
    for parameter in operation.parameters_in(Location::Header) {
        check_header(document, parameter, headers, versions)?;
    }
    let mut values = BTreeMap::new();
    let query = form_urlencoded::parse(query.as_bytes()).map(|(name, text)| (Location::Query, name.into_owned(), text.into_owned()));
    for (location, name, text) in path.into_iter().map(|(name, text)| (Location::Path, name, text)).chain(query) {
        let Some(parameter) = operation.parameter(location, &name) else {
            return Err(Refusal::parameter(&name, "this operation has no such parameter"));
        };
        let value = read(document, parameter.schema, text);
        validate(document, parameter, &value)?;
        values.insert(name, value);
    }
    match operation.parameters_in(Location::Query).find(|parameter| parameter.required && !values.contains_key(parameter.name)) {
        Some(missing) => Err(Refusal::parameter(missing.name, "this query parameter is required")),
        None => Ok(values),
    }
}

fn check_header(document: &Document, parameter: &Parameter<'_>, headers: &HeaderMap, versions: Versions) -> Result<(), Refusal> {
    let name = parameter.name;
    match headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()) {
        None if parameter.required => Err(Refusal::parameter(name, format!("this header is required{}", expected(document, parameter)))),
        None => Ok(()),
        Some(value) if name == "Version" && versions.accept(&value) => Ok(()),
        Some(value) => validate(document, parameter, &read(document, parameter.schema, value)),
    }
}

/// What the header may say, where its schema lists that.
fn expected(document: &Document, parameter: &Parameter<'_>) -> String {
    let values = document.choices(parameter.schema).unwrap_or_default();
    if values.is_empty() { String::new() } else { format!("; this operation takes {}", values.join(" or ")) }
}

fn validate(document: &Document, parameter: &Parameter<'_>, value: &Value) -> Result<(), Refusal> {
    match document.problems(parameter.schema, value, Strictness::Exact).into_iter().next() {
        Some(Problem { message, .. }) => Err(Refusal::parameter(parameter.name, message)),
        None => Ok(()),
    }
}

/// `text` as the type of its schema; as text where it is none of that type, for the validator to say so.
fn read(document: &Document, schema: &Value, text: String) -> Value {
    let schema = document.resolve(schema);
    let parsed = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from)).ok(),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        Some("array") => Some(text.split(',').map(|item| read(document, &schema["items"], item.to_owned())).collect()),
        _ => None,
    };
    parsed.unwrap_or(Value::String(text))
}

/// Reads and checks the body. `others` are the same operation of other editions, whose fields are taken too.
pub(crate) async fn body(
    document: &Document,
    operation: &Operation,
    others: &[(&Document, &Operation)],
    headers: &HeaderMap,
    bytes: Bytes,
) -> Result<(Value, Vec<File>), Refusal> {
    let Some(body) = operation.body else {
        // Some clients write an empty object where an operation takes nothing.
        let nothing = matches!(bytes.trim_ascii(), b"" | b"{}" | b"null");
        return if nothing {
            Ok((Value::Null, Vec::new()))
        } else {
            Err(Refusal::Unreadable("body: this operation takes none".to_owned()))
        };
    };
    if bytes.is_empty() && !body.required {
        return Ok((Value::Null, Vec::new()));
    }
    let expected = body.content;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if bytes.is_empty() && essence.is_empty() {
        return Err(Refusal::Unreadable("body: this operation requires one".to_owned()));
    }
    if !essence.eq_ignore_ascii_case(expected.media_type) {
        return Err(Refusal::MediaType(expected.media_type));
    }
    let (mut value, files) = if expected.is_json() {
        let mut value = serde_json::from_slice(&bytes).map_err(|error| Refusal::Unreadable(format!("body: invalid JSON: {error}")))?;
        let beyond = number::whole(&mut value);
        if !beyond.is_empty() {
            return Err(Refusal::Body(beyond));
        }
        (value, Vec::new())
    } else if expected.is_form() {
        (form(document, &expected, &bytes), Vec::new())
    } else if expected.is_multipart() {
        let (fields, files) = multipart::read(content_type, bytes).await?;
        for (name, is_file) in fields.iter().map(|(name, _)| (name, false)).chain(files.iter().map(|file| (&file.field, true))) {
            check_part(document, &expected, name, is_file)?;
        }
        let names = files.iter().map(|file| (file.field.clone(), file.name.clone()));
        (collect(document, &expected, fields.into_iter().chain(names)), files)
    } else {
        // Of bytes nothing is documented.
        return Ok((Value::Null, Vec::new()));
    };
    let mut problems = document.problems(expected.schema, &value, Strictness::Exact);
    take_fields_of(others, &mut value, &mut problems);
    if problems.is_empty() { Ok((value, files)) } else { Err(Refusal::Body(problems)) }
}

/// Leaves out the fields that only another edition documents; the operation does nothing with them.
fn take_fields_of(others: &[(&Document, &Operation)], value: &mut Value, problems: &mut Vec<Problem>) {
    let is_known = |name: &str| {
        let bodies = others.iter().filter_map(|(document, operation)| Some((document, operation.body?)));
        bodies.into_iter().any(|(document, body)| document.property(body.content.schema, name).is_some())
    };
    problems.retain(|problem| {
        let taken = problem.path.is_empty() && !problem.unexpected.is_empty() && problem.unexpected.iter().all(|name| is_known(name));
        if let Some(fields) = value.as_object_mut().filter(|_| taken) {
            problem.unexpected.iter().for_each(|name| drop(fields.remove(name)));
        }
        !taken
    });
}

/// A part is a file exactly where the schema says so.
fn check_part(document: &Document, expected: &Content<'_>, name: &str, is_file: bool) -> Result<(), Refusal> {
    let name = name.strip_suffix("[]").unwrap_or(name);
    let Some(schema) = document.property(expected.schema, name) else { return Ok(()) };
    let item = if schema["type"] == "array" { document.resolve(&schema["items"]) } else { schema };
    match (item["format"] == "binary", is_file) {
        (true, false) => Err(Refusal::field(name, "this part is not a file")),
        (false, true) => Err(Refusal::field(name, "this part is a file")),
        _ => Ok(()),
    }
}

fn form(document: &Document, expected: &Content<'_>, bytes: &[u8]) -> Value {
    collect(document, expected, form_urlencoded::parse(bytes).map(|(name, text)| (name.into_owned(), text.into_owned())))
}

/// Fields as the object that the schema describes: a field that it types as an array may come several times, `name[]` included.
fn collect(document: &Document, expected: &Content<'_>, fields: impl Iterator<Item = (String, String)>) -> Value {
    let mut map = Map::new();
    for (name, text) in fields {
        let name = name.strip_suffix("[]").map(str::to_owned).unwrap_or(name);
        match document.property(expected.schema, &name) {
            Some(schema) if schema["type"] == "array" => {
                let item = read(document, &schema["items"], text);
                match map.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                    Value::Array(items) => items.push(item),
                    other => *other = Value::Array(vec![item]),
                }
            }
            Some(schema) => drop(map.insert(name, read(document, schema, text))),
            None => drop(map.insert(name, Value::String(text))),
        }
    }
    map.into()
}
