//! The operations of a document.

use std::collections::{BTreeMap, BTreeSet};

use reachout_document::{Content as Written, Operation as Documented};
use serde_json::Value;

use super::text::{described, text};
use crate::{
    load::{Document, referenced},
    model::{Body, BodyContent, Content, Limits, Operation, Parameter, Part, Place, Schema, Success, Token, TypeRef, types::Types},
    names,
};

/// Names that a call has already: its argument for the body, and its methods.
const TAKEN: [&str; 7] = ["clone", "into_future", "items", "pages", "request", "response", "self_"];

/// Every operation, in the order of the document.
pub fn read(document: &Document, types: &Types<'_>, schemas: &BTreeMap<String, Schema>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = document.operations().map(|written| operation(document, &written, types)).collect();
    let groups = document.operations().map(|written| names::type_name(written.group));
    let taken: BTreeSet<String> = schemas.values().map(|schema| schema.name.clone()).chain(groups).collect();
    for operation in &mut operations {
        // A component or a group called like an operation keeps its name: it is on the wire.
        while taken.contains(&operation.type_name) {
            operation.type_name.push_str("Call");
        }
    }
    operations
}

fn operation(document: &Document, written: &Documented<'_>, types: &Types<'_>) -> Operation {
    let node = written.node;
    let mut constant_headers = Vec::new();
    let mut parameters = Vec::new();
    for parameter in &written.parameters {
        match parameter.constant(document) {
            Some(value) => constant_headers.push((parameter.name.to_owned(), value.to_owned())),
            None => parameters.push(read_parameter(document, parameter, types.of(parameter.schema))),
        }
    }
    // Stable: those of the path come in its order.
    parameters.sort_by_key(|parameter| (parameter.place != Place::Path, parameter.place != Place::Path && !parameter.required));
    constant_headers.extend(media_types(written));
    let (level, reason) = written.evidence();
    Operation {
        group: names::group_name(written.group),
        name: node["x-method"].as_str().map_or_else(|| names::method_name(written.id, written.group), str::to_owned),
        type_name: names::type_name(written.id),
        id: written.id.to_owned(),
        method: written.method.to_owned(),
        path: written.path.to_owned(),
        summary: text(&node["summary"]),
        description: text(&node["description"]),
        docs: text(&node["externalDocs"]["url"]),
        evidence: (level.to_owned(), Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        constant_headers,
        parameters,
        body: written.body.map(|body| self::body(document, &body.content)),
        success: success(document, written),
        authenticated: written.is_authenticated(),
        token: node["x-token"].as_str().and_then(Token::of),
        effect: written.effect(),
        repeat: written.repeat(),
        guessed: written.is_guessed(),
        deprecated: written.is_deprecated(),
        pagination: written.pagination(),
        inherited: false,
        shared: false,
    }
}

fn read_parameter(document: &Document, parameter: &reachout_document::Parameter<'_>, ty: TypeRef) -> Parameter {
    Parameter {
        wire: parameter.name.to_owned(),
        name: argument_name(parameter.name),
        place: parameter.location,
        required: parameter.required,
        description: described(&parameter.node["description"], parameter.name),
        ty,
        limits: Limits::of(document, parameter.schema),
        example: parameter.example.cloned(),
    }
}

fn argument_name(wire: &str) -> String {
    let name = names::rust_name(wire);
    if TAKEN.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The media types of JSON that are not `application/json`: what the client says of the body, and what it accepts.
fn media_types(operation: &Documented<'_>) -> Vec<(String, String)> {
    let received = operation.success.and_then(|success| success.content);
    let both = [("content-type", operation.body.map(|body| body.content)), ("accept", received)];
    let named = both.into_iter().filter_map(|(header, content)| Some((header, content?)));
    let other = named.filter(|(_, content)| content.is_json() && content.media_type != "application/json");
    other.map(|(header, content)| (header.to_owned(), content.media_type.to_owned())).collect()
}

fn body(document: &Document, written: &Written<'_>) -> Body {
    let schema = TypeRef::Component(referenced(written.schema).unwrap_or_default());
    let content = if written.is_multipart() {
        BodyContent::Multipart(parts(document.follow(written.schema), document))
    } else if written.is_form() {
        BodyContent::Form(schema)
    } else if written.is_json() {
        BodyContent::Json(schema)
    } else {
        BodyContent::Bytes(written.media_type.to_owned())
    };
    Body { content, limits: Limits::of(document, written.schema), example: written.example.cloned() }
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

fn success(document: &Document, operation: &Documented<'_>) -> Success {
    let Some(success) = operation.success else {
        return Success { status: "2XX".into(), content: Content::Empty, example: None };
    };
    let (content, example) = match success.content {
        None => (Content::Empty, None),
        Some(written) if written.is_json() => {
            let ty = TypeRef::Component(referenced(written.schema).unwrap_or_default());
            // Another success without a body stands beside it: the body may be absent.
            let several = reachout_document::Success::read_all(document, &operation.node["responses"]).count() > 1;
            (Content::Json(if several { TypeRef::Nullable(ty.into()) } else { ty }), written.example.cloned())
        }
        Some(_) => (Content::Bytes, None),
    };
    Success { status: success.status.to_owned(), content, example }
}
