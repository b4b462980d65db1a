//! What of two requests, and of two values, is not the same.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use reachout_test_support::lost;
use reachout_tests::Received;
use serde_json::Value;

/// One difference.
#[derive(Debug)]
pub struct Difference {
    /// In what: `path`, `header accept`.
    pub what: String,
    /// What is here, and what is there.
    pub detail: String,
}

/// What two requests differ in. The order of a query does not count, nor how a JSON body is spelled.
pub fn between_requests(ours: &Received, theirs: &Received, credential: &str) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differences.push(Difference { what: what.to_owned(), detail: format!("{ours} and {theirs}") });
        }
    };
    compare("method", ours.method.to_string(), theirs.method.to_string());
    compare("path", ours.uri.path().to_owned(), theirs.uri.path().to_owned());
    let is_parts = content_type(ours).starts_with("multipart/");
    let names: BTreeSet<&str> = ours.headers.keys().chain(theirs.headers.keys()).map(reqwest::header::HeaderName::as_str).collect();
    for name in names {
        let [ours, theirs] = [ours, theirs].map(|request| {
            let values = request.headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            values.collect::<Vec<_>>().join(", ")
        });
        match name {
            "content-length" => {}
            "content-type" if is_parts => {}
            _ if ours.contains(credential) => compare("credential", ours, theirs),
            _ => compare(&format!("header {name}"), ours, theirs),
        }
    }
    let (mine, other) = (query(ours), query(theirs));
    if numbers(&mine) == numbers(&other) {
        compare("number in the query", format!("{mine:?}"), format!("{other:?}"));
    } else {
        compare("query", format!("{mine:?}"), format!("{other:?}"));
    }
    let text = |request: &Received| String::from_utf8_lossy(&request.body).into_owned();
    match (serde_json::from_slice(&ours.body), serde_json::from_slice(&theirs.body)) {
        (Ok(ours), Ok(theirs)) => differences.extend(between_values("body", &ours, &theirs)),
        _ if ours.body.is_empty() && theirs.body.is_empty() => {
            let length = |request: &Received| format!("{:?}", request.headers.get("content-length"));
            compare("length of no body", length(ours), length(theirs));
        }
        _ if is_parts => compare("form of several parts", text(ours), text(theirs)),
        // A form: the order of its fields does not count.
        _ => {
            let fields = |request: &Received| {
                let body = text(request);
                let mut fields: Vec<String> = body.split('&').map(str::to_owned).collect();
                fields.sort_unstable();
                fields
            };
            compare("body", format!("{:?}", fields(ours)), format!("{:?}", fields(theirs)));
        }
    }
    differences
}

/// What two values differ in. Null is the same as nothing, and `20.0` as 20.
pub fn between_values(what: &str, ours: &Value, theirs: &Value) -> Vec<Difference> {
    let (missing, added) = (lost(ours, theirs), lost(theirs, ours));
    let what = match added.is_empty() && missing.iter().all(|path| path.ends_with("became null")) {
        true => "undocumented fields",
        false => what,
    };
    let differs = !missing.is_empty() || !added.is_empty();
    differs.then(|| Difference { what: what.to_owned(), detail: format!("{missing:?} and {added:?}") }).into_iter().collect()
}

fn content_type(request: &Received) -> &str {
    request.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The segments of the path, as a server reads them.
pub fn segments(request: &Received) -> Vec<String> {
    request.uri.path().split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}

/// The pairs of the query, as a server reads them, sorted.
pub fn query(request: &Received) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://localhost{}", request.uri)).unwrap();
    let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
    pairs.sort();
    pairs
}

fn numbers(pairs: &[(String, String)]) -> Vec<(&str, String)> {
    let spelled = |value: &str| value.parse::<f64>().map_or_else(|_| value.to_owned(), |number| number.to_string());
    pairs.iter().map(|(name, value)| (name.as_str(), spelled(value))).collect()
}
