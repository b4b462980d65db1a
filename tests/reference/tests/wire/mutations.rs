//! The comparison can fail: of every request and every response, each part that is changed is found.

use std::collections::BTreeSet;

use reachout_reference::{Content, find};
use reachout_tests::{Received, calls};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::difference::{between_requests, between_values};
use crate::{CREDENTIAL, Exchange, compare, exchanges};

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_of_any_exchange_is_found() {
    let (mut count, mut survivors) = (0, Vec::new());
    for vendor in calls::all().into_iter().filter(|vendor| ["leonar", "sendpilot"].contains(&vendor.vendor.id)) {
        for call in &vendor.calls {
            let theirs = find(vendor.vendor.id, call.operation).unwrap();
            let [ours, theirs] = exchanges(&vendor, *call, theirs).await.unwrap();
            let found = |theirs: Exchange| -> BTreeSet<(String, String)> {
                compare(&[ours.clone(), theirs]).into_iter().map(|difference| (difference.what, difference.detail)).collect()
            };
            let before = found(theirs.clone());
            for (mutation, theirs) in mutations(&theirs) {
                count += 1;
                if found(theirs) == before {
                    survivors.push(format!("{} {}: {mutation}", vendor.vendor.id, call.operation));
                }
            }
        }
    }
    println!("{count} mutations");
    assert!(survivors.is_empty(), "{} of {count} mutations are not found:\n{}", survivors.len(), survivors.join("\n"));
    assert!(count > 500, "{count} mutations");
}

/// One part changed in each: method, path, a pair of the query, a header, a field of the body, a field that was decoded.
fn mutations(exchange: &Exchange) -> Vec<(String, Exchange)> {
    let request = &exchange.request;
    let mutated = |change: &dyn Fn(&mut Received)| {
        let mut mutated = exchange.clone();
        change(&mut mutated.request);
        mutated
    };
    let url = Url::parse(&format!("http://localhost{}", request.uri)).unwrap();
    let mut all = vec![
        ("method".to_owned(), mutated(&|request| request.method = Method::TRACE)),
        (
            "path".to_owned(),
            mutated(&|request| request.uri = format!("{}x?{}", url.path(), url.query().unwrap_or_default()).parse().unwrap()),
        ),
    ];
    for (dropped, (name, _)) in url.query_pairs().enumerate() {
        let mut other = url.clone();
        other.query_pairs_mut().clear().extend_pairs(url.query_pairs().enumerate().filter(|(at, _)| *at != dropped).map(|(_, pair)| pair));
        let uri = format!("{}?{}", other.path(), other.query().unwrap_or_default()).parse().unwrap();
        let mut mutated = exchange.clone();
        mutated.request.uri = uri;
        all.push((format!("no {name} in the query"), mutated));
    }
    let is_parts = request.headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"multipart/"));
    // Of a length the body says more, and progenitor has no form of several parts.
    let compared = request.headers.keys().filter(|name| *name != CONTENT_LENGTH && !(is_parts && *name == CONTENT_TYPE));
    for name in compared {
        all.push((format!("no header {name}"), mutated(&|request| drop(request.headers.remove(name)))));
    }
    if let Ok(Value::Object(body)) = serde_json::from_slice(&request.body) {
        for body in renamed(&body) {
            all.push((format!("body {body}"), mutated(&|request| request.body = body.to_string().into())));
        }
    }
    if let Content::Json(Value::Object(response)) = &exchange.response {
        all.extend(
            renamed(response)
                .map(|response| (format!("response {response}"), Exchange { response: Content::Json(response), ..exchange.clone() })),
        );
    }
    all
}

/// The object with one name changed, for each that has a value.
fn renamed(object: &serde_json::Map<String, Value>) -> impl Iterator<Item = Value> {
    object.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
        let mut other = object.clone();
        other.remove(name);
        other.insert(format!("{name}Other"), value.clone());
        Value::Object(other)
    })
}

fn request(body: &str, media_type: &'static str) -> Received {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {CREDENTIAL}")).unwrap());
    headers.insert("version", HeaderValue::from_static("2021-07-28"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_LENGTH, body.len().into());
    let uri = "/v1/contacts/c%201?limit=20&query=a%20b&tag=x&tag=y".parse().unwrap();
    Received { method: Method::POST, uri, headers, body: body.to_owned().into() }
}

fn post() -> Received {
    request(r#"{"name": "Ada", "age": 20, "tags": ["x", "y"], "address": {"city": "Paris", "zip": null}}"#, "application/json")
}

fn body(change: impl Fn(&mut Value)) -> Received {
    let mut body: Value = serde_json::from_slice(&post().body).unwrap();
    change(&mut body);
    Received { body: body.to_string().into(), ..post() }
}

fn uri(uri: &str) -> Received {
    Received { uri: uri.parse().unwrap(), ..post() }
}

fn header(name: &'static str, value: Option<&'static str>) -> Received {
    let mut request = post();
    match value {
        Some(value) => drop(request.headers.insert(name, HeaderValue::from_static(value))),
        None => drop(request.headers.remove(name)),
    }
    request
}

#[test]
fn requests_differ_in_what_was_changed_and_in_nothing_else() {
    let (form, parts) = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=1");
    let cases: [(&str, Received, Received, &[&str]); 29] = [
        ("nothing", post(), post(), &[]),
        ("the order of the query", post(), uri("/v1/contacts/c%201?tag=x&query=a%20b&tag=y&limit=20"), &[]),
        ("another escape of a value", post(), uri("/v1/contacts/c%201?limit=20&query=a+b&tag=x&tag=y"), &[]),
        (
            "the order of fields",
            post(),
            body(|body| {
                *body = serde_json::from_str(r#"{"address": {"city": "Paris"}, "tags": ["x", "y"], "age": 20.0, "name": "Ada"}"#).unwrap();
            }),
            &[],
        ),
        ("another method", post(), Received { method: Method::PUT, ..post() }, &["method"]),
        ("another path", post(), uri("/v1/contacts/c%202?limit=20&query=a%20b&tag=x&tag=y"), &["path"]),
        ("no parameter", post(), uri("/v1/contacts/c%201?limit=20&tag=x&tag=y"), &["query"]),
        ("no query", post(), uri("/v1/contacts/c%201"), &["query"]),
        ("another value of a parameter", post(), uri("/v1/contacts/c%201?limit=20&query=b&tag=x&tag=y"), &["query"]),
        ("one value of a list", post(), uri("/v1/contacts/c%201?limit=20&query=a%20b&tag=x"), &["query"]),
        ("another number", post(), uri("/v1/contacts/c%201?limit=21&query=a%20b&tag=x&tag=y"), &["query"]),
        ("another spelling of a number", post(), uri("/v1/contacts/c%201?limit=20.0&query=a%20b&tag=x&tag=y"), &["number in the query"]),
        ("no header", post(), header("version", None), &["header version"]),
        ("another value of a header", post(), header("version", Some("2021-04-15")), &["header version"]),
        ("one header more", post(), header("x-more", Some("1")), &["header x-more"]),
        ("another media type", post(), header("content-type", Some("text/plain")), &["header content-type"]),
        ("no credential", post(), header("authorization", None), &["credential"]),
        (
            "another name of a field",
            post(),
            body(|body| body["fullName"] = body.as_object_mut().unwrap().remove("name").unwrap()),
            &["body"],
        ),
        ("another value of a field", post(), body(|body| body["name"] = json!("Eve")), &["body"]),
        ("a text for a number", post(), body(|body| body["age"] = json!("20")), &["body"]),
        ("one item less", post(), body(|body| drop(body["tags"].as_array_mut().unwrap().pop())), &["body"]),
        ("another value deep inside", post(), body(|body| body["address"]["city"] = json!("Lyon")), &["body"]),
        ("one field more", post(), body(|body| body["more"] = json!(1)), &["body"]),
        ("one field less", body(|body| body["more"] = json!(1)), post(), &["undocumented fields"]),
        ("no credential of ours", header("authorization", None), post(), &["header authorization"]),
        ("no body", post(), Received { body: "".into(), ..post() }, &["body"]),
        ("a field of a form", request("a=1&b=2", form), request("b=3&a=1", form), &["body"]),
        ("the order of a form", request("a=1&b=2", form), request("b=2&a=1", form), &[]),
        ("parts", request("--1\r\na", parts), request("--1\r\nb", parts), &["form of several parts"]),
    ];
    for (name, ours, theirs, expected) in cases {
        let found: Vec<_> = between_requests(&ours, &theirs, CREDENTIAL).into_iter().map(|difference| difference.what).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn responses_differ_in_any_value() {
    let decoded = json!({ "id": "1", "count": 2, "items": [{ "on": true }], "none": null });
    let cases: [(&str, Value, &[&str]); 7] = [
        ("nothing", json!({ "count": 2.0, "id": "1", "items": [{ "on": true }] }), &[]),
        ("another text", json!({ "id": "2", "count": 2, "items": [{ "on": true }] }), &["response"]),
        ("another number", json!({ "id": "1", "count": 3, "items": [{ "on": true }] }), &["response"]),
        ("another value in a list", json!({ "id": "1", "count": 2, "items": [{ "on": false }] }), &["response"]),
        ("one item more", json!({ "id": "1", "count": 2, "items": [{ "on": true }, {}] }), &["response"]),
        ("another name", json!({ "id": "1", "number": 2, "items": [{ "on": true }] }), &["response"]),
        ("a field that theirs does not know", json!({ "id": "1", "items": [{ "on": true }] }), &["undocumented fields"]),
    ];
    for (name, other, expected) in cases {
        let found: Vec<_> = between_values("response", &decoded, &other).into_iter().map(|difference| difference.what).collect();
        assert_eq!(found, expected, "{name}");
    }
}
