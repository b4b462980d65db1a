//! The document as a whole.

use serde_json::Value;

use super::schemas;
use crate::{
    diagnostic::Diagnostic,
    load::{Document, pointer},
};

pub fn check(document: &Document, findings: &mut Vec<Diagnostic>) {
    let json = &document.json;
    let mut require = |pointer: &str, ok: bool, message: &str, help: &str| {
        if !ok {
            findings.push(document.diagnostic(pointer, message, help));
        }
    };
    let filled = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());

    require(
        "/openapi",
        json["openapi"].as_str().is_some_and(|version| version.starts_with("3.0.")),
        "the document is not OpenAPI 3.0",
        "write `openapi: 3.0.3`",
    );
    for (pointer, example) in [
        ("/info/title", "title: Leonar API"),
        ("/info/version", "version: \"1\""),
        ("/info/description", "description: What the vendor does, and what the API covers."),
        ("/x-client/name", "x-client: { name: Leonar, … }"),
        ("/x-client/env", "x-client: { env: LEONAR, … }"),
        ("/x-client/credential", "x-client: { credential: LEONAR_API_KEY, … }"),
    ] {
        require(pointer, filled(pointer), &format!("`{pointer}` is missing or empty"), &format!("write `{example}`"));
    }
    let server = json["servers"][0]["url"].as_str().unwrap_or_default();
    require(
        "/servers",
        server.starts_with("https://"),
        "the first server is not an https URL",
        "write `servers: [{ url: \"https://…\" }]`",
    );

    let schemes = json["components"]["securitySchemes"].as_object();
    let scheme = schemes.filter(|schemes| schemes.len() == 1).and_then(|schemes| schemes.values().next());
    let bearer = scheme.is_some_and(|scheme| scheme["type"] == "http" && scheme["scheme"] == "bearer");
    let header = scheme.is_some_and(|scheme| scheme["type"] == "apiKey" && scheme["in"] == "header" && scheme["name"].is_string());
    require(
        "/components/securitySchemes",
        bearer || header,
        "there must be one security scheme: http bearer, or an API key in a header",
        "write `type: http, scheme: bearer`, or `type: apiKey, in: header, name: X-API-Key`",
    );
    require(
        "/security",
        json["security"].as_array().is_some_and(|security| security.len() == 1),
        "the root does not apply its security scheme",
        "write `security: [{ scheme-name: [] }]`",
    );

    for (index, tag) in json["tags"].as_array().into_iter().flatten().enumerate() {
        require(
            &format!("/tags/{index}"),
            tag["description"].is_string(),
            "this tag has no description",
            "say what its operations have in common",
        );
    }
    let events = json["x-webhook-events"].as_object();
    for (name, event) in events.into_iter().flatten() {
        let at = pointer::child("/x-webhook-events", name);
        require(
            &at,
            schemas::referenced(&event["payload"]).is_some(),
            "this event's payload is no component",
            "write `payload: { $ref: … }`",
        );
        require(&at, event["description"].is_string(), "this event has no description", "say when it is sent");
        require(&at, event["example"].is_object(), "this event has no example", "write the whole body as the vendor sends it");
    }
    let named = json["x-webhook-envelope"]["type"].is_string();
    require(
        "/x-webhook-events",
        events.is_none() || named,
        "nothing says which field names the event",
        "write `x-webhook-envelope: { type: eventType, data: data }`",
    );
    if let Some(limit) = json["x-client"].get("rate-limit") {
        let ok = limit["requests"].as_u64().is_some_and(|n| n > 0) && limit["seconds"].as_u64().is_some_and(|n| n > 0);
        require("/x-client/rate-limit", ok, "the rate limit is not two positive numbers", "write `{ requests: 100, seconds: 10 }`");
    }
}
