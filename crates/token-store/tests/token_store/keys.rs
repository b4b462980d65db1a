//! Which keys are accepted, and that none is shown.

use data_encoding::BASE64;
use reachout_token_store::{Key, KeyError, Keys};

use crate::key;

#[test]
fn what_is_a_key() {
    let good = BASE64.encode(b"0123456789abcdef0123456789abcdef");
    let unpadded = good.trim_end_matches('=').to_owned();
    for text in [good.clone(), unpadded, format!("{good}\n")] {
        assert!(Key::new("id", text.clone()).is_ok(), "{text:?}");
    }
    let cases = [
        ("id", String::new(), KeyError::NotAKey),
        ("id", "0123456789abcdef0123456789abcdef".to_owned(), KeyError::NotAKey),
        ("id", BASE64.encode(b"0123456789abcdef"), KeyError::NotAKey),
        ("id", BASE64.encode(&[7; 33]), KeyError::NotAKey),
        ("id", BASE64.encode(&[0; 32]), KeyError::Placeholder),
        ("id", BASE64.encode(&[b'x'; 32]), KeyError::Placeholder),
        ("", good.clone(), KeyError::BadId),
        (&"x".repeat(101), good.clone(), KeyError::BadId),
    ];
    for (id, text, expect) in cases {
        assert_eq!(Key::new(id, text.clone()).unwrap_err(), expect, "{id:?} {text:?}");
    }
    let error = Keys::new(key("a", 1)).also_reading(key("b", 2)).unwrap().also_reading(key("b", 3)).unwrap_err();
    assert_eq!(error.to_string(), "two keys have the id `b`");
}

#[test]
fn keys_are_never_shown() {
    let text = BASE64.encode(b"MARKED-key-of-thirty-two-bytes..");
    let keys = Keys::new(Key::new("2026-01", text.clone()).unwrap());
    let shown = format!("{keys:?} {:?}", Key::new("id", format!("{text}!")).unwrap_err());
    assert!(shown.contains("2026-01") && !shown.contains(&text) && !shown.contains("MARKED"), "{shown}");
}
