//! Email addresses.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use percent_encoding::percent_decode_str;

use super::clean::{after, fold, tidy};
use super::{Address, AddressError, AddressKind};

/// The longest that RFC 5321 has: 64 before the `@`, 255 after it.
const LONGEST: usize = 320;

/// The part before the `@` is compared in small letters: RFC 5321 lets a server tell capitals apart, and none is known to.
pub(super) fn parse(text: &str) -> Result<Address, AddressError> {
    let text = match after(text, "mailto:") {
        Some(url) => mailto(url).ok_or(AddressError::Email)?,
        None => Cow::Borrowed(text),
    };
    let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Email)?;
    let local = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or(local);
    if local.is_empty() || text.len() > LONGEST || !local.chars().all(is_local) {
        return Err(AddressError::Email);
    }
    let domain = domain.trim_end_matches('.');
    let domain = Uts46::new().to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Verify);
    let domain = domain.map_err(|_| AddressError::Email)?;
    Ok(Address::new(AddressKind::Email, format!("{}@{domain}", fold(local)), format!("{local}@{domain}")))
}

/// The address of a `mailto:` URL, whose fields do not matter unless they hold others.
fn mailto(url: &str) -> Option<Cow<'_, str>> {
    let (address, fields) = url.split_once('?').unwrap_or((url, ""));
    if fields.contains('@') || fields.contains("%40") {
        return None;
    }
    Some(Cow::Owned(tidy(&percent_decode_str(address).decode_utf8().ok()?)))
}

/// `atext` of RFC 5322 with the dot, and what RFC 6531 adds.
fn is_local(sign: char) -> bool {
    if sign.is_ascii() {
        sign.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(sign)
    } else {
        !sign.is_control() && !sign.is_whitespace()
    }
}
