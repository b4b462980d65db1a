use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn base_urls() {
    let rows = [
        ("https://app.leonar.app/api/v1", Some("https://app.leonar.app/api/v1")),
        (" https://app.leonar.app/api/v1/ ", Some("https://app.leonar.app/api/v1")),
        ("https://api.acme.invalid", Some("https://api.acme.invalid/")),
        ("http://127.0.0.1:8080/leonar", Some("http://127.0.0.1:8080/leonar")),
        ("http://127.8.9.10", Some("http://127.8.9.10/")),
        ("http://[::1]:8080", Some("http://[::1]:8080/")),
        ("http://localhost", Some("http://localhost/")),
        ("http://LOCALHOST:1", Some("http://localhost:1/")),
        ("http://app.leonar.app", None),
        ("http://10.0.0.1", None),
        ("http://0.0.0.0", None),
        ("http://localhost.evil.invalid", None),
        ("http://127.0.0.1.evil.invalid", None),
        ("http://[::ffff:127.0.0.1]", None),
        ("ftp://127.0.0.1", None),
        ("file:///etc/passwd", None),
        ("app.leonar.app", None),
        ("", None),
        ("https://", None),
        ("https://user@app.leonar.app", None),
        ("https://:secret@app.leonar.app", None),
        ("https://app.leonar.app?key=secret", None),
        ("https://app.leonar.app#secret", None),
    ];
    for (text, expected) in rows {
        match (BaseUrl::parse(text), expected) {
            (Ok(base), Some(expected)) => assert_eq!(base.as_str(), expected),
            (Err(error), None) => {
                assert_eq!(error.kind(), crate::ErrorKind::Configuration);
                assert!(!format!("{error} {error:#?}").contains("secret"), "{error:?}");
            }
            (result, _) => panic!("{text}: {result:?}"),
        }
    }
}

#[test]
fn paths_stay_below_the_base() {
    let base = BaseUrl::parse("https://host.invalid/api/v1/").unwrap();
    let rows = [
        ("/contacts", Some("https://host.invalid/api/v1/contacts")),
        ("/contacts/", Some("https://host.invalid/api/v1/contacts/")),
        ("/", Some("https://host.invalid/api/v1/")),
        ("/contacts?limit=1&x=/../", Some("https://host.invalid/api/v1/contacts?limit=1&x=/../")),
        ("/a/..b/c.", Some("https://host.invalid/api/v1/a/..b/c.")),
        ("/a%2F..%2Fb", Some("https://host.invalid/api/v1/a%2F..%2Fb")),
        ("/@evil.invalid/", Some("https://host.invalid/api/v1/@evil.invalid/")),
        ("/:80/", Some("https://host.invalid/api/v1/:80/")),
        ("", None),
        ("contacts", None),
        ("https://evil.invalid/", None),
        ("//evil.invalid/", None),
        ("/\\evil.invalid", None),
        ("\\\\evil.invalid", None),
        ("@evil.invalid/", None),
        (".evil.invalid/", None),
        ("/..", None),
        ("/../v2", None),
        ("/a/../../v2", None),
        ("/a/./b", None),
        ("/%2e%2e/v2", None),
        ("/.%2E/v2", None),
        ("/a#b", None),
        ("/a\nb", None),
        ("/a\tb/..\t/", None),
    ];
    for (path, expected) in rows {
        let url = base.join(path, &[]).ok();
        assert_eq!(url.as_ref().map(Url::as_str), expected, "{path}");
    }
}

#[test]
fn path_parameters() {
    let rows = [
        ("abc-1._~", Some("/a/abc-1._~/b")),
        ("a/b", Some("/a/a%2Fb/b")),
        ("../..", Some("/a/..%2F../b")),
        ("%2e%2e", Some("/a/%252e%252e/b")),
        ("ü {b}", Some("/a/%C3%BC%20%7Bb%7D/b")),
        ("?#;", Some("/a/%3F%23%3B/b")),
        ("...", Some("/a/.../b")),
        ("", None),
        (".", None),
        ("..", None),
    ];
    for (value, expected) in rows {
        assert_eq!(fill("/a/{id}/b", "id", value).ok().as_deref(), expected, "{value}");
    }
    assert!(fill("/a/{id}", "other", "x").is_err());
    assert_eq!(PathTemplate::new("/a/{id}/{other}").unfilled(), Some("id"));
    assert_eq!(PathTemplate::new("/a/b").unfilled(), None);
}

fn fill(template: &'static str, name: &str, value: &str) -> Result<String, String> {
    let mut path = PathTemplate::new(template);
    path.fill(name, value)?;
    Ok(path.finish().to_owned())
}

#[test]
fn path_parameters_in_any_order() {
    let rows: [(&str, &[&str], Result<&str, &str>); 6] = [
        ("/a/{x}/b/{y}", &["x", "y"], Ok("/a/%7Bx%7D/b/%7By%7D")),
        ("/a/{x}/b/{y}", &["y", "x"], Ok("/a/%7Bx%7D/b/%7By%7D")),
        ("/a/{x}/{x}/{y}", &["x", "y"], Ok("/a/%7Bx%7D/%7Bx%7D/%7By%7D")),
        ("/a/{x}.{xy}/c", &["xy", "x"], Ok("/a/%7Bx%7D.%7Bxy%7D/c")),
        ("/a", &[], Ok("/a")),
        ("/a/{x}/{y}", &["x", "x"], Err("the path /a/%7Bx%7D/{y} has no parameter `x`")),
    ];
    for (template, names, expected) in rows {
        let mut path = PathTemplate::new(template);
        let filled = names.iter().try_for_each(|name| path.fill(name, format_args!("{{{name}}}")));
        let path = filled.map(|()| path.finish().to_owned());
        assert_eq!(path.as_deref().map_err(|problem| &**problem), expected, "{template}");
    }
}

#[test]
fn a_query_follows_what_the_path_has() {
    let base = BaseUrl::parse("https://host.invalid/v1").unwrap();
    let rows = [("/x", "x?a=1+%26&b=%C3%BC"), ("/x?", "x?a=1+%26&b=%C3%BC"), ("/x?q=/../", "x?q=/../&a=1+%26&b=%C3%BC")];
    for (path, expected) in rows {
        let url = base.join(path, &[("a".into(), "1 &".into()), ("b".into(), "\u{fc}".into())]).unwrap();
        assert_eq!(url.as_str(), format!("https://host.invalid/v1/{expected}"));
    }
}

#[test]
fn query_pairs() {
    let rows = [
        (json!(null), Some("")),
        (json!("a b"), Some("q=a b")),
        (json!("\"a\\"), Some("q=\"a\\")),
        (json!(""), Some("q=")),
        (json!(20), Some("q=20")),
        (json!(0.5), Some("q=0.5")),
        (json!(true), Some("q=true")),
        (json!(["a", 1, null, false]), Some("q=a q=1 q=false")),
        (json!([]), Some("")),
        (json!({ "a": 1 }), None),
        (json!([["a"]]), None),
    ];
    for (value, expected) in rows {
        let mut values = Vec::new();
        let values = super::values("q", &value, |value| values.push(value)).ok().map(|()| values);
        let text = values.map(|values| values.iter().map(|value| format!("q={value}")).collect::<Vec<_>>().join(" "));
        assert_eq!(text.as_deref(), expected, "{value}");
    }
    values("q", &f64::NAN, |value| panic!("JSON has no NaN; it is null and not {value}")).unwrap();
}

#[test]
fn forms() {
    let form = json!({ "grant_type": "refresh_token", "scope": ["a", "b"], "user": null });
    let pairs = form_pairs(&form).unwrap();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(pairs, [("grant_type", "refresh_token"), ("scope", "a"), ("scope", "b")]);
    assert!(form_pairs(&json!([1])).is_err());
}

proptest! {
    #[test]
    fn a_path_parameter_is_always_one_segment(value in "\\PC*") {
        let base = BaseUrl::parse("https://host.invalid/api").unwrap();
        if let Ok(path) = fill("/a/{id}/b", "id", &value) {
            let url = base.join(&path, &[]).unwrap();
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 4);
            let decoded = percent_decode_str(segments[2]).decode_utf8().unwrap();
            prop_assert_eq!(&*decoded, &*value);
        } else {
            prop_assert!(matches!(&*value, "" | "." | ".."));
        }
    }

    #[test]
    fn no_path_leaves_the_base(path in "[/.%2eE\\\\@:?#a-c\\s]{0,12}|\\PC{0,30}") {
        let base = BaseUrl::parse("https://host.invalid/api").unwrap();
        if let Ok(url) = base.join(&path, &[]) {
            prop_assert_eq!(url.host_str(), Some("host.invalid"));
            prop_assert!(url.path().starts_with("/api/"), "{}", url);
            prop_assert!(url.username().is_empty() && url.port().is_none());
        }
    }
}
