//! Operations: names, parameters, bodies, responses, evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schemas;
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
    model,
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let tags: BTreeSet<&str> = document.json["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    let mut seen = BTreeMap::new();
    if model::operations(document).next().is_none() {
        findings.push(document.diagnostic("/paths", "there is no operation", "describe at least one under `paths`"));
    }
    for (path, method, item, operation) in model::operations(document) {
        let item_at = pointer::child("/paths", path);
        let at = pointer::child(&item_at, method);
        let mut check = Check { document, findings, operation, at: &at };
        check.identity(&mut seen);
        check.prose(&tags);
        check.parameters(path, item, &item_at);
        check.body(method);
        check.responses();
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

    fn identity(&mut self, seen: &mut BTreeMap<String, String>) {
        use heck::{ToSnakeCase, ToUpperCamelCase};
        let Some(id) = self.operation["operationId"].as_str() else {
            return self.report("", "this operation has no operationId", "write one, such as `operationId: send_message`");
        };
        if id != id.to_snake_case() || !id.contains('_') {
            self.report(
                "/operationId",
                format!("`{id}` is not verb_noun in snake_case"),
                "write it like `send_message` or `list_contacts`",
            );
        }
        // Rust names are made from the id: two ids that differ only in case would collide.
        if let Some(first) = seen.insert(id.to_upper_camel_case(), format!("{}/operationId", self.at)) {
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
            if self.operation[key].as_str().is_none_or(|text| text.trim().is_empty()) {
                self.report("", format!("this operation has no {key}"), "say in our own words what it does, what it needs and its limits");
            }
        }
        if self.operation["summary"].as_str().is_some_and(|summary| summary.trim_end().ends_with('.')) {
            self.report("/summary", "the summary ends with a full stop", "leave it out");
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
            self.report("", "the vendor's page is not given", "write `externalDocs: { url: https://… }`");
        }
        let evidence = &self.operation["x-evidence"];
        match evidence["level"].as_str() {
            Some("full") => {}
            Some("partial" | "client-only") if evidence["note"].is_string() => {}
            Some("partial" | "client-only") => {
                self.report("/x-evidence", "evidence that is not full needs a note", "say in one line what was seen, and where");
            }
            _ => self.report("", "the evidence is not given", "write `x-evidence: { level: full }`, or partial or client-only with a note"),
        }
    }

    fn parameters(&mut self, path: &str, item: &Value, item_at: &str) {
        let mut in_path: BTreeSet<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let mut names = BTreeSet::new();
        let own = self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, node)| (format!("{}/parameters/{index}", self.at), node));
        let shared = item["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, node)| (format!("{item_at}/parameters/{index}"), node));
        let nodes: Vec<_> = shared.chain(own).collect();
        for (at, node) in nodes {
            let parameter = self.document.follow(node);
            let (name, location) = (parameter["name"].as_str().unwrap_or_default(), parameter["in"].as_str().unwrap_or_default());
            let mut report = |message: String, help: &str| self.findings.push(self.document.diagnostic(&at, message, help));
            if name.is_empty() || !["path", "query", "header"].contains(&location) {
                report("a parameter needs a name and a place".into(), "write `name: …` and `in: path`, `query` or `header`");
                continue;
            }
            if !names.insert(model::rust_name(name)) {
                report(format!("two parameters are called `{}` in Rust", model::rust_name(name)), "rename or remove one");
            }
            if location == "path" {
                if !in_path.remove(name) {
                    report(
                        format!("path parameter `{name}` is not in the path `{path}`"),
                        "correct the name, or put `{name}` into the path",
                    );
                }
                if parameter["required"] != true {
                    report(format!("path parameter `{name}` is not required"), "write `required: true`");
                }
            }
            if parameter["description"].as_str().is_none_or(str::is_empty) {
                report(format!("parameter `{name}` has no description"), "say what it means, with its unit and limits");
            }
            if parameter.get("example").is_none() && model::constant_header(self.document, parameter).is_none() {
                report(format!("parameter `{name}` has no example"), "write `example: …` with a documented value");
            }
            if parameter.get("schema").is_none() {
                report(format!("parameter `{name}` has no schema"), "write `schema: { type: string }`");
            }
        }
        for name in in_path {
            self.report(
                "",
                format!("path parameter `{name}` of `{path}` is not declared"),
                format!("add `- {{ name: {name}, in: path, required: true, schema: {{ type: string }} }}` to `parameters`"),
            );
        }
    }

    fn body(&mut self, method: &str) {
        let Some(node) = self.operation.get("requestBody") else { return };
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
            let multipart = self.operation["x-multipart"] == true;
            match media_type.as_str() {
                "multipart/form-data" if multipart => {}
                "application/json" | "application/x-www-form-urlencoded" if !multipart => {}
                "multipart/form-data" => self.report(&at, "a multipart body is not marked", "write `x-multipart: true` on the operation"),
                _ => self.report(
                    &at,
                    format!("media type `{media_type}` is not supported"),
                    "use application/json, application/x-www-form-urlencoded or multipart/form-data (with `x-multipart: true`)",
                ),
            }
            if schemas::referenced(&content["schema"]).is_none() {
                self.report(
                    &at,
                    format!("the schema of this {} body is written inline", method.to_uppercase()),
                    "make it a named component and `$ref` it",
                );
            }
            if content.get("example").is_none() && content.get("examples").is_none() && !multipart {
                self.report(&at, "the request body has no example", "write `example:` beside `schema:`, with the documented values");
            }
        }
    }

    fn responses(&mut self) {
        let Some(responses) = self.operation["responses"].as_object() else {
            return self.report("", "this operation has no responses", "write one success response, `4XX` and `5XX`");
        };
        let mut success = 0;
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
                code if code.starts_with('2') => {
                    success += 1;
                    self.success(&at, node);
                }
                code => {
                    self.report(&at, format!("response {code}"), "errors are `4XX` and `5XX`; say in a description what single codes mean");
                }
            }
        }
        if success != 1 {
            self.report("/responses", format!("{success} success responses"), "write exactly one: the documented code, or `2XX`");
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

    fn success(&mut self, at: &str, node: &Value) {
        let Some(content) = self.document.follow(node)["content"].as_object() else { return };
        if content.len() != 1 {
            self.report(at, format!("{} response media types", content.len()), "keep one");
        }
        for (media_type, content) in content {
            let at = pointer::child(&format!("{at}/content"), media_type);
            if media_type == "application/json" {
                if schemas::referenced(&content["schema"]).is_none() {
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
                    "write `schema: { type: string, format: binary }`, or application/json",
                );
            }
        }
    }
}
