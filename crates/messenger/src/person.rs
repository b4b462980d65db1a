//! Somebody, before the vendor's id of them is known.

use serde::{Deserialize, Serialize};

use crate::Recipient;

/// Somebody as a list of people has them: what they are found by, and the name of the contact that is created where there is none.
///
/// ```
/// use reachout_messenger::Person;
///
/// let person = Person::new().email("sophie@example.com").first_name("Sophie");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
#[must_use = "a person does nothing until it is looked for"]
pub struct Person {
    /// The email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number, best in international form: `+33612345678`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The URL of the LinkedIn profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin_profile: Option<String>,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The id of the sub-account that contacts belong to: HighLevel and its editions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
}

/// What [`find_or_create`](crate::Messenger::find_or_create) returns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Found {
    /// Whom a message is addressed to: `Message::to(found.recipient)`.
    pub recipient: Recipient,
    /// Whether the contact is new.
    pub created: bool,
}

impl Person {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`email`](Self::email).
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets [`phone`](Self::phone).
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets [`linkedin_profile`](Self::linkedin_profile).
    pub fn linkedin_profile(mut self, url: impl Into<String>) -> Self {
        self.linkedin_profile = Some(url.into());
        self
    }

    /// Sets [`first_name`](Self::first_name).
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.first_name = Some(name.into());
        self
    }

    /// Sets [`last_name`](Self::last_name).
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.last_name = Some(name.into());
        self
    }

    /// Sets [`location_id`](Self::location_id).
    pub fn location_id(mut self, id: impl Into<String>) -> Self {
        self.location_id = Some(id.into());
        self
    }
}

/// A field that says something.
#[cfg(any(feature = "leonar", feature = "sendpilot", feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
#[expect(clippy::ref_option, reason = "the fields of a person are options")]
pub(crate) fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}
