//! [`Address`]: whom a message reaches, in the one form in which addresses are compared.

mod clean;
mod email;
mod linkedin;
mod phone;
mod split;

use std::fmt;
use std::hash::{Hash, Hasher};

use reachout_runtime::Uuid;

pub use phone::{Region, UnknownRegion};

use clean::{fold, tidy};

/// Whom a message reaches: an email address, a phone number, a LinkedIn profile, or a vendor's id of a contact or lead.
///
/// However it was written, the same address has one canonical form, and two addresses are equal if that is the same:
///
/// | kind | canonical form | what does not matter |
/// |---|---|---|
/// | [`Email`](AddressKind::Email) | `name@example.com` | capitals, `Name <…>`, `mailto:`, the spelling of an international domain |
/// | [`Phone`](AddressKind::Phone) | E.164, `+33612345678` | spaces and punctuation, `00`, `(0)`, `tel:`, an extension |
/// | [`Linkedin`](AddressKind::Linkedin) | `https://www.linkedin.com/in/name` | scheme, host of a country, query, fragment, capitals, percent-escapes |
/// | [`Id`](AddressKind::Id) | `contact42`, a UUID as `a1b2…-…`, a plain word or number as `id:12345` | capitals, hyphens and braces of a UUID |
///
/// White space, invisible characters and Unicode's forms of the same letter do not matter in any of them. A tag (`name+tag@example.com`) does:
/// whose mailbox it is, only the receiver's server knows.
///
/// ```
/// use reachout_outbox::{Address, Region};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let france: Region = "FR".parse()?;
/// assert_eq!(Address::parse("06 12 34 56 78", Some(france))?, Address::parse("tel:+33-612-345-678", None)?);
/// assert_eq!(Address::parse("Sophie <Sophie@Example.org>", None)?.as_str(), "sophie@example.org");
/// assert_eq!(Address::parse("fr.linkedin.com/in/Sophie/?trk=x", None)?.as_str(), "https://www.linkedin.com/in/sophie");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Address {
    kind: AddressKind,
    canonical: String,
    spelled: String,
}

/// What an [`Address`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AddressKind {
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// A person's public profile at LinkedIn.
    Linkedin,
    /// A vendor's id of a contact or lead.
    Id,
}

/// Why a text is not an address. It completes the sentence "… is", and does not show the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing is in it.
    #[error("empty")]
    Empty,
    /// It has the form of none.
    #[error(
        "not an address; write an email address, a phone number such as +33612345678, the URL of a LinkedIn profile, or a vendor's id (as id:NAME where it is a plain word or number)"
    )]
    Unknown,
    /// It has an `@`, and is not an email address.
    #[error("not an email address; write one such as name@example.com")]
    Email,
    /// No country has such a number.
    #[error("not a phone number; write one such as +33612345678")]
    Phone,
    /// A phone number as it is dialled within a country that is not known.
    #[error("a phone number without a country; write it such as +33612345678, or set the region that such numbers are of, such as FR")]
    NationalPhone,
    /// A URL of something else, or a form that cannot be compared with the public one: Sales Navigator, Recruiter, `/pub/`, a URN.
    #[error("not the public profile of a person; write its URL such as https://www.linkedin.com/in/name")]
    Profile,
    /// One was expected.
    #[error("several addresses, and one is expected")]
    Several,
    /// An email address or a phone number, which no vendor sends to without a contact.
    #[error("not a recipient; write the vendor's id of the contact or lead, or the URL of a LinkedIn profile")]
    Recipient,
}

impl AddressKind {
    /// Its name: `email`, `phone`, `linkedin` or `id`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Linkedin => "linkedin",
            Self::Id => "id",
        }
    }
}

impl Address {
    /// Reads one address of any kind. A phone number without a country is taken as one of `region`.
    ///
    /// What is [`Self::as_str`] of another is read as the same.
    pub fn parse(text: &str, region: Option<Region>) -> Result<Self, AddressError> {
        let mut all = Self::parse_all(text, region)?;
        match (all.pop(), all.is_empty()) {
            (Some(address), true) => Ok(address),
            (Some(_), false) => Err(AddressError::Several),
            (None, _) => Err(AddressError::Empty),
        }
    }

    /// Reads all addresses of a cell or a line: separated by commas, semicolons, bars or line breaks, and emails by spaces too.
    ///
    /// Each part must be an address, except for names beside `<…>`. The same address twice is one.
    pub fn parse_all(text: &str, region: Option<Region>) -> Result<Vec<Self>, AddressError> {
        let mut all = Vec::new();
        for part in split::parts(clean::unquoted(&tidy(text))) {
            let address = Self::one(&part, region)?;
            if !all.contains(&address) {
                all.push(address);
            }
        }
        if all.is_empty() { Err(AddressError::Empty) } else { Ok(all) }
    }

    /// Reads a message's recipient: a LinkedIn profile where it is a URL, and else the vendor's id of a contact or lead, whatever its form.
    pub fn recipient(text: &str) -> Result<Self, AddressError> {
        let text = tidy(text);
        let text = clean::unquoted(&text);
        if linkedin::is_like(text) {
            return linkedin::parse(text);
        }
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.contains('@') || text.starts_with(['+', '(']) || text.contains("tel:") {
            return Err(AddressError::Recipient);
        }
        Self::id(text).ok_or(AddressError::Recipient)
    }

    /// What it is.
    pub fn kind(&self) -> AddressKind {
        self.kind
    }

    /// The canonical form, in which addresses are stored and compared.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// The form in which it is given to a vendor: as the canonical one, with the capitals that were written.
    pub fn spelled(&self) -> &str {
        &self.spelled
    }

    /// An address whose text is tidy and holds no other.
    fn one(text: &str, region: Option<Region>) -> Result<Self, AddressError> {
        let text = clean::unquoted(text);
        if let Some(id) = clean::after(text, "id:") {
            return Self::id(id).ok_or(AddressError::Unknown);
        }
        if clean::after(text, "mailto:").is_none() && linkedin::is_like(text) {
            return linkedin::parse(text);
        }
        if text.contains('@') || clean::after(text, "mailto:").is_some() {
            return email::parse(text);
        }
        if let Some(id) = Self::uuid(text) {
            return Ok(id);
        }
        if phone::is_like(text) {
            return phone::parse(text, region);
        }
        Self::id(text).filter(|id| is_plainly_id(&id.canonical)).ok_or(AddressError::Unknown)
    }

    fn uuid(text: &str) -> Option<Self> {
        let uuid = text.parse::<Uuid>().ok()?.to_string();
        Some(Self::new(AddressKind::Id, uuid.clone(), uuid))
    }

    /// A vendor's id: a UUID, or a text of ASCII letters, digits, `_` and `-`.
    fn id(text: &str) -> Option<Self> {
        let text = clean::after(text, "id:").unwrap_or(text);
        if let Some(id) = Self::uuid(text) {
            return Some(id);
        }
        let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let canonical = fold(text);
        let canonical = if is_plainly_id(&canonical) { canonical } else { format!("id:{canonical}") };
        is_id.then(|| Self::new(AddressKind::Id, canonical, text.to_owned()))
    }

    fn new(kind: AddressKind, canonical: impl Into<String>, spelled: impl Into<String>) -> Self {
        Self { kind, canonical: canonical.into(), spelled: spelled.into() }
    }
}

/// Whether a text that could be an id is no word and no number: those are as likely a mistake, or a phone number.
fn is_plainly_id(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    has(u8::is_ascii_alphabetic) && (has(u8::is_ascii_digit) || text.len() >= 16)
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Address {}

impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

/// The canonical form.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.canonical)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text stays out.
        f.debug_struct("Address").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
