//! Secrets in what is shown. The credential itself is taken out by the runtime; here go those that a body or a query holds beside it.

use serde_json::Value;
use url::Url;

use super::REDACTED;

/// Whether a field of this name holds a secret, such as `client_secret` or `refreshToken`.
pub fn is_secret(name: &str) -> bool {
    /// In lower case without `_` and `-`. `token` is one alone or at the end: `continuationToken` opens no door, but is shown nowhere else.
    const SECRETS: [&str; 7] = ["secret", "password", "apikey", "authorization", "cookie", "accesstoken", "refreshtoken"];
    let plain = name.replace(['_', '-'], "").to_lowercase();
    plain == "token" || SECRETS.iter().any(|secret| plain.contains(secret))
}

/// A body as text.
pub fn body(body: &[u8], media_type: &str) -> String {
    let Ok(text) = std::str::from_utf8(body) else { return format!("({} bytes)", body.len()) };
    if media_type.starts_with("application/x-www-form-urlencoded") {
        return form(text);
    }
    match serde_json::from_str::<Value>(text).map(|mut value| (hide(&mut value), value)) {
        Ok((true, value)) => value.to_string(),
        _ => text.to_owned(),
    }
}

/// Whether something was hidden.
fn hide(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => {
            let mut hidden = false;
            for (name, value) in fields {
                if is_secret(name) && (value.is_string() || value.is_number()) {
                    *value = REDACTED.into();
                    hidden = true;
                } else {
                    hidden |= hide(value);
                }
            }
            hidden
        }
        Value::Array(items) => {
            let mut hidden = false;
            for item in items {
                hidden |= hide(item);
            }
            hidden
        }
        _ => false,
    }
}

fn form(text: &str) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={REDACTED}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A URL without the secrets in its query.
pub fn query(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) if Url::parse(url).is_ok_and(|url| url.query_pairs().any(|(name, _)| is_secret(&name))) => {
            format!("{path}?{}", form(query))
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
        assert_eq!(body(br#"{ "as": "it is" }"#, "application/json"), r#"{ "as": "it is" }"#);
        assert_eq!(query("https://a.b/c?api_key=k&q=1"), "https://a.b/c?api_key=[redacted]&q=1");
        assert_eq!(query("https://a.b/c?q=1"), "https://a.b/c?q=1");
    }
}
