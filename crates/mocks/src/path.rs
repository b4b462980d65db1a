//! Paths as patterns that take every value literally.

use std::fmt::Write as _;

use reachout_runtime::Vendor;

/// The pattern of a path template: `value` in the place of the parameter `name`, any one segment in the places of the others.
///
/// The vendor's base path may stand before it or not, so that a mock responds to clients of `server.base_url()` and of `server.url("/api/v1")`.
pub fn pattern(vendor: &Vendor, template: &str, name: &str, value: Option<&str>) -> String {
    let mut pattern = format!("^(?:{})?", regex::escape(base_path(vendor)));
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (parameter, after) = after.split_once('}').unwrap_or((after, ""));
        pattern += &regex::escape(literal);
        match value.filter(|_| parameter == name) {
            Some(value) => pattern += &segment(value),
            None => pattern += "[^/]+",
        }
        rest = after;
    }
    pattern + &regex::escape(rest) + "$"
}

/// `/api/v1` of `https://app.leonar.app/api/v1`.
fn base_path(vendor: &Vendor) -> &'static str {
    let authority = vendor.base_url.find("://").map_or(0, |scheme| scheme + 3);
    let after = &vendor.base_url[authority..];
    after.find('/').map_or("", |path| &after[path..])
}

/// The value, each of its characters as it is or percent-encoded.
fn segment(value: &str) -> String {
    let mut pattern = String::new();
    for character in value.chars() {
        let mut encoded = String::new();
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        let _ = write!(pattern, "(?:{}|(?i:{encoded}))", regex::escape(&character.to_string()));
    }
    pattern
}

#[cfg(test)]
mod tests {
    use reachout_runtime::{Auth, ErrorShape, RateLimitHeaders, Vendor};
    use regex::Regex;

    use super::pattern;

    fn vendor(base_url: &'static str) -> Vendor {
        Vendor {
            id: "vendor",
            name: "Vendor",
            platform: None,
            user_agent: "reachout-vendor/0",
            base_url,
            env: "VENDOR",
            credential_env: "VENDOR_KEY",
            auth: Auth::Bearer,
            rate_limit: None,
            rate_limit_headers: RateLimitHeaders::NONE,
            error: ErrorShape::default(),
            routes: &[],
        }
    }

    #[test]
    fn matches_values_literally() {
        let (plain, based) = ("https://api.example.com", "https://api.example.com/api/v1");
        let cases = [
            (plain, "/a/{id}", None, "/a/x", true),
            (plain, "/a/{id}", None, "/a/", false),
            (plain, "/a/{id}", None, "/a/x/b", false),
            (plain, "/a/{id}", None, "/api/v1/a/x", false),
            (based, "/a/{id}", None, "/api/v1/a/x", true),
            (based, "/a/{id}", None, "/a/x", true),
            (based, "/a/{id}", None, "/x/a/x", false),
            (plain, "/a/{id}", Some("a.c"), "/a/a.c", true),
            (plain, "/a/{id}", Some("a.c"), "/a/abc", false),
            (plain, "/a/{id}", Some("a+"), "/a/aa", false),
            (plain, "/a/{id}", Some("a/b"), "/a/a%2Fb", true),
            (plain, "/a/{id}", Some("ü?"), "/a/%c3%bc%3F", true),
            (plain, "/a/{id}", Some("A"), "/a/a", false),
            (plain, "/a/{other}/b/{id}", Some("1"), "/a/9/b/1", true),
            (plain, "/a/{other}/b/{id}", Some("1"), "/a/1/b/9", false),
            (plain, "/a.b", None, "/axb", false),
            (plain, "/a/", None, "/a", false),
        ];
        for (base_url, template, value, path, expected) in cases {
            let pattern = Regex::new(&pattern(&vendor(base_url), template, "id", value)).unwrap();
            assert_eq!(pattern.is_match(path), expected, "{template} with {value:?} against {path}: {pattern}");
        }
    }
}
