use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::Number;

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding is of interest")]
struct Message {
    id: String,
    parts: Vec<Part>,
    at: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only decoding is of interest")]
struct Part {
    kind: String,
}

fn failure(body: &str) -> DecodeFailure {
    decode::<Message>(&Bytes::copy_from_slice(body.as_bytes())).unwrap_err()
}

#[test]
fn the_place_of_a_failure_is_named() {
    let rows = [
        (r#"{"id":7,"parts":[]}"#, Some("id"), "invalid type: integer `7`, expected a string"),
        (r#"{"id":"m","parts":[{"kind":"a"},{"kind":null}]}"#, Some("parts[1].kind"), "invalid type: null, expected a string"),
        (r#"{"id":"m"}"#, None, "missing field `parts`"),
        (r#"{"id":"m","parts":[]} trailing"#, None, "trailing characters"),
        (r#"{"id":"m","par"#, None, "EOF while parsing"),
        ("<html>", None, "expected value"),
        ("", None, "the body is empty"),
        ("  \n", None, "the body is empty"),
    ];
    for (body, path, reason) in rows {
        let failure = failure(body);
        assert_eq!(failure.path.as_deref(), path, "{body}");
        assert!(failure.reason.starts_with(reason), "{body}: {}", failure.reason);
    }
}

#[test]
fn what_decodes() {
    let decode_text = |text: &'static str| decode::<Value>(&Bytes::from_static(text.as_bytes())).unwrap();
    assert_eq!(decode_text(""), Value::Null);
    assert_eq!(decode_text("\u{feff}{}"), serde_json::json!({}));
    assert_eq!(decode::<Option<Message>>(&Bytes::new()).unwrap().map(|message| message.id), None);
    assert_eq!(decode::<()>(&Bytes::new()), Ok(()));
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = "[".repeat(100_000);
    assert!(decode::<Value>(&deep.into()).is_err());
}

#[test]
fn a_response_is_its_value_with_status_and_headers() {
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", "r1".parse().unwrap());
    let mut response = Response::new(vec![1, 2], StatusCode::CREATED, headers);
    response.push(3);
    assert_eq!(response.len(), 3);
    assert_eq!((response.status(), response.request_id(), response.headers().len()), (StatusCode::CREATED, Some("r1"), 1));
    assert_eq!(format!("{response:?}"), "[1, 2, 3]");
    assert_eq!(response.into_inner(), [1, 2, 3]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let body = Bytes::from(body);
        let _ = decode::<Value>(&body);
        let _ = decode::<Message>(&body);
        let _ = decode::<Option<Number>>(&body);
    }
}
