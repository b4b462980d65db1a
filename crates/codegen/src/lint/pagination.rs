//! `x-pagination`: its paths exist in the response, its parameters in the request.

use reachout_document::Location;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    load::{Document, Operation},
};

/// Parameters by which operations page that do not say so.
const PAGING: [&str; 7] = ["offset", "page", "skip", "continuationToken", "cursor", "lastMessageId", "startAfterId"];

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    for operation in document.operations() {
        match &operation.node["x-pagination"] {
            Value::Null => {
                if !operation.is_official() && operation.parameters.iter().any(|parameter| PAGING.contains(&parameter.name)) {
                    findings.push(document.work(&operation.pointer(), "this operation pages and does not say how", "write `x-pagination`"));
                }
            }
            pagination => one(document, &operation, pagination, findings),
        }
    }
}

fn one(document: &Document, operation: &Operation<'_>, pagination: &Value, findings: &mut Vec<Diagnostic>) {
    let at = format!("{}/x-pagination", operation.pointer());
    let mut report = |message: String, help: &str| findings.push(document.diagnostic(&at, message, help));
    let text = |key: &str| pagination[key].as_str();
    let next: Vec<(&str, &str)> =
        pagination["next"].as_object().into_iter().flatten().filter_map(|(name, from)| Some((name.as_str(), from.as_str()?))).collect();

    let style = text("style").unwrap_or_default();
    let complete = match style {
        "offset" | "page" => text("param").is_some() && next.is_empty(),
        "token" | "cursor" => text("param").is_none() && !next.is_empty(),
        style => {
            return report(format!("pagination style `{style}`"), "write `style: offset`, `page`, `token` or `cursor`");
        }
    };
    if !complete {
        report(
            format!("`x-pagination` of style {style} is incomplete"),
            "offset and page take `param`, token and cursor take `next: { parameter: path }`",
        );
    }
    let Some(response) = operation.response() else {
        return report("a paginated operation needs a JSON response".into(), "give it one, or remove `x-pagination`");
    };
    let request = operation.body.map(|body| body.content.schema);
    for param in text("param").into_iter().chain(next.iter().map(|(param, _)| *param)) {
        let in_query = operation.parameter(Location::Query, param).is_some();
        let in_body = request.is_some_and(|request| document.property(request, param).is_some());
        if !in_query && !in_body {
            report(format!("`{param}` is not a parameter of this operation"), "name a query parameter, or a property of the request body");
        }
    }
    let response = response.schema;
    let items = text("items").and_then(|items| document.at(response, items));
    if items.is_none_or(|items| items["type"] != "array") {
        let items = text("items").unwrap_or_default();
        report(format!("`items: {items}` is not an array of the response"), "write the dot path of the array of items");
    }
    let paths = ["more", "total", "total-pages"].into_iter().filter_map(text);
    for path in paths.chain(next.iter().map(|(_, from)| *from)) {
        let found = match path.strip_prefix("last.") {
            Some(path) => items.and_then(|items| document.at(&items["items"], path)),
            None => document.at(response, path),
        };
        if found.is_none_or(Value::is_null) {
            report(format!("`{path}` is not in the response"), "write a dot path that the response schema has, or leave it out");
        }
    }
}
