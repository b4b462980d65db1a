//! The operations of a document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::text::{described, text};
use crate::{
    load::{Document, Written, referenced},
    model::{
        Body, BodyContent, Content, Effect, Limits, Operation, Pagination, Parameter, Part, Place, Repeat, Schema, Style, Success, Token,
        TypeRef, types::Types,
    },
    names,
};

/// Names that a call has already: its argument for the body, and its methods.
const TAKEN: [&str; 5] = ["clone", "into_future", "request", "self_", "stream"];

/// Every operation, in the order of the document.
pub fn read(document: &Document, types: &Types<'_>, schemas: &BTreeMap<String, Schema>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = document.operations().map(|written| operation(document, &written, types)).collect();
    let groups = document.operations().map(|written| names::type_name(written.tag()));
    let taken: BTreeSet<String> = schemas.values().map(|schema| schema.name.clone()).chain(groups).collect();
    for operation in &mut operations {
        // A component or a group called like an operation keeps its name: it is on the wire.
        while taken.contains(&operation.type_name) {
            operation.type_name.push_str("Call");
        }
    }
    operations
}

fn operation(document: &Document, written: &Written<'_>, types: &Types<'_>) -> Operation {
    let node = written.node;
    let mut constant_headers = Vec::new();
    let mut parameters = Vec::new();
    for parameter in document.parameters(written.item, node) {
        match document.constant_header(parameter) {
            Some(value) => constant_headers.push((text(&parameter["name"]), value.to_owned())),
            None => parameters.push(read_parameter(document, parameter, types.of(&parameter["schema"]))),
        }
    }
    parameters.sort_by_key(|parameter| match (parameter.place, parameter.required) {
        (Place::Path, _) => (0, written.path.find(&format!("{{{}}}", parameter.wire))),
        (_, true) => (1, None),
        _ => (2, None),
    });
    constant_headers.extend(media_types(document, node));
    let id = written.id().to_owned();
    let name = node["x-method"].as_str().map_or_else(|| names::method_name(&id, written.tag()), str::to_owned);
    Operation {
        group: names::group_name(written.tag()),
        name,
        type_name: names::type_name(&id),
        id,
        method: written.method.to_uppercase(),
        path: written.path.to_owned(),
        summary: text(&node["summary"]),
        description: text(&node["description"]),
        docs: text(&node["externalDocs"]["url"]),
        evidence: (text(&node["x-evidence"]["level"]), node["x-evidence"]["note"].as_str().map(|note| note.trim().to_owned())),
        constant_headers,
        parameters,
        body: body(document, node),
        success: success(document, node),
        authenticated: node.get("security") != Some(&Value::Array(Vec::new())),
        token: node["x-token"].as_str().and_then(Token::of),
        effect: node["x-effect"].as_str().and_then(Effect::of).unwrap_or_else(|| Effect::of_method(written.method)),
        repeat: match node["x-repeat"].as_str() {
            Some("same") => Some(Repeat::Same),
            Some("twice") => Some(Repeat::Twice),
            _ => None,
        },
        guessed: node["x-guess"] == true,
        deprecated: node["deprecated"] == true,
        pagination: node.get("x-pagination").map(pagination),
        inherited: false,
        shared: false,
    }
}

fn read_parameter(document: &Document, parameter: &Value, ty: TypeRef) -> Parameter {
    let wire = text(&parameter["name"]);
    let place = match parameter["in"].as_str() {
        Some("path") => Place::Path,
        Some("header") => Place::Header,
        _ => Place::Query,
    };
    Parameter {
        name: argument_name(&wire),
        place,
        required: parameter["required"] == true,
        description: described(&parameter["description"], &wire),
        ty,
        limits: Limits::of(document, &parameter["schema"]),
        example: parameter.get("example").cloned(),
        wire,
    }
}

fn argument_name(wire: &str) -> String {
    let name = names::rust_name(wire);
    if TAKEN.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The media types of JSON that are not `application/json`: what the client says of the body, and what it accepts.
fn media_types(document: &Document, node: &Value) -> Vec<(String, String)> {
    let other = |media_type: &str| media_type.contains("json") && media_type != "application/json";
    let sent = node.get("requestBody").and_then(|body| document.content(body)).map(|(media_type, _)| ("content-type", media_type));
    let received =
        document.success(node).and_then(|(_, response)| document.content(response)).map(|(media_type, _)| ("accept", media_type));
    let both = sent.into_iter().chain(received).filter(|(_, media_type)| other(media_type));
    both.map(|(header, media_type)| (header.to_owned(), media_type.to_owned())).collect()
}

fn body(document: &Document, node: &Value) -> Option<Body> {
    let (media_type, content) = document.content(node.get("requestBody")?)?;
    let schema = TypeRef::Component(referenced(&content["schema"]).unwrap_or_default());
    let content_of = match media_type {
        "multipart/form-data" => BodyContent::Multipart(parts(document.follow(&content["schema"]), document)),
        "application/x-www-form-urlencoded" => BodyContent::Form(schema),
        media_type if media_type.contains("json") => BodyContent::Json(schema),
        media_type => BodyContent::Bytes(media_type.to_owned()),
    };
    Some(Body { content: content_of, limits: Limits::of(document, &content["schema"]), example: example(document, content) })
}

fn parts(schema: &Value, document: &Document) -> Vec<Part> {
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name));
    let part = |(wire, property): (&String, &Value)| {
        let list = property["type"] == "array";
        let item = if list { document.follow(&property["items"]) } else { property };
        Part {
            wire: wire.clone(),
            name: argument_name(wire),
            required: required(wire),
            description: described(&property["description"], wire),
            file: item["format"] == "binary",
            list,
        }
    };
    schema["properties"].as_object().into_iter().flatten().map(part).collect()
}

fn success(document: &Document, node: &Value) -> Success {
    let Some((status, response)) = document.success(node) else {
        return Success { status: "2XX".into(), content: Content::Empty, example: None };
    };
    let (content, example) = match document.content(response) {
        None => (Content::Empty, None),
        Some((media_type, content)) if media_type.contains("json") => {
            let ty = TypeRef::Component(referenced(&content["schema"]).unwrap_or_default());
            // Another success without a body stands beside it: the body may be absent.
            let ty = if document.successes(node).count() > 1 { TypeRef::Nullable(ty.into()) } else { ty };
            (Content::Json(ty), example(document, content))
        }
        Some(_) => (Content::Bytes, None),
    };
    Success { status: status.to_owned(), content, example }
}

/// The `example` of a media type, or the first of its `examples`.
fn example(document: &Document, content: &Value) -> Option<Value> {
    content.get("example").cloned().or_else(|| {
        let first = content["examples"].as_object()?.values().next()?;
        document.follow(first).get("value").cloned()
    })
}

fn pagination(node: &Value) -> Pagination {
    let path = |key: &str| node[key].as_str().map(str::to_owned);
    let next = || node["next"].as_object().into_iter().flatten().map(|(parameter, from)| (parameter.clone(), text(from))).collect();
    Pagination {
        style: match node["style"].as_str() {
            Some("offset") => Style::Offset(text(&node["param"])),
            Some("page") => Style::Page(text(&node["param"])),
            Some("token") => Style::Token(next()),
            _ => Style::Cursor(next()),
        },
        items: text(&node["items"]),
        more: path("more"),
        total: path("total"),
        total_pages: path("total-pages"),
    }
}
