use proptest::prelude::*;
use reqwest::header::HeaderName;

use super::*;

fn redactor(secrets: &[&str]) -> Redactor {
    let mut redactor = Redactor::default();
    for secret in secrets {
        redactor.learn(secret);
    }
    redactor
}

#[test]
fn texts() {
    const KEY: &str = "leo_a/b+c\"d e";
    let rows = [
        (KEY, "the key leo_a/b+c\"d e is unknown", "the key [redacted] is unknown"),
        (KEY, r#"{"key":"leo_a/b+c\"d e"}"#, r#"{"key":"[redacted]"}"#),
        (KEY, r#"{"key":"leo_a\/b+c\"d e"}"#, r#"{"key":"[redacted]"}"#),
        (KEY, "?key=leo%5Fa%2Fb%2Bc%22d%20e&", "?key=[redacted]&"),
        (KEY, "?key=leo_a%2Fb%2Bc%22d+e&", "?key=[redacted]&"),
        (KEY, "leo_a/b+c\"d eleo_a/b+c\"d e", "[redacted][redacted]"),
        ("leo_MARKEDsecret", "https://LEO_markedSECRET.invalid", "https://[redacted].invalid"),
        (KEY, "leo_something_else", "leo_something_else"),
        // A short secret is no secret within a word.
        ("key", "invalid_key: the key key1 of keyholder", "invalid_key: the [redacted] key1 of keyholder"),
        ("key", "key", "[redacted]"),
        ("", "nothing", "nothing"),
        ("pässwörter", "das pässwörter ist ä", "das [redacted] ist ä"),
    ];
    for (secret, text, expected) in rows {
        assert_eq!(redactor(&[secret]).text(text.to_owned()), expected);
        assert_eq!(redactor(&[secret]).body(Bytes::copy_from_slice(text.as_bytes())), expected);
    }
}

#[test]
fn of_two_secrets_the_longer_goes_first() {
    let clean = redactor(&["token-1234", "token-1234-renewed"]).text("token-1234-renewed, token-1234".to_owned());
    assert_eq!(clean, "[redacted], [redacted]");
}

#[test]
fn a_body_cut_off_within_a_secret() {
    let redactor = redactor(&["leo_MARKEDsecret"]);
    let cut = |text: &str| String::from_utf8(redactor.body(Bytes::copy_from_slice(text.as_bytes())).to_vec()).unwrap();
    assert_eq!(cut("the key leo_MARKEDsecre"), "the key [redacted]");
    assert_eq!(cut("the key leo_"), "the key [redacted]");
    assert_eq!(cut("the key leo"), "the key leo");
}

#[test]
fn headers_keep_their_names_and_lose_their_secrets() {
    let mut headers = HeaderMap::new();
    headers.insert("x-echo", HeaderValue::from_static("Bearer leo_MARKEDsecret"));
    headers.insert("x-other", HeaderValue::from_static("plain"));
    headers.insert(SET_COOKIE, HeaderValue::from_static("session=1"));
    let clean = redactor(&["leo_MARKEDsecret"]).headers(headers);
    assert_eq!(clean["x-echo"], "Bearer [redacted]");
    assert_eq!(clean["x-other"], "plain");
    assert!(clean[SET_COOKIE].is_sensitive());
}

proptest! {
    #[test]
    fn no_text_around_it_hides_a_secret(secret in "[ -~]{8,40}", before in ".{0,40}", after in ".{0,40}") {
        // What is around the secret may happen to contain it again, or to be the mark.
        let clean = redactor(&[&secret]).text(format!("{before}{secret}{after}"));
        prop_assert!(!clean.replace(MARK, "\0").to_lowercase().contains(&secret.to_lowercase()));
    }

    #[test]
    fn arbitrary_bytes_never_panic(secret in ".{0,20}", body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(&body) {
            headers.insert(HeaderName::from_static("x-echo"), value);
        }
        let redactor = redactor(&[&secret]);
        redactor.headers(headers);
        redactor.body(body.into());
    }
}
