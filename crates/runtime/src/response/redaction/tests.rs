use proptest::prelude::*;
use reqwest::header::HeaderName;

use super::*;

fn redactor(secrets: &[&str]) -> Redactor {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    Redactor::new(&secrets)
}

/// A text without secrets, and otherwise as it was.
fn text(redactor: &Redactor, text: &str) -> String {
    redactor.line(text, usize::MAX)
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
        // A short secret is not secret within a word.
        ("key", "invalid_key: the key key1 of keyholder", "invalid_key: the [redacted] key1 of keyholder"),
        ("key", "key", "[redacted]"),
        // From eight characters on it is.
        ("keykeyk", "in akeykeykb", "in akeykeykb"),
        ("keykeyke", "in akeykeykeb", "in a[redacted]b"),
        ("", "nothing", "nothing"),
        ("pässwörter", "das pässwörter ist ä", "das [redacted] ist ä"),
    ];
    for (secret, text, expected) in rows {
        assert_eq!(self::text(&redactor(&[secret]), text), expected);
        assert_eq!(redactor(&[secret]).body(Bytes::copy_from_slice(text.as_bytes())), expected);
    }
}

#[test]
fn of_two_secrets_the_longer_goes_first() {
    let clean = text(&redactor(&["token-1234", "token-1234-renewed"]), "token-1234-renewed, token-1234");
    assert_eq!(clean, "[redacted], [redacted]");
    // Whichever is known first, and wherever they stand.
    for secrets in [["token-1234", "token-1234-renewed"], ["token-1234-renewed", "token-1234"], ["1234-ren", "token-1234-renewed"]] {
        assert_eq!(text(&redactor(&secrets), "token-1234-renewed!"), "[redacted]!", "{secrets:?}");
    }
    assert_eq!(text(&redactor(&["later-5678", "first-1234"]), "first-1234, later-5678."), "[redacted], [redacted].");
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

/// `leo_MARK+ED/se&cret` as vendors, gateways and encoders write it, and each time what is left of the text.
#[test]
fn every_escape_form() {
    const KEY: &str = "leo_MARK+ED/se&cret";
    let rows = [
        ("the default of .NET", r"key leo_MARK\u002BED/se\u0026cret.", "key [redacted]."),
        ("every character, JSON", r"<\u006c\u0065\u006F_MARK\u002bED\u002fse\u0026cret>", "<[redacted]>"),
        ("JSON in a JSON string", r#"{\"key\":\"leo_MARK\\u002BED\\/se\\u0026cret\"}"#, r#"{\"key\":\"[redacted]\"}"#),
        ("JSON in JSON in JSON", r"leo_MARK\\\\u002BED\\\\\/se&cret", "[redacted]"),
        ("Rust and JavaScript", r"leo_MARK\u{2b}ED/se\u{000026}cret", "[redacted]"),
        ("bytes", r"leo_MARK\x2bED\x2Fse&cret", "[redacted]"),
        ("percent", "?key=leo_MARK%2BED%2fse%26cret&a=b", "?key=[redacted]&a=b"),
        ("every character, percent", "%6C%65%6F%5F%4D%41%52%4b%2b%45%44%2f%73%65%26%63%72%65%74!", "[redacted]!"),
        ("percent twice", "leo_MARK%252BED%252Fse%2526cret", "[redacted]"),
        ("percent of an IIS", "leo%u005fMARK+ED/se&cret", "[redacted]"),
        ("HTML by name", "<b>leo&lowbar;MARK&plus;ED&sol;se&amp;cret</b>", "<b>[redacted]</b>"),
        ("HTML by number", "leo_MARK&#43;ED&#x2F;se&#38cret", "[redacted]"),
        ("HTML twice", "leo_MARK+ED/se&amp;amp;cret", "[redacted]"),
        ("HTML in percent in JSON", r"leo_MARK\u00252BED\u0026\u002347;se%26amp%3Bcret", "[redacted]"),
        ("base64", "key bGVvX01BUksrRUQvc2UmY3JldA== is", "key [redacted] is"),
        ("base64 within more", "QmVhcmVyIGxlb19NQVJLK0VEL3NlJmNyZXQ7IGE=", "QmVhcmVyI[redacted]7IGE="),
        ("base64 of user and password", "YXBpOmxlb19NQVJLK0VEL3NlJmNyZXQ", "YXBpO[redacted]"),
        ("base64 in JSON", r"bGVvX01BUksrRUQvc2UmY3JldA\u003d\u003D", "[redacted]"),
        ("base64, folded", r"bGVvX01BUksr\r\n RUQvc2UmY3JldA==", "[redacted]"),
        ("hexadecimal", "6C656F5F4D41524B2b45442f736526637265740a", "[redacted]0a"),
        ("UTF-16", "l\0e\0o\0_\0M\0A\0R\0K\0+\0E\0D\0/\0s\0e\0&\0c\0r\0e\0t", "[redacted]"),
        ("with gaps", "leo_MARK \n+ED/ se&\tcret", "[redacted]"),
        ("with what nobody sees", "leo_\u{202e}MARK\u{200b}+ED\u{2060}/se\u{feff}&cr\u{ad}et", "[redacted]"),
        ("with what nobody sees, escaped", r"leo_\u202eMARK&#8203;+ED/se%E2%80%8D&cret", "[redacted]"),
        ("in another case", "https://LEO_mark+ed/SE&CRET", "https://[redacted]"),
        ("twice, in two ways", r"leo_MARK\u002BED/se&cret, leo_MARK%2BED/se&cret", "[redacted], [redacted]"),
        ("another key", r"leo_MARK\u002DED/se&cret", r"leo_MARK\u002DED/se&cret"),
        ("what only looks like an escape", r"\q %zz &nothing; \u00 100% & \", r"\q %zz &nothing; \u00 100% & \"),
    ];
    let redactor = redactor(&[KEY]);
    for (what, given, expected) in rows {
        assert_eq!(text(&redactor, given), expected, "{what}");
        assert_eq!(redactor.finds_in(given), expected != given, "{what}");
    }
}

/// The base64 alphabet for URLs, with a secret that needs its characters.
#[test]
fn base64_for_urls() {
    let redactor = redactor(&["~~~???>>>\u{ff}\u{fe}"]);
    assert_eq!(text(&redactor, "fn5-Pz8_Pj4-w7_Dvg"), "[redacted]");
    assert_eq!(text(&redactor, "fn5+Pz8/Pj4+w7/Dvg=="), "[redacted]");
}

/// A secret that is written like an escape is found as it is, and where only the rest of it is escaped.
#[test]
fn a_secret_that_looks_escaped() {
    let redactor = redactor(&[r"ab%41cd&amp;\u0042+xyz"]);
    for given in [r"ab%41cd&amp;\u0042+xyz", r"ab%41cd&amp;\u0042\u002Bxyz", r"ab%2541cd%26amp%3B%5Cu0042%2Bxyz"] {
        assert_eq!(text(&redactor, given), "[redacted]", "{given}");
    }
}

#[test]
fn a_text_or_body_cut_off_within_an_escaped_secret() {
    let redactor = redactor(&["leo_MARK+EDsecret"]);
    for cut in [r"leo_MARK\u002BED", r"leo_MARK\u002", r"leo_MARK\", "leo_MARK%2BED", "leo_MARK%2", "leo_MARK&#4", "bGVvX01BUksrRU"] {
        let given = format!("the key {cut}");
        assert_eq!(redactor.body(given.clone().into()), "the key [redacted]", "{cut}");
        assert_eq!(text(&redactor, &given), "the key [redacted]", "{cut}");
    }
    assert_eq!(text(&redactor, "it begins with leo_"), "it begins with leo_", "a few characters are not a secret in a sentence");
}

#[test]
fn lines_are_clean_and_not_endless() {
    let redactor = redactor(&["leo_MARKEDsecret"]);
    let rows = [
        ("a\u{1b}[31mb\r\nc\0d\u{7f}\u{9b}e", "a [31mb  c d  e"),
        ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"),
        ("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{feff}\u{200b}", "abcde"),
        (" \n a ", "a"),
        ("\u{202e}\n", ""),
        ("\u{1f469}\u{200d}\u{1f680} \u{645}\u{6cc}\u{200c}\u{62e}", "\u{1f469}\u{200d}\u{1f680} \u{645}\u{6cc}\u{200c}\u{62e}"),
    ];
    for (given, expected) in rows {
        assert_eq!(text(&redactor, given), expected, "{given:?}");
    }
    assert_eq!(redactor.line("abcdef", 6), "abcdef");
    assert_eq!(redactor.line("abcdefg", 6), "abcde…");
    let long = redactor.line(&"\u{e9}".repeat(3_000_000), 300);
    assert_eq!(long.chars().count(), 300);
    // Wherever a long text is cut, no part of the secret stays.
    for before in SEARCHED - 40..SEARCHED + 4 {
        let given = format!("{}leo_MARKEDsecret and more", "\u{202e}".repeat(before / 3) + &"x".repeat(before % 3));
        let clean = text(&redactor, &given);
        assert!(!clean.contains("leo_MARK"), "{before}: {clean}");
    }
}

#[test]
fn header_names_lose_secrets_as_well() {
    let mut headers = HeaderMap::new();
    headers.insert("x-leo_markedsecret-echo", HeaderValue::from_static("1"));
    headers.append("x-other", HeaderValue::from_static("2"));
    headers.append("x-other", HeaderValue::from_static("leo%5FMARKED%73ecret"));
    let clean = redactor(&["leo_MARKEDsecret"]).headers(headers);
    let mut left: Vec<_> = clean.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    left.sort();
    assert_eq!(left, ["redacted: 1", "x-other: 2", "x-other: [redacted]"]);
}

#[test]
fn causes_stay_what_they_are_unless_they_show_a_secret() {
    #[derive(Debug)]
    struct Outer(std::io::Error);
    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("outer")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let cause = |text: &str| -> Source { Box::new(Outer(std::io::Error::other(text.to_owned()))) };
    let redactor = redactor(&["leo_MARKEDsecret"]);
    assert!(redactor.source(cause("plain")).is::<Outer>());
    for text in ["key leo_MARKEDsecret", r"key leo\u005fMARKEDsecret", "a\nb", &"x".repeat(100_000)] {
        let source = redactor.source(cause(text));
        let deeper = source.source().unwrap();
        let all = format!("{source} {source:?} {deeper} {deeper:?}");
        assert!(all.starts_with("outer ") && !all.contains("MARKED") && !all.contains('\n') && all.len() < 5000, "{all}");
    }
}

#[test]
fn secrets_in_the_headers_of_a_caller() {
    let rows: [(&str, &str, &[&str]); 7] = [
        ("authorization", "Bearer leo_MARKED", &["leo_MARKED"]),
        ("authorization", "leo_MARKED", &["leo_MARKED"]),
        ("authorization", "Basic dXNlcjpwYXNzd29yZA==", &["dXNlcjpwYXNzd29yZA==", "password"]),
        ("authorization", "Basic %%%", &["%%%"]),
        ("x-api-key", " leo_MARKED ", &["leo_MARKED"]),
        ("cookie", "session=MARKED-session; theme=dark; other=MARKED-other", &["MARKED-session", "MARKED-other"]),
        ("cookie", "", &[]),
    ];
    for (name, value, expected) in rows {
        let secrets = secrets_in(&HeaderName::from_static(name), &HeaderValue::from_static(value));
        let secrets: Vec<_> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(secrets, expected, "{name}: {value}");
    }
}

/// One of the ways to write a character, by `way`.
fn written(c: char, way: u8) -> String {
    let code = u32::from(c);
    match way {
        0 => format!("\\u{code:04x}"),
        1 => format!("\\u{code:04X}"),
        2 => format!("%{code:02X}"),
        3 => format!("&#{code};"),
        4 => format!("&#x{code:x};"),
        5 => format!("\\x{code:02x}"),
        _ => c.to_string(),
    }
}

proptest! {
    /// Secrets of the characters that keys and tokens have.
    #[test]
    fn no_mixture_of_escapes_hides_a_secret(
        secret in "[A-Za-z0-9._~+/=-]{8,40}",
        ways in prop::collection::vec((0_u8..9, 0_u8..9), 40..=40),
        before in "[ -~]{0,20} ",
        after in " [ -~]{0,20}",
    ) {
        let once: String = secret.chars().zip(&ways).map(|(c, (way, _))| written(c, *way)).collect();
        // No encoder leaves as they are what its escapes begin with.
        let again = |(c, (_, way)): (char, &(u8, u8))| written(c, if matches!(c, '\\' | '&') { way % 6 } else { *way });
        let twice: String = once.chars().zip(ways.iter().cycle()).map(again).collect();
        for form in [once, twice] {
            let clean = text(&redactor(&[&secret]), &format!("{before}{form}{after}"));
            prop_assert!(clean.contains(MARK) && !clean.contains(&form), "{form}: {clean}");
        }
    }

    #[test]
    fn no_position_in_base64_hides_a_secret(secret in "[ -~]{8,40}", before in prop::collection::vec(any::<u8>(), 0..9), after in ".{0,9}") {
        use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
        let whole = [&before, secret.as_bytes(), after.as_bytes()].concat();
        for encoded in [BASE64_STANDARD.encode(&whole), BASE64_URL_SAFE_NO_PAD.encode(&whole)] {
            prop_assert!(text(&redactor(&[&secret]), &encoded).contains(MARK), "{encoded}");
        }
    }

    #[test]
    fn no_text_around_it_hides_a_secret(secret in "[ -~]{8,40}", before in ".{0,40}", after in ".{0,40}") {
        // What is around the secret may happen to contain it again, or to be the mark.
        let clean = text(&redactor(&[&secret]), &format!("{before}{secret}{after}"));
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

/// A long text is searched in pieces; a secret that lies across the end of one is found all the same, and nothing else.
#[test]
fn a_secret_at_the_end_of_a_piece_is_found() {
    const PIECE: usize = 64 * 1024;
    let secret = "leo_MARKEDsecret";
    let redactor = redactor(&[secret]);
    let forms = [secret.to_owned(), secret.bytes().map(|byte| format!("%25{byte:02x}")).collect(), "bGVvX01BUktFRHNlY3JldA".to_owned()];
    for form in forms {
        for offset in [0, 1, form.len() / 2, form.len() - 1, form.len()] {
            let before = "a ".repeat(PIECE)[..PIECE - offset].to_owned();
            let after = " b".repeat(PIECE / 2);
            let clean = redactor.body(format!("{before}{form}{after}").into());
            let expected = format!("{before}[redacted]{after}");
            assert!(clean == expected.as_bytes(), "{form}, {offset} before the end of a piece");
        }
    }
    // Cut off at the very end, just after a piece.
    for rest in [0, 4, 7] {
        let before = "a ".repeat(PIECE / 2 - 2) + &"b".repeat(rest);
        let clean = redactor.body(format!("{before}{}", &secret[..8]).into());
        assert!(clean == format!("{before}[redacted]").as_bytes(), "{rest}");
    }
    // A short secret counts only where it stands alone, also at the end of a piece.
    let redactor = self::redactor(&["key"]);
    let text = "monkeys".repeat(PIECE / 3);
    assert_eq!(redactor.body(text.clone().into()), text);
}
