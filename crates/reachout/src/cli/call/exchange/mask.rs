//! Secrets in what is shown. The credential itself is taken out by the runtime; here go those that a body or a query holds beside it.

use reachout_document::is_secret;
use serde_json::Value;
use url::Url;

use super::REDACTED;

/// What stands for a secret of this name.
pub type Stand<'a> = &'a dyn Fn(&str) -> String;

/// A body as text.
pub fn body(body: &[u8], media_type: &str) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => text_with(text, media_type, &|_| REDACTED.to_owned()),
        Err(_) => format!("({} bytes)", body.len()),
    }
}

/// A body with something else in place of its secrets.
pub fn text_with(text: &str, media_type: &str, stand: Stand<'_>) -> String {
    if media_type.starts_with("application/x-www-form-urlencoded") {
        return form(text, stand);
    }
    match serde_json::from_str::<Value>(text).map(|mut value| (hide(&mut value, stand), value)) {
        Ok((true, value)) => value.to_string(),
        _ => text.to_owned(),
    }
}

/// Whether something was hidden.
fn hide(value: &mut Value, stand: Stand<'_>) -> bool {
    match value {
        // `grant_type` says that `code` is OAuth's, and no code of an error or a country.
        Value::Object(fields) => {
            let is_grant = fields.contains_key("grant_type") || fields.contains_key("grantType");
            let mut hidden = false;
            for (name, value) in fields {
                let is_empty = value.is_null() || value.is_boolean();
                if (is_secret(name) || is_grant && name == "code") && !is_empty {
                    *value = stand(name).into();
                    hidden = true;
                } else {
                    hidden |= hide(value, stand);
                }
            }
            hidden
        }
        Value::Array(items) => {
            let mut hidden = false;
            for item in items {
                hidden |= hide(item, stand);
            }
            hidden
        }
        _ => false,
    }
}

fn form(text: &str, stand: Stand<'_>) -> String {
    let is_grant = text.split('&').any(|pair| pair.starts_with("grant_type="));
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) || is_grant && name == "code" => format!("{name}={}", stand(name)),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A URL without the secrets in its query.
pub fn query(url: &str) -> String {
    query_with(url, &|_| REDACTED.to_owned())
}

/// A URL with something else in place of the secrets in its query.
pub fn query_with(url: &str, stand: Stand<'_>) -> String {
    match url.split_once('?') {
        Some((path, query)) if Url::parse(url).is_ok_and(|url| url.query_pairs().any(|(name, _)| is_secret(&name))) => {
            format!("{path}?{}", form(query, stand))
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{body, query};

    #[test]
    fn secrets_are_hidden_by_their_names() {
        let json = br#"{"client_secret":"s3","list":[{"accessToken":"t0k"}],"continuationToken":"next","text":"a token"}"#;
        let expected =
            r#"{"client_secret":"[redacted]","list":[{"accessToken":"[redacted]"}],"continuationToken":"next","text":"a token"}"#;
        assert_eq!(body(json, "application/json"), expected);
        assert_eq!(
            body(b"a=1&client_secret=x%20y&refresh_token=z", "application/x-www-form-urlencoded"),
            "a=1&client_secret=[redacted]&refresh_token=[redacted]"
        );
        assert_eq!(body(&[0xff, 0xd8], "image/jpeg"), "(2 bytes)");
        for (json, expected) in [
            (r#"{"smtpPassword":{"value":"s3"},"n":null}"#, r#"{"smtpPassword":"[redacted]","n":null}"#),
            (r#"{"secrets":["a","b"],"bot_token":12}"#, r#"{"secrets":"[redacted]","bot_token":"[redacted]"}"#),
            (r#"{"grant_type":"authorization_code","code":"c0de"}"#, r#"{"grant_type":"authorization_code","code":"[redacted]"}"#),
            (r#"{"code":"FR","hasPassword":true}"#, r#"{"code":"FR","hasPassword":true}"#),
        ] {
            assert_eq!(body(json.as_bytes(), "application/json"), expected);
        }
        assert_eq!(body(br#"{ "as": "it is" }"#, "application/json"), r#"{ "as": "it is" }"#);
        assert_eq!(query("https://a.b/c?api_key=k&q=1"), "https://a.b/c?api_key=[redacted]&q=1");
        assert_eq!(query("https://a.b/c?q=1"), "https://a.b/c?q=1");
    }
}
