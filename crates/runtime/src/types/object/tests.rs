use serde_json::{Value, json};

crate::request! {
    struct Contact { id: String, note: Option<String> }
    optional { first_name "firstName": String, tags: Vec<String> [String], next: Box<Contact> }
}

crate::request! { struct OpenRequest optional { id: i64 } with extra }

crate::object! { struct Open optional { id: i64 } with extra }

crate::request! { struct Change optional { int_before int: i64 } nullable { note clear_note: String, place clear_place int "at": Vec<i64> [i64] } }

crate::one_of! { enum Either { Contact(Contact), Number(i64), Text(String) } }

crate::one_of! { enum Counts { Each(Vec<i64>), Sum(u64), Share(f64) } }

#[test]
fn a_whole_number_that_is_spelled_as_a_fraction_is_an_integer_of_an_alternative() {
    let read = |value: Value| serde_json::from_value::<Counts>(value).unwrap();
    assert_eq!(read(json!([1, 2.0])), Counts::Each(vec![1, 2]));
    assert_eq!(read(json!(3.0)), Counts::Sum(3));
    assert_eq!(read(json!(-3.0)), Counts::Share(-3.0), "no natural number");
    assert_eq!(read(json!(0.5)), Counts::Share(0.5));
}

#[test]
fn what_is_unset_is_not_written_and_a_required_null_is() {
    let contact = Contact::new("1", None).first_name("Sophie").tags(["a", "b"]).next(Contact::new("2", "n".to_owned()));
    let json = json!({ "id": "1", "note": null, "firstName": "Sophie", "tags": ["a", "b"], "next": { "id": "2", "note": "n" } });
    assert_eq!(serde_json::to_value(&contact).unwrap(), json);
    assert_eq!(serde_json::from_value::<Contact>(json).unwrap(), contact);
}

#[test]
fn null_that_is_sent_is_not_what_is_unset() {
    let rows = [
        (Change::new(), json!({})),
        (Change::new().clear_note().place([1, 2]), json!({ "note": null, "at": [1, 2] })),
        (Change::new().note("n").clear_place().int_before(3), json!({ "note": "n", "at": null, "int_before": 3 })),
    ];
    for (change, json) in rows {
        assert_eq!(serde_json::to_value(&change).unwrap(), json);
        assert_eq!(serde_json::from_value::<Change>(json).unwrap(), change);
    }
    let whole = json!({ "at": [1.0], "int_before": 3.0 });
    assert_eq!(serde_json::from_value::<Change>(whole).unwrap(), Change::new().place([1]).int_before(3));
}

#[test]
fn a_name_with_escapes_is_the_name() {
    let open: Open = serde_json::from_str(r#"{ "\u0069d": 1, "l\u0061ter": 2 }"#).unwrap();
    assert_eq!(serde_json::to_value(open).unwrap(), json!({ "id": 1, "later": 2 }));
}

#[test]
fn objects_are_read() {
    let cases = [
        (json!({ "id": "1" }), Ok(Contact::new("1", None))),
        (json!({ "id": "1", "firstName": null, "new": { "deep": [1] } }), Ok(Contact::new("1", None))),
        (json!({ "note": "x" }), Err("missing field `id`")),
        (json!({ "id": null }), Err("invalid type: null, expected a string")),
        (json!(["1"]), Err("invalid type: sequence, expected struct Contact")),
    ];
    for (json, expected) in cases {
        let read = serde_json::from_str::<Contact>(&json.to_string()).map_err(|error| error.to_string());
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{json}"),
            (Err(error), Err(expected)) => assert!(error.starts_with(expected), "{json}: {error}"),
            (read, expected) => panic!("{json}: {read:?} is not {expected:?}"),
        }
    }
}

#[test]
fn a_request_is_read_strictly() {
    let read = |json: &str| Contact::from_json(json).map_err(|error| error.to_string());
    let next = Contact::new("2", None).tags(["a"]);
    assert_eq!(read(r#"{"id": "1", "next": {"id": "2", "tags": ["a"]}}"#), Ok(Contact::new("1", None).next(next)));
    for (json, sentence) in [
        (r#"{"id": "1", "fristName": "Ada"}"#, "the field `fristName` is not known; did you mean `firstName`?"),
        (r#"{"id": "1", "zzz": null}"#, "the field `zzz` is not known at line 1"),
        (r#"{"id": "1", "next": {"id": "2", "tag": []}}"#, "the field `tag` is not known; did you mean `tags`?"),
        (r#"{"note": "x"}"#, "missing field `id`"),
        ("", "the body is empty"),
    ] {
        let error = read(json).unwrap_err();
        assert!(error.contains(sentence) && error.contains("Contact"), "{json}: {error}");
    }
    // What a vendor sends is not read so, after a failure either.
    assert!(serde_json::from_str::<Contact>(r#"{"id": "1", "fristName": "Ada"}"#).is_ok());
    let open = OpenRequest::from_json(r#"{"id": 1, "later": 2}"#).unwrap();
    assert_eq!((open.id, &open.extra["later"], OpenRequest::new().id(1).id), (Some(1), &json!(2), Some(1)), "it says that it takes others");
    assert_eq!(Change::from_json(r#"{"note": null}"#).unwrap(), Change::new().clear_note());
    let error = Contact::from_json(r#"{"id": "1", "next": {"id": "2", "tag": []}}"#).unwrap_err();
    assert_eq!((error.delivery(), error.json_path()), (crate::Delivery::NotSent, Some("next")));
}

#[cfg(feature = "schemars")]
#[test]
fn the_schema_of_a_request_takes_the_documented_fields_alone() {
    let closed = |schema: &schemars::Schema| schema.get("additionalProperties").cloned();
    assert_eq!(closed(&schemars::schema_for!(Contact)), Some(json!(false)));
    assert_eq!(closed(&schemars::schema_for!(OpenRequest)), Some(json!(true)));
    assert_eq!(closed(&schemars::schema_for!(Open)), Some(json!(true)));
}

#[test]
fn an_open_object_keeps_what_is_not_listed() {
    let json = json!({ "id": 1, "later": [true, { "a": null }], "name": "x" });
    let open: Open = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(open.extra.len(), 2);
    assert_eq!(serde_json::to_value(&open).unwrap(), json);
}

#[test]
fn the_first_alternative_that_fits_is_taken() {
    for (json, expected) in [
        (json!({ "id": "1" }), Some(Either::Contact(Contact::new("1", None)))),
        (json!(7), Some(Either::Number(7))),
        (json!("7"), Some(Either::Text("7".into()))),
        (json!([7]), None),
    ] {
        let read = serde_json::from_value::<Either>(json.clone());
        match (read, expected) {
            (Ok(read), Some(expected)) => assert_eq!(read, expected),
            (Err(error), None) => assert_eq!(error.to_string(), "the value fits no alternative of Either"),
            (read, _) => panic!("{json}: {read:?}"),
        }
    }
    assert_eq!(serde_json::to_value(Either::Number(7)).unwrap(), json!(7));
}

#[test]
fn the_path_of_a_field_that_does_not_fit_is_known() {
    let text = r#"{ "id": "1", "next": { "id": "2", "tags": ["a", 5] } }"#;
    let error = serde_path_to_error::deserialize::<_, Contact>(&mut serde_json::Deserializer::from_str(text)).unwrap_err();
    assert_eq!(error.path().to_string(), "next.tags[1]");
    let _: Value = serde_json::from_str(text).unwrap();
}
