//! `x-pagination`: its paths exist in the response, its parameters in the request.

use serde_json::Value;

use super::schemas;
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
    model::{self, Content},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let vendor = model::read(document);
    for operation in &vendor.operations {
        let Some(pagination) = &operation.pagination else { continue };
        let at =
            pointer::child(&pointer::child(&pointer::child("/paths", &operation.path), &operation.method.to_lowercase()), "x-pagination");
        let mut report = |message: String, help: &str| findings.push(document.diagnostic(&at, message, help));

        let complete = match pagination.style.as_str() {
            "offset" | "page" => pagination.param.is_some() && pagination.next.is_empty(),
            "token" | "cursor" => pagination.param.is_none() && !pagination.next.is_empty(),
            style => {
                report(format!("pagination style `{style}`"), "write `style: offset`, `page`, `token` or `cursor`");
                continue;
            }
        };
        if !complete {
            report(
                format!("`x-pagination` of style {} is incomplete", pagination.style),
                "offset and page take `param`, token and cursor take `next: { parameter: path }`",
            );
        }
        let Content::Json(response) = &operation.success.content else {
            report("a paginated operation needs a JSON response".into(), "give it one, or remove `x-pagination`");
            continue;
        };
        let request = operation.body.as_ref().map(|body| &document.json["components"]["schemas"][&body.schema]);
        let params = pagination.param.iter().chain(pagination.next.iter().map(|(param, _)| param));
        for param in params {
            let in_query = operation.parameters.iter().any(|known| known.location == "query" && known.name == *param);
            let in_body = request.is_some_and(|request| schemas::property(document, request, param).is_some());
            if !in_query && !in_body {
                report(format!("`{param}` is no parameter of this operation"), "name a query parameter, or a property of the request body");
            }
        }
        let response = &document.json["components"]["schemas"][response];
        let items = schemas::at(document, response, &pagination.items);
        if items.is_none_or(|items| items["type"] != "array") {
            report(format!("`items: {}` is no array of the response", pagination.items), "write the dot path of the array of items");
        }
        let paths = [&pagination.more, &pagination.total, &pagination.total_pages];
        for path in paths.into_iter().flatten().chain(pagination.next.iter().map(|(_, from)| from)) {
            let found = match path.strip_prefix("last.") {
                Some(path) => items.and_then(|items| schemas::at(document, document.follow(&items["items"]), path)),
                None => schemas::at(document, response, path),
            };
            if found.is_none_or(Value::is_null) {
                report(format!("`{path}` is not in the response"), "write a dot path that the response schema has, or leave it out");
            }
        }
    }
    for operation in vendor.operations.iter().filter(|operation| operation.pagination.is_none()) {
        let pages = operation.parameters.iter().any(|known| {
            ["offset", "page", "skip", "continuationToken", "cursor", "lastMessageId", "startAfterId"].contains(&known.name.as_str())
        });
        if pages {
            let at = pointer::child(&pointer::child("/paths", &operation.path), &operation.method.to_lowercase());
            findings.push(document.diagnostic(&at, "this operation pages and does not say how", "write `x-pagination`"));
        }
    }
}
