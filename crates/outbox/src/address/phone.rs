//! Phone numbers, by Google's libphonenumber.

use std::fmt;
use std::str::FromStr;

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

use super::clean::after;
use super::{Address, AddressError, AddressKind};

/// The country, or part of one, that a phone number without a country is of: `FR`, by ISO 3166.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Region(rlibphonenumber::Region);

/// A text that is no region.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a region; write the two letters of a country, such as FR")]
pub struct UnknownRegion(String);

impl FromStr for Region {
    type Err = UnknownRegion;

    /// Reads two letters, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let region = text.trim().to_ascii_uppercase().parse().ok();
        let known = region.filter(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(*region).is_some());
        known.map(Self).ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({:?})", self.0)
    }
}

/// Whether it is written as a phone number is.
pub(super) fn is_like(text: &str) -> bool {
    let number = scheme(text);
    let dialled = without_extension(number).is_some_and(|number| number.chars().all(is_part) && number.chars().any(char::is_numeric));
    number.len() < text.len() || number.starts_with(['+', '(']) || dialled
}

pub(super) fn parse(text: &str, region: Option<Region>) -> Result<Address, AddressError> {
    let text = without_extension(scheme(text)).ok_or(AddressError::Phone)?;
    // Letters would be dialled as digits, and what follows a second number would be cut.
    if !text.chars().all(is_part) || !text.chars().any(char::is_numeric) {
        return Err(AddressError::Phone);
    }
    let international = |text: &str| read(text, None).map(current).filter(is_possible);
    let national = |region: Region| read(text, Some(region)).filter(PhoneNumber::is_valid);
    // Where `00` is not what is dialled for other countries, no number begins with it.
    let digits = text.trim_start_matches(['(', ' ']);
    let number = if text.contains('+') {
        international(text)
    } else if let Some(number) = region.and_then(national) {
        Some(number)
    } else if let Some(rest) = digits.strip_prefix("00") {
        international(&format!("+{rest}"))
    } else {
        return Err(if region.is_some() { AddressError::Phone } else { AddressError::NationalPhone });
    };
    let e164 = number.as_ref().map(e164).ok_or(AddressError::Phone)?;
    Ok(Address::new(AddressKind::Phone, e164.clone(), e164))
}

fn read(text: &str, region: Option<Region>) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(text, region.map(|region| region.0)).ok()
}

/// Of a length that numbers of its country have. Which of them were given out changes faster than this library.
fn is_possible(number: &PhoneNumber) -> bool {
    matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible))
}

fn e164(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::E164).into_owned()
}

/// Mexico gave up the 1 before mobile numbers in 2019, and messengers still write it.
fn current(number: PhoneNumber) -> PhoneNumber {
    let text = e164(&number);
    let rest = text.strip_prefix("+521").filter(|rest| rest.len() == 10);
    rest.and_then(|rest| read(&format!("+52{rest}"), None)).unwrap_or(number)
}

fn scheme(text: &str) -> &str {
    ["tel:", "callto:", "sms:", "whatsapp:"].iter().find_map(|scheme| after(text, scheme)).unwrap_or(text).trim_start_matches("//")
}

/// What is sent to a number reaches all its extensions.
fn without_extension(text: &str) -> Option<&str> {
    let Some((number, extension)) = text.find(|sign: char| sign == ';' || sign == '#' || sign.is_alphabetic()).map(|at| text.split_at(at))
    else {
        return Some(text);
    };
    let words = [";ext=", "extension", "extn", "ext", "x", "#", "poste"];
    let digits = words.iter().find_map(|word| after(extension, word))?.trim_start_matches(['.', ':', ' ']);
    ((1..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| number.trim())
}

fn is_part(sign: char) -> bool {
    sign.is_numeric() || " +-.()[]/·~".contains(sign)
}
