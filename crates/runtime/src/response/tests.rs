use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::Number;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoding is of interest")]
struct Message {
    id: String,
    parts: Vec<Part>,
    at: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoding is of interest")]
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

crate::object! {
    struct Contact { id: String }
    optional { age: u8, tags: Vec<String>, next: Box<Self>, others: std::collections::HashMap<String, Self>, either: Either }
}

crate::one_of! { enum Either { Contact(Box<Contact>), Number(u8) } }

#[test]
fn the_place_of_a_failure_in_generated_types_is_named() {
    let rows = [
        (r#"{"id":"1","age":-1}"#, Some("age")),
        (r#"{"id":"1","age" : {"x": [1]}, "tags": []}"#, Some("age")),
        ("{\n  \"id\": \"1\",\n  \"next\": {\n    \"id\": 2 , \"age\": 3\n  }\n}", Some("next.id")),
        (r#"{"id":"1","next":{"id":"2","tags":["a \" ] }, { \\", 5]}}"#, Some("next.tags[1]")),
        (r#"{"id":"1","tags":["a",{"b":1},"c"]}"#, Some("tags[1]")),
        (r#"{"id":"1","tags":{"a":1}}"#, Some("tags")),
        (r#"{"id":"1","next":{"age":7}}"#, Some("next")),
        (r#"{"age":7}"#, None),
        (r#"{"id":"1","others":{"a":{"id":"2"},"b":{"id":"3","next":{"id":true}}}}"#, Some("others.b.next.id")),
        (r#"{"id":"1","either":{"id":7},"age":"x"}"#, Some("either")),
        (r#"{"id":"1","either":7,"age":"x"}"#, Some("age")),
        (r#"{"id":"1","next":{"id":"2","tags":["a","#, Some("next.tags")),
        (r#"{"id":"1","next":{"id":"2","tags":["a",x]}}"#, Some("next.tags[1]")),
        (r#"{"id":"1","next":{"id":"2","age":}}"#, Some("next.age")),
        ("[1, 2]", None),
        ("7", None),
    ];
    for (body, path) in rows {
        let failure = decode::<Contact>(&Bytes::copy_from_slice(body.as_bytes())).unwrap_err();
        assert_eq!(failure.path.as_deref(), path, "{body}: {}", failure.reason);
    }
    let list = r#"[{"id":"1"},{"id":"2","tags":["a"],"next":{"id":"3","age":"x"}},{"id":"4"}]"#;
    assert_eq!(decode::<Vec<Contact>>(&Bytes::from_static(list.as_bytes())).unwrap_err().path.as_deref(), Some("[1].next.age"));
}

#[test]
fn a_body_that_is_integers_may_spell_them_as_fractions() {
    fn decoded<T: DeserializeOwned>(text: &'static str) -> Option<T> {
        decode(&Bytes::from_static(text.as_bytes())).ok()
    }
    assert_eq!(decoded::<i64>("3.0"), Some(3));
    assert_eq!(decoded::<Vec<Option<i64>>>("[3.0, null, 4]"), Some(vec![Some(3), None, Some(4)]));
    assert_eq!(decoded::<BTreeMap<String, u64>>(r#"{"a":3.0}"#), Some(BTreeMap::from([("a".to_owned(), 3)])));
    assert_eq!((decoded::<i64>("3.5"), decoded::<i64>("1e300"), decoded::<u64>("-3.0")), (None, None, None));
    assert_eq!(decoded::<f64>("3.0"), Some(3.0));
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

/// Bodies that are made to be looked through again and again: a fraction of a second in a release build, hours without a bound.
#[test]
fn the_place_of_a_failure_is_found_in_linear_time() {
    const SIZE: usize = 4 << 20;
    let started = std::time::Instant::now();
    let lists = "[".repeat(SIZE);
    let bodies =
        [lists.clone(), format!(r#"{{"id":"1","unknown":{lists}"#), format!(r#"{{"id":"1","unknown":{}"#, r#"{"a":"#.repeat(SIZE / 5))];
    for body in bodies {
        let failure = decode::<Contact>(&Bytes::from(body)).unwrap_err();
        assert!(failure.path.is_none_or(|path| path.len() < 2000));
    }
    let numbers = "0,".repeat(SIZE / 2);
    let named = r#"{"id":"2","others":{"a":"#;
    let bodies = [
        (format!("{}{numbers}", "[".repeat(100)), vec![], "[0]".repeat(99)),
        (format!("{}[{numbers}", r#"{"a":"#.repeat(100)), vec![], "a".to_owned() + &".a".repeat(99)),
        (format!("{}[{numbers}", named.repeat(20)), vec!["others"; 20], "others.a".to_owned() + &".others.a".repeat(19)),
        (format!("{}{numbers}0{}", "[".repeat(100), "]".repeat(100)), vec!["id"; 100], String::new()),
    ];
    for (body, fields, expected) in bodies {
        let path = json_path::path(body.as_bytes(), &fields, body.len() - 1).unwrap_or_default();
        assert!(path.starts_with(&expected) && path.len() < 2000, "{path}");
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(120), "{:?}", started.elapsed());
}

#[test]
fn the_debug_form_of_a_response_leaves_headers_out() {
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", "r1".parse().unwrap());
    let response = Response { status: StatusCode::CREATED, headers, body: vec![1, 2] };
    assert_eq!(response.request_id(), Some("r1"));
    assert_eq!(format!("{response:?}"), "Response { status: 201, body: [1, 2], .. }");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let body = Bytes::from(body);
        let _ = decode::<Value>(&body);
        let _ = decode::<Message>(&body);
        let _ = decode::<Contact>(&body);
        let _ = decode::<Option<Number>>(&body);
    }

    #[test]
    fn broken_json_never_panics(body in "[\\[\\]{}\",:1a\\\\ ]{0,40}") {
        let _ = decode::<Message>(&body.clone().into());
        let _ = decode::<Vec<Contact>>(&body.clone().into());
        let id = format!(r#"{{"id":"1","next":{body}"#);
        let _ = decode::<Contact>(&id.into());
    }
}
