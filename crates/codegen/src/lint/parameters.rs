//! Parameters: what they are called, where they go, and what they are made of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{document::is_header_name, is_filled, paths};
use crate::{
    diagnostic::Diagnostic,
    load::{Document, Operation, pointer},
    names::{is_nameable, rust_name},
};

/// Headers that are the client's own business: OpenAPI has the first three ignored as parameters, the others frame the message.
pub const CLIENTS_HEADERS: [&str; 10] = [
    "accept",
    "authorization",
    "content-type",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
];

pub fn check(document: &Document, operation: &Operation<'_>, findings: &mut Vec<Diagnostic>) {
    let mut in_path: BTreeSet<&str> = paths::parameters(operation.path).into_iter().flatten().collect();
    let mut names = BTreeMap::new();
    let at = operation.pointer();
    let item_at = pointer::parent(&at).unwrap_or_default();
    for (at, node) in written(operation.item, item_at).chain(written(operation.node, &at)) {
        let parameter = document.follow(node);
        let mut check = Parameter { document, findings, node: parameter, at: &at };
        let Some((name, location)) = check.identity() else { continue };
        if let Some(first) = names.insert(rust_name(name), name.to_owned()) {
            check.report("", format!("parameters `{first}` and `{name}` are both `{}` in Rust", rust_name(name)), "rename or remove one");
        }
        if location == "path" {
            if !in_path.remove(name) {
                let message = format!("path parameter `{name}` is not in the path `{}`", operation.path);
                check.report("", message, "correct the name, or put `{name}` into the path");
            }
            if parameter["required"] != true {
                check.report("", format!("path parameter `{name}` is not required"), "write `required: true`");
            }
        }
        check.documented(name);
        check.layout(location);
        check.schema(name, location);
    }
    for name in in_path {
        findings.push(document.diagnostic(
            &at,
            format!("path parameter `{name}` of `{}` is not declared", operation.path),
            format!("add `- {{ name: {name}, in: path, required: true, schema: {{ type: string }} }}` to `parameters`"),
        ));
    }
}

/// The parameters of a path item or an operation, with their pointers.
fn written<'a>(holder: &'a Value, at: &str) -> impl Iterator<Item = (String, &'a Value)> {
    let nodes = holder["parameters"].as_array().into_iter().flatten().enumerate();
    nodes.map(move |(index, node)| (format!("{at}/parameters/{index}"), node))
}

struct Parameter<'a, 'b> {
    document: &'a Document,
    findings: &'b mut Vec<Diagnostic>,
    node: &'a Value,
    at: &'b str,
}

impl<'a> Parameter<'a, '_> {
    fn report(&mut self, below: &str, message: String, help: &str) {
        self.findings.push(self.document.diagnostic(&format!("{}{below}", self.at), message, help));
    }

    /// Name and place, where they are sound.
    fn identity(&mut self) -> Option<(&'a str, &'a str)> {
        let text = |key: &str| self.node[key].as_str().unwrap_or_default();
        let (name, location) = (text("name"), text("in"));
        if name.is_empty() || !["path", "query", "header"].contains(&location) {
            self.report("", "a parameter needs a name and a place".into(), "write `name: …` and `in: path`, `query` or `header`");
            return None;
        }
        if !is_nameable(name) {
            self.report(
                "",
                format!("nothing of the parameter's name `{name}` can be read in Rust"),
                "leave the parameter out, and say so in the description",
            );
            return None;
        }
        if location == "header" {
            if !is_header_name(name) {
                self.report("", format!("`{name}` cannot be the name of a header"), "write letters, digits and hyphens");
            }
            let schemes = self.document.json()["components"]["securitySchemes"].as_object();
            let credential = schemes.into_iter().flatten().filter_map(|(_, scheme)| scheme["name"].as_str());
            let own = CLIENTS_HEADERS.into_iter().chain(credential).any(|own| own.eq_ignore_ascii_case(name));
            if own {
                self.report(
                    "",
                    format!("header `{name}` is set by the client itself"),
                    "remove the parameter: the client knows its credential, media types and host",
                );
            }
        }
        Some((name, location))
    }

    /// The value of a header that can only have one.
    fn constant(&self) -> Option<&'a str> {
        reachout_document::Parameter::read(self.document, self.node)?.constant(self.document)
    }

    fn documented(&mut self, name: &str) {
        if !is_filled(&self.node["description"]) {
            let message = format!("parameter `{name}` has no description");
            self.findings.push(self.document.work(self.at, message, "say what it means, with its unit and limits"));
        }
        if self.node.get("example").is_none() && self.constant().is_none() {
            self.report("", format!("parameter `{name}` has no example"), "write `example: …` with a documented value");
        }
        if self.node.get("schema").is_none() {
            self.report("", format!("parameter `{name}` has no schema"), "write `schema: { type: string }`");
        }
    }

    /// `style` and `explode` other than OpenAPI's defaults.
    fn layout(&mut self, location: &str) {
        let (style, explode) = if location == "query" { ("form", true) } else { ("simple", false) };
        if self.node["style"].as_str().is_some_and(|own| own != style) {
            self.report(
                "/style",
                format!("`style: {}` is not supported", self.node["style"].as_str().unwrap_or_default()),
                "remove it: a query has `name=value` pairs, a path and a header the value itself",
            );
        }
        if self.node["explode"].as_bool().is_some_and(|own| own != explode) {
            self.report(
                "/explode",
                format!("`explode: {}` is not supported", !explode),
                "remove it; where the vendor takes one value with commas, write `type: string` and say so in the description",
            );
        }
    }

    fn schema(&mut self, name: &str, location: &str) {
        let Some(written) = self.node.get("schema") else { return };
        let schema = self.document.resolve(written);
        let constant = self.constant().is_some();
        if written.get("enum").is_some() && !constant {
            self.report(
                "/schema",
                "an enum is written inline".into(),
                "make it a named component and `$ref` it; only a header may have its one value inline",
            );
        }
        let inner = if schema["type"] == "array" { self.document.resolve(&schema["items"]) } else { schema };
        if inner["type"].as_str().is_some_and(|kind| ["object", "array"].contains(&kind)) || inner.get("oneOf").is_some() {
            self.report(
                "/schema",
                format!("parameter `{name}` is neither a scalar nor a list of scalars"),
                "write one parameter for each field",
            );
        } else if schema["type"] == "array" && location != "query" {
            self.report(
                "/schema",
                format!("{location} parameter `{name}` is a list"),
                "write `type: string`, and say in the description how the values are separated",
            );
        }
        if inner["format"] == "binary" {
            self.report("/schema", format!("parameter `{name}` is a file"), "a file is sent in a `multipart/form-data` body");
        }
    }
}
