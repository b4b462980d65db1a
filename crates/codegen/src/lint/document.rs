//! The document as a whole.

use serde_json::Value;

use super::is_filled;
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer, referenced},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let mut check = Check { document, json: document.json(), findings };
    check.head();
    check.client();
    check.security();
    check.tags_and_events();
}

struct Check<'a> {
    document: &'a Document,
    json: &'a Value,
    findings: &'a mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn require(&mut self, pointer: &str, ok: bool, message: &str, help: &str) {
        if !ok {
            self.findings.push(self.document.diagnostic(pointer, message, help));
        }
    }

    /// Like [`Self::require`], for what generation can do without.
    fn expect(&mut self, pointer: &str, ok: bool, message: &str, help: &str) {
        if !ok {
            self.findings.push(self.document.work(pointer, message, help));
        }
    }

    fn head(&mut self) {
        self.require(
            "/openapi",
            self.json["openapi"].as_str().is_some_and(|version| version.starts_with("3.0.")),
            "the document is not OpenAPI 3.0",
            "write `openapi: 3.0.3`",
        );
        for (pointer, example) in [
            ("/info/title", "title: Leonar API"),
            ("/info/version", "version: \"1\""),
            ("/x-client/name", "x-client: { name: Leonar, … }"),
            ("/x-client/env", "x-client: { env: LEONAR, … }"),
            ("/x-client/credential", "x-client: { credential: LEONAR_API_KEY, … }"),
        ] {
            let filled = self.json.pointer(pointer).is_some_and(is_filled);
            self.require(pointer, filled, &format!("`{pointer}` is missing or empty"), &format!("write `{example}`"));
        }
        self.expect(
            "/info/description",
            self.json["info"].get("description").is_some_and(is_filled),
            "`/info/description` is missing or empty",
            "write `description: What the vendor does, and what the API covers.`",
        );
        let server = self.json["servers"][0]["url"].as_str().unwrap_or_default();
        self.require(
            "/servers",
            server.starts_with("https://") && server.len() > "https://".len(),
            "the first server is not an https URL",
            "write `servers: [{ url: \"https://…\" }]`",
        );
        self.require(
            "/servers/0/url",
            !server.contains(['{', '?', '#', ' ']),
            "the URL of the server has a variable, a query or a space",
            "write the URL out, up to its path",
        );
    }

    fn client(&mut self) {
        for key in ["env", "credential"] {
            let name = self.json["x-client"][key].as_str().unwrap_or_default();
            let ok = name.is_empty()
                || name.starts_with(|first: char| first.is_ascii_uppercase())
                    && name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
            self.require(
                &format!("/x-client/{key}"),
                ok,
                &format!("`{name}` cannot be the name of an environment variable"),
                "write capitals, digits and underscores, a capital first: `HOOP_AI`",
            );
        }
        if let Some(limit) = self.json["x-client"].get("rate-limit") {
            let ok = limit["requests"].as_u64().is_some_and(|n| n > 0) && limit["seconds"].as_u64().is_some_and(|n| n > 0);
            self.require(
                "/x-client/rate-limit",
                ok,
                "the rate limit is not two positive numbers",
                "write `{ requests: 100, seconds: 10 }`",
            );
        }
        for (key, name) in self.json["x-client"]["rate-limit"]["headers"].as_object().into_iter().flatten() {
            self.require(
                &pointer::child("/x-client/rate-limit/headers", key),
                name.as_str().is_some_and(is_header_name),
                "this is not the name of a header",
                "write it like `X-RateLimit-Remaining`",
            );
        }
        if let Some(unit) = self.json["x-client"]["counted-by"].as_str() {
            let ok = unit.chars().all(|char| char.is_ascii_lowercase() || char == '_') && unit.starts_with(|char: char| char != '_');
            self.require("/x-client/counted-by", ok, "this cannot be part of a method's name", "write it like `location`");
        }
        for (key, path) in self.json["x-client"]["error"].as_object().into_iter().flatten() {
            let ok = path.as_str().is_some_and(|path| path.split('.').all(|name| !name.is_empty()));
            self.require(&pointer::child("/x-client/error", key), ok, "this is not a dot path", "write it like `error.code`");
        }
    }

    fn security(&mut self) {
        let schemes = self.json["components"]["securitySchemes"].as_object();
        let sound = |scheme: &Value| match (scheme["type"].as_str(), scheme["in"].as_str()) {
            (Some("http"), _) => scheme["scheme"] == "bearer" || scheme["scheme"] == "basic",
            (Some("apiKey"), Some("header")) => scheme["name"].as_str().is_some_and(is_header_name),
            (Some("apiKey"), Some("query")) => is_filled(&scheme["name"]),
            _ => false,
        };
        let applied_by_root = self.json["security"][0].as_object().map_or(0, serde_json::Map::len);
        self.require(
            "/components/securitySchemes",
            schemes.is_some_and(|schemes| {
                !schemes.is_empty() && schemes.len() == applied_by_root.max(1) && schemes.iter().all(|(_, scheme)| sound(scheme))
            }),
            "there must be one security scheme: http bearer or basic, or an API key in a header or in the query; or several that the root applies together",
            "write `type: http, scheme: bearer`, or `type: apiKey, in: header, name: X-API-Key`",
        );
        self.require(
            "/security",
            self.json["security"].as_array().is_some_and(|security| security.len() == 1),
            "the root does not apply its security scheme",
            "write `security: [{ scheme-name: [] }]`",
        );
        let known: Vec<&str> = schemes.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let help = format!("write the name of the scheme: {}", known.join(", "));
        let mut applied = vec![("/security".to_owned(), &self.json["security"])];
        for operation in self.document.operations() {
            if let Some(security) = operation.node.get("security") {
                applied.push((format!("{}/security", operation.pointer()), security));
            }
        }
        for (at, security) in applied {
            for (index, requirement) in security.as_array().into_iter().flatten().enumerate() {
                let names: Vec<&str> = requirement.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                let at = format!("{at}/{index}");
                self.require(
                    &at,
                    !names.is_empty() && names.len() == applied_by_root.max(1),
                    "a security requirement names one scheme, or all that the root names together",
                    "write `{ scheme-name: [] }`",
                );
                for name in names {
                    self.require(&at, known.contains(&name), &format!("security scheme `{name}` is not declared"), &help);
                }
            }
            let one = security.as_array().is_none_or(|list| list.len() <= 1);
            self.require(&at, one, "several security requirements", "keep the one of the root, or write `security: []` on the operation");
        }
    }

    fn tags_and_events(&mut self) {
        for (index, tag) in self.json["tags"].as_array().into_iter().flatten().enumerate() {
            self.expect(
                &format!("/tags/{index}"),
                is_filled(&tag["description"]),
                "this tag has no description",
                "say what its operations have in common",
            );
        }
        let events = self.json["x-webhook-events"].as_object();
        for (name, event) in events.into_iter().flatten() {
            let at = pointer::child("/x-webhook-events", name);
            let payload = referenced(&event["payload"]).is_some();
            self.require(&at, payload, "the payload of this event is not a component", "write `payload: { $ref: … }`");
            self.require(&at, is_filled(&event["description"]), "this event has no description", "say when it is sent");
            self.require(&at, event["example"].is_object(), "this event has no example", "write the whole body as the vendor sends it");
        }
        let named = self.json["x-webhook-envelope"]["type"].is_string();
        self.require(
            "/x-webhook-events",
            events.is_none() || named,
            "nothing says which field names the event",
            "write `x-webhook-envelope: { type: eventType, data: data }`",
        );
    }
}

/// A token of RFC 9110.
pub fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
