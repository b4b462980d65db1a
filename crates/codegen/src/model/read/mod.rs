//! Reads the model of one vendor.

mod operations;
mod schemas;
mod tags;
mod text;

use serde_json::Value;

use self::text::{described, text, trimmed};
use super::{
    TypeRef,
    api::{Api, Auth, Event, Group, RateLimit, RateLimitHeaders},
    feature,
    types::Types,
};
use crate::{
    load::{Document, referenced},
    names,
};

/// Reads a document that passed the lint.
pub fn read(document: &Document) -> Api {
    let json = document.json();
    let types = Types::new(document);
    let client = &json["x-client"];
    let error = |key: &str| client["error"][key].as_str().map(str::to_owned);
    let schemas = schemas::read(document, &types);
    let mut api = Api {
        name: text(&client["name"]),
        about: text(&client["about"]),
        home: text(&client["home"]),
        description: text(&json["info"]["description"]),
        env: text(&client["env"]),
        credential_env: text(&client["credential"]),
        base_url: text(&json["servers"][0]["url"]).trim_end_matches('/').to_owned(),
        auth: auth(json),
        rate_limit: rate_limit(&client["rate-limit"]),
        counted_by: client["counted-by"].as_str().map(str::to_owned),
        error: [error("code"), error("message"), error("request-id")],
        groups: json["tags"].as_array().into_iter().flatten().map(group).collect(),
        operations: operations::read(document, &types, &schemas),
        schemas,
        events: document.events().map(event).collect(),
        envelope: (document.envelope().name.to_owned(), document.envelope().payload.map(str::to_owned)),
        base: None,
        shares_events: false,
        platform: client["platform"].as_str().map(str::to_owned),
        id: document.vendor.clone(),
        openapi: document.json().clone(),
    };
    feature::mark(&mut api);
    api
}

/// How the schemes that the root applies carry the credential.
fn auth(json: &Value) -> Auth {
    let schemes = &json["components"]["securitySchemes"];
    let applied = json["security"][0].as_object().into_iter().flatten();
    let mut each: Vec<Auth> = applied.map(|(name, _)| scheme(&schemes[name])).collect();
    match each.len() {
        0 => Auth::Bearer,
        1 => each.swap_remove(0),
        _ => Auth::Each(each),
    }
}

fn scheme(scheme: &Value) -> Auth {
    let is = |key: &str, value: &str| scheme[key].as_str().is_some_and(|own| own.eq_ignore_ascii_case(value));
    match scheme["type"].as_str() {
        Some("apiKey") if is("in", "query") => Auth::Query(text(&scheme["name"])),
        Some("apiKey") => Auth::Header(text(&scheme["name"]).to_lowercase()),
        Some("http") if is("scheme", "basic") => Auth::Basic,
        _ => Auth::Bearer,
    }
}

fn rate_limit(limit: &Value) -> Option<RateLimit> {
    let header = |key: &str| limit["headers"][key].as_str().map(str::to_owned);
    Some(RateLimit {
        requests: limit["requests"].as_u64()?,
        seconds: limit["seconds"].as_u64()?,
        headers: RateLimitHeaders {
            limit: header("limit"),
            remaining: header("remaining"),
            interval_milliseconds: header("interval-milliseconds"),
            daily_limit: header("daily-limit"),
            daily_remaining: header("daily-remaining"),
        },
    })
}

fn group(tag: &Value) -> Group {
    let name = text(&tag["name"]);
    Group {
        type_name: names::type_name(&name),
        description: described(&tag["description"], &name),
        feature: tag["x-feature"].as_str().map(str::to_owned),
        name: names::group_name(&name),
    }
}

fn event(event: reachout_document::Event<'_>) -> Event {
    Event {
        name: event.name.to_owned(),
        aliases: event.aliases.into_iter().map(str::to_owned).collect(),
        description: trimmed(event.description),
        payload: TypeRef::Component(referenced(event.payload).unwrap_or_default()),
    }
}
