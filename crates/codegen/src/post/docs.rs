//! What the docs of an operation say.

use crate::model::{Body, Content, Operation, Pagination};

/// Docs of the client's method.
pub fn operation(operation: &Operation) -> String {
    let Operation { method, path, summary, description, docs, .. } = operation;
    let mut text = format!("{summary}.\n\n{description}\n\n`{method} {path}`");
    if let Some(Body { media_type, schema, .. }) = &operation.body {
        match operation.is_multipart() {
            true => text += &format!(", body as `{media_type}`"),
            false => text += &format!(", body [`types::{schema}`] as `{media_type}`"),
        }
    }
    text += &match &operation.success.content {
        Content::Empty => "; the response has no content.".to_owned(),
        Content::Json(schema) => format!("; answers [`types::{schema}`]."),
        Content::Bytes => "; the response is a file, streamed.".to_owned(),
    };
    text += match operation.is_repeatable() {
        true => "\n\n**Retried** on connection failures, timeouts, 408, 429 and 5xx: repeating it does no harm.",
        false => "\n\n**Not repeated** once the vendor may have acted: sent again only if the connection never opened, or after 429.",
    };
    if let Some(pagination) = &operation.pagination {
        text += &format!("\n\n**Pages** by {}: `stream()` fetches page after page.", style(pagination));
    }
    if !operation.authenticated {
        text += "\n\n**No credential** is sent.";
    }
    text += "\n\n**Errors**: [`Error`], whose `delivery()` tells what became of the request.";
    text += &format!("\n\n**Evidence**: {}. Page: <{docs}>", evidence(operation));
    text
}

fn style(pagination: &Pagination) -> String {
    match (pagination.style.as_str(), &pagination.param) {
        ("offset" | "page", Some(param)) => format!("{} (`{param}`)", pagination.style),
        ("token", _) => "continuation token".to_owned(),
        (style, _) => style.to_owned(),
    }
}

fn evidence(operation: &Operation) -> String {
    let (level, note) = &operation.evidence;
    let level = match level.as_str() {
        "full" => "documented in full by the vendor",
        "partial" => "documented in part",
        _ => "seen only in third-party clients, not in the vendor's documents",
    };
    match note {
        Some(note) => format!("{level}. {}", note.trim_end_matches('.')),
        None => level.to_owned(),
    }
}
