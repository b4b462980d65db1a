//! Operations: names, bodies, responses, evidence.

use std::collections::{BTreeMap, BTreeSet};

use reachout_document::Content;
use serde_json::Value;

use super::{effect, is_filled, parameters};
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer, referenced},
    names::{is_snake_case, type_name},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let tags: BTreeSet<&str> = document.json()["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    let mut seen = BTreeMap::new();
    if document.operations().next().is_none() {
        findings.push(document.diagnostic("/paths", "there is no operation", "describe at least one under `paths`"));
    }
    for operation in document.operations() {
        let at = operation.pointer();
        let mut check = Check { document, findings, operation: operation.node, at: &at };
        check.identity(&mut seen);
        check.prose(&tags);
        check.body(operation.method);
        check.responses();
        effect::check(document, &operation, findings);
        parameters::check(document, &operation, findings);
    }
}

struct Check<'a> {
    document: &'a Document,
    findings: &'a mut Vec<Diagnostic>,
    operation: &'a Value,
    at: &'a str,
}

impl Check<'_> {
    fn report(&mut self, below: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.document.diagnostic(&format!("{}{below}", self.at), message, help));
    }

    /// A finding that generation can do without.
    fn work(&mut self, below: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.document.work(&format!("{}{below}", self.at), message, help));
    }

    fn identity(&mut self, seen: &mut BTreeMap<String, String>) {
        let Some(id) = self.operation["operationId"].as_str() else {
            return self.report("", "this operation has no operationId", "write one, such as `operationId: send_message`");
        };
        let (message, help) = (format!("`{id}` is not verb_noun in snake_case"), "write it like `send_message` or `list_contacts`");
        if !is_snake_case(id) {
            self.report("/operationId", message, help);
        } else if !id.contains('_') {
            self.work("/operationId", message, help);
        }
        // Rust names are made from the id: two ids that differ only in case would collide.
        if let Some(first) = seen.insert(type_name(id), format!("{}/operationId", self.at)) {
            let first = self.document.origin(&first);
            self.report(
                "/operationId",
                format!("operationId `{id}` is used twice; first at {}:{}", first.file.display(), first.line),
                "give each operation its own",
            );
        }
    }

    fn prose(&mut self, tags: &BTreeSet<&str>) {
        for key in ["summary", "description"] {
            if !is_filled(&self.operation[key]) {
                self.work("", format!("this operation has no {key}"), "say in our own words what it does, what it needs and its limits");
            }
        }
        if self.operation["summary"].as_str().is_some_and(|summary| summary.trim_end().ends_with('.')) {
            self.work("/summary", "the summary ends with a full stop", "leave it out");
        }
        match self.operation["tags"].as_array().map(Vec::as_slice) {
            Some([Value::String(tag)]) if tags.contains(tag.as_str()) => {}
            Some([Value::String(tag)]) => self.report(
                "/tags",
                format!("tag `{tag}` is not declared"),
                format!("declare it in the root's `tags`, or use one of: {}", tags.iter().copied().collect::<Vec<_>>().join(", ")),
            ),
            _ => self.report("/tags", "an operation has exactly one tag", "write `tags: [messages]`"),
        }
        if !self.operation["externalDocs"]["url"].as_str().is_some_and(|url| url.starts_with("https://")) {
            self.work("", "the vendor's page is not given", "write `externalDocs: { url: https://… }`");
        }
        let evidence = &self.operation["x-evidence"];
        match evidence["level"].as_str() {
            Some("recorded" | "full") => {}
            Some("partial" | "official" | "client-only") if evidence["note"].is_string() => {}
            Some("partial" | "official" | "client-only") => {
                self.work("/x-evidence", "evidence that is not full needs a note", "say in one line what was seen, and where");
            }
            _ => self.work(
                "",
                "the evidence is not given",
                "write `x-evidence: { level: full }`, or recorded, or partial, official or client-only with a note",
            ),
        }
    }

    fn body(&mut self, method: &str) {
        let multipart = self.operation["x-multipart"] == true;
        let Some(node) = self.operation.get("requestBody") else {
            if multipart {
                self.report("/x-multipart", "an operation without a body is marked as multipart", "remove `x-multipart`");
            }
            return;
        };
        if method == "GET" || method == "HEAD" {
            self.report("/requestBody", format!("{method} carries no body"), "write parameters with `in: query`");
        }
        let body = self.document.follow(node);
        let Some(content) = body["content"].as_object() else {
            return self.report(
                "/requestBody",
                "the request body has no content",
                "write `content: { application/json: { schema: …, example: … } }`",
            );
        };
        if body["required"] != true {
            self.report(
                "/requestBody",
                "the request body is not required",
                "write `required: true`; a body that may be left out has only optional properties",
            );
        }
        if content.len() != 1 {
            self.report("/requestBody/content", format!("{} request media types", content.len()), "keep one: the generator cannot choose");
        }
        for (media_type, content) in content {
            let at = pointer::child("/requestBody/content", media_type);
            match media_type.as_str() {
                "multipart/form-data" if multipart => self.flat(&at, content, true),
                "application/x-www-form-urlencoded" if !multipart => self.flat(&at, content, false),
                "multipart/form-data" => self.report(&at, "a multipart body is not marked", "write `x-multipart: true` on the operation"),
                media_type if !is_media_type(media_type) => self.report(
                    &at,
                    format!("media type `{media_type}` is not supported"),
                    "use application/json, application/x-www-form-urlencoded or multipart/form-data (with `x-multipart: true`)",
                ),
                json if !multipart && json.contains("json") => {}
                // A body of bytes is given as it is.
                _ if !multipart && content["schema"]["format"] == "binary" => continue,
                _ => self.report(
                    &at,
                    format!("media type `{media_type}` is not supported for a body that is not a file"),
                    "write `schema: { type: string, format: binary }`, or use application/json or a form",
                ),
            }
            if referenced(&content["schema"]).is_none() {
                self.report(&at, format!("the schema of this {method} body is written inline"), "make it a named component and `$ref` it");
            }
            if content.get("example").is_none() && content.get("examples").is_none() && !multipart {
                self.report(&at, "the request body has no example", "write `example:` beside `schema:`, with the documented values");
            }
        }
    }

    /// A form has scalars and, where it is multipart, files and lists of both.
    fn flat(&mut self, at: &str, content: &Value, multipart: bool) {
        let schema = self.document.follow(&content["schema"]);
        if schema.get("properties").is_none_or(|properties| !properties.is_object()) {
            self.report(at, "the schema of a form has no properties", "describe the fields of the form under `properties`");
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let property = self.document.resolve(property);
            let list = property["type"] == "array";
            let field = if list { self.document.resolve(&property["items"]) } else { property };
            if field.get("oneOf").is_some() || field["type"].as_str().is_some_and(|kind| ["array", "object"].contains(&kind)) {
                let fits = if multipart { "texts, numbers, files and lists of them" } else { "texts, numbers and lists of them" };
                self.report(at, format!("field `{name}` does not fit into a form"), format!("a `{}` body has {fits}", media(multipart)));
            }
        }
    }

    fn responses(&mut self) {
        let Some(responses) = self.operation["responses"].as_object() else {
            return self.report("", "this operation has no responses", "write one success response, `4XX` and `5XX`");
        };
        let (mut success, mut bodies) = (0, 0);
        for (status, node) in responses {
            let at = pointer::child("/responses", status);
            match status.as_str() {
                "default" => {
                    self.report(&at, "`default` response", "write `4XX` and `5XX`: a typed success beside a default cannot be told apart");
                }
                "4XX" | "5XX" => {
                    if node["$ref"] != "#/components/responses/Error" {
                        self.report(
                            &at,
                            format!("{status} is not the vendor's shared error"),
                            "write `$ref: \"#/components/responses/Error\"`",
                        );
                    }
                }
                code if is_status(code) && code.starts_with('2') => {
                    success += 1;
                    bodies += usize::from(Content::read(self.document, node).is_some());
                    self.success(&at, code, node);
                }
                code if is_status(code) => {
                    self.report(&at, format!("response {code}"), "errors are `4XX` and `5XX`; say in a description what single codes mean");
                }
                code => {
                    let help = "write three digits, or `2XX`, `4XX` and `5XX` in capitals";
                    self.report(&at, format!("`{code}` is not a status code"), help);
                }
            }
        }
        if success == 0 {
            self.report("/responses", "0 success responses", "write exactly one: the documented code, or `2XX`");
        }
        if bodies > 1 || success > 1 && bodies == 0 {
            self.report(
                "/responses",
                format!("{success} success responses"),
                "write exactly one: the documented code, or `2XX`; where bodies differ a `oneOf` of them, and beside it at most codes without a body",
            );
        }
        for status in ["4XX", "5XX"] {
            if !responses.contains_key(status) {
                self.report(
                    "/responses",
                    format!("no {status} response"),
                    format!("write `{status}: {{ $ref: \"#/components/responses/Error\" }}`"),
                );
            }
        }
    }

    fn success(&mut self, at: &str, code: &str, node: &Value) {
        let Some(content) = self.document.follow(node)["content"].as_object() else { return };
        if code == "204" && !content.is_empty() {
            self.report(at, "a 204 response has no content", "write the code it comes with, or remove `content`");
        }
        if content.len() != 1 {
            self.report(at, format!("{} response media types", content.len()), "keep one");
        }
        for (media_type, content) in content {
            let at = pointer::child(&format!("{at}/content"), media_type);
            if media_type.contains("json") && is_media_type(media_type) {
                if referenced(&content["schema"]).is_none() {
                    self.report(
                        &at,
                        "the response schema is written inline, or missing",
                        "make it a named component and `$ref` it: inline schemas of one operation are merged into one type",
                    );
                }
                if content.get("example").is_none() && content.get("examples").is_none() {
                    self.report(&at, "the response has no example", "write `example:` beside `schema:`, with the documented values");
                }
            } else if content["schema"]["format"] != "binary" {
                self.report(
                    &at,
                    format!("a `{media_type}` response that is not a file"),
                    "write `schema: { type: string, format: binary }`; for JSON write `application/json`",
                );
            }
        }
    }
}

fn media(multipart: bool) -> &'static str {
    if multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" }
}

/// A media type without parameters: `application/vnd.api+json`.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| !part.is_empty() && !part.contains('*') && super::document::is_header_name(part);
    text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// Three digits from 100 to 599, or the range of a class.
fn is_status(code: &str) -> bool {
    match code.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => false,
    }
}
