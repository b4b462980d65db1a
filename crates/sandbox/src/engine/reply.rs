//! [`ReplyTo`]: a reply from outside the API.

use serde::{Deserialize, Serialize};

use crate::Vendor;

/// A message that a contact or a lead writes back. One of the ids says in which conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReplyTo {
    /// The vendor.
    pub vendor: Vendor,
    /// What is written.
    pub text: String,
    /// The conversation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub conversation_id: String,
    /// The contact, whose newest conversation it is. Leonar, Hoop AI and Leadway CRM.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact_id: String,
    /// The LinkedIn profile, whose newest conversation it is. SendPilot.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub linkedin_url: String,
}

impl ReplyTo {
    /// A reply in a conversation.
    pub fn conversation(vendor: Vendor, id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { conversation_id: id.into(), ..Self::empty(vendor, text.into()) }
    }

    /// A reply of a contact in its newest conversation.
    pub fn contact(vendor: Vendor, id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { contact_id: id.into(), ..Self::empty(vendor, text.into()) }
    }

    /// A reply of a LinkedIn profile in its newest conversation with a sender.
    pub fn profile(vendor: Vendor, url: impl Into<String>, text: impl Into<String>) -> Self {
        Self { linkedin_url: url.into(), ..Self::empty(vendor, text.into()) }
    }

    fn empty(vendor: Vendor, text: String) -> Self {
        Self { vendor, text, conversation_id: String::new(), contact_id: String::new(), linkedin_url: String::new() }
    }
}
