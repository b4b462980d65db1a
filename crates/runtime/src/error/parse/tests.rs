use proptest::prelude::*;

use super::*;

const LEONAR: ErrorShape = ErrorShape { code: Some("error.code"), message: Some("error.message"), request_id: None };
const PLATFORM: ErrorShape = ErrorShape { code: Some("statusCode"), message: Some("message"), request_id: Some("traceId") };
const NONE: ErrorShape = ErrorShape { code: None, message: None, request_id: None };

#[test]
fn bodies() {
    type Row<'a> = (&'a ErrorShape, &'a str, Option<&'a str>, &'a [&'a str], Option<&'a str>);
    let rows: [Row<'_>; 16] = [
        (
            &LEONAR,
            r#"{"error":{"code":"validation_error","message":"content is required"}}"#,
            Some("validation_error"),
            &["content is required"],
            None,
        ),
        (&PLATFORM, r#"{"statusCode":401,"message":"Invalid JWT","traceId":"t1"}"#, Some("401"), &["Invalid JWT"], Some("t1")),
        (
            &PLATFORM,
            r#"{"statusCode":422,"message":["a must be a string","b is wrong"]}"#,
            Some("422"),
            &["a must be a string", "b is wrong"],
            None,
        ),
        (&PLATFORM, r#"{"message":[{"message":"nested"},7,null,[]]}"#, None, &["nested", "7"], None),
        (&PLATFORM, r#"{"message":"","error":"Bad Request"}"#, None, &["Bad Request"], None),
        (&NONE, r#"{"error":"nope"}"#, None, &["nope"], None),
        (&NONE, r#"{"error":{"message":"nope","code":9}}"#, Some("9"), &["nope"], None),
        (&NONE, r#"{"errors":[{"message":"first"},{"message":"second"}]}"#, None, &["first", "second"], None),
        (&NONE, r#"{"detail":"nope"}"#, None, &["nope"], None),
        (&LEONAR, "[]", None, &[], None),
        (&LEONAR, "null", None, &[], None),
        (&LEONAR, "", None, &[], None),
        (&LEONAR, "<html><body>502</body></html>", None, &[], None),
        (&LEONAR, "upstream unavailable\n", None, &["upstream unavailable"], None),
        (&LEONAR, r#"{"error":{"code":"trunc"#, None, &[], None),
        (&LEONAR, "{\"message\":\"two\\nlines\"}", None, &["two lines"], None),
    ];
    for (shape, body, code, messages, request_id) in rows {
        let expected = Parsed {
            code: code.map(ToOwned::to_owned),
            messages: messages.iter().map(|message| (*message).to_owned()).collect(),
            request_id: request_id.map(ToOwned::to_owned),
        };
        assert_eq!(parse(shape, body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn a_flood_of_messages_is_cut() {
    let long = "x".repeat(5000);
    let body = serde_json::json!({ "message": vec![long; 200] }).to_string();
    let messages = parse(&NONE, body.as_bytes()).messages;
    assert_eq!(messages.len(), MESSAGES_LIMIT);
    assert!(messages.iter().all(|message| message.len() == MESSAGE_LIMIT));
}

#[test]
fn request_ids() {
    let mut headers = HeaderMap::new();
    assert_eq!(request_id(&headers), None);
    headers.insert("x-trace-id", "t1".parse().unwrap());
    assert_eq!(request_id(&headers), Some("t1"));
    headers.insert("x-request-id", "r1".parse().unwrap());
    assert_eq!(request_id(&headers), Some("r1"));
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", "".parse().unwrap());
    assert_eq!(request_id(&headers), None, "an empty one names nothing");
}

fn arbitrary_json() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), any::<f64>().prop_map(Value::from), ".*".prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof![Just("error".to_owned()), Just("message".to_owned()), Just("code".to_owned()), ".{0,5}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        parse(&LEONAR, &body);
    }

    #[test]
    fn arbitrary_json_never_panics_and_stays_on_one_line(body in arbitrary_json()) {
        let parsed = parse(&LEONAR, body.to_string().as_bytes());
        prop_assert!(parsed.messages.iter().all(|message| !message.contains(char::is_control) && !message.is_empty()));
    }
}
