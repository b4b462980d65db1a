//! Profiles at LinkedIn.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::clean::{fold, tidy};
use super::{Address, AddressError, AddressKind};

const PROFILES: &str = "https://www.linkedin.com/in/";
/// What stands before `in` in the addresses of the mobile site, and of links in LinkedIn's emails.
const BEFORE: [&str; 5] = ["mwlite", "profile", "comm", "m", "mobile"];
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Whether it is written as a URL is, with or without its scheme.
pub(super) fn is_like(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let starts = ["www.", "//", "/in/", "in/", "urn:li:", "lnkd.in/"];
    text.contains("://") || text.contains("linkedin.com/") || starts.iter().any(|start| text.starts_with(start))
}

pub(super) fn parse(text: &str) -> Result<Address, AddressError> {
    let slug = slug(text).ok_or(AddressError::Profile)?;
    let spelled = format!("{PROFILES}{}", utf8_percent_encode(&slug, KEPT));
    Ok(Address::new(AddressKind::Linkedin, format!("{PROFILES}{}", fold(&slug)), spelled))
}

/// The name of the profile, as it was written.
///
/// A member's number or internal id, a lead of Sales Navigator and a `/pub/` of old cannot be compared with the name.
fn slug(text: &str) -> Option<String> {
    let text = text.trim_start_matches("//");
    let path = text.trim_start_matches('/');
    let url = match text.split_once("://") {
        Some(_) => Url::parse(text),
        None if path.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("in/")) => {
            Url::parse(&format!("https://www.linkedin.com/{path}"))
        }
        None => Url::parse(&format!("https://{text}")),
    };
    let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty())?;
    let host = url.host_str()?.trim_end_matches('.');
    let is_linkedin = host == "linkedin.com" || host.ends_with(".linkedin.com");
    // Another address may stand there.
    let others = [url.query(), url.fragment()].into_iter().flatten().any(|text| text.contains(['@', ' ']) || text.contains("://"));
    if !is_linkedin || others {
        return None;
    }
    let mut segments = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .skip_while(|segment| BEFORE.contains(&segment.to_ascii_lowercase().as_str()));
    segments.next().filter(|segment| segment.eq_ignore_ascii_case("in"))?;
    let slug = decoded(segments.next()?)?;
    let is_name = |sign: char| {
        sign.is_alphanumeric()
            || matches!(sign, '-' | '_' | '.' | '~' | '\'')
            || (!sign.is_ascii() && !sign.is_whitespace() && !sign.is_control())
    };
    // `me` is whoever looks.
    (!slug.is_empty() && slug.chars().all(is_name) && !slug.eq_ignore_ascii_case("me")).then_some(slug)
}

/// Escapes are resolved until there are none: programs escape what was escaped before.
fn decoded(segment: &str) -> Option<String> {
    let mut slug = segment.to_owned();
    for _ in 0..4 {
        let once = tidy(&percent_decode_str(&slug).decode_utf8().ok()?);
        if once == slug {
            return Some(slug.trim_end_matches('/').to_owned());
        }
        slug = once;
    }
    None
}
