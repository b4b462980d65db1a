//! [`ReplyTo`]: a reply from outside the API.

use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};

use super::plan::argument;
use crate::api::Api;
use crate::api::refusal::Refusal;

/// A message that a contact or a lead writes. One of the ids says in which conversation.
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
    /// The contact, whose newest conversation it is; one begins where there is none. Leonar, HighLevel and its editions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact_id: String,
    /// The LinkedIn profile, whose newest conversation it is; one begins where there is none. SendPilot.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub linkedin_url: String,
    /// The channel of a conversation that begins, such as `whatsapp` or `SMS`, as the vendor's `send_message` takes it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
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
        Self {
            vendor,
            text,
            conversation_id: String::new(),
            contact_id: String::new(),
            linkedin_url: String::new(),
            channel: String::new(),
        }
    }

    /// Over this channel, where the conversation begins with it.
    pub fn channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = channel.into();
        self
    }

    /// Refuses what does not say where the message goes, or says so in another vendor's words.
    pub(super) fn check(&self, api: &Api) -> Result<(), Refusal> {
        let sendpilot = self.vendor == Vendor::SendPilot;
        let (own, own_id, other, other_id) = match sendpilot {
            true => ("linkedin_url", &self.linkedin_url, "contact_id", &self.contact_id),
            false => ("contact_id", &self.contact_id, "linkedin_url", &self.linkedin_url),
        };
        if !other_id.is_empty() {
            return Err(Refusal::field(other, format!("{} takes {own} or conversation_id", self.vendor)));
        }
        if own_id.is_empty() && self.conversation_id.is_empty() {
            return Err(Refusal::field(own, format!("{own} or conversation_id is required")));
        }
        if sendpilot && !own_id.is_empty() && !own_id.contains("linkedin.com/") {
            return Err(Refusal::field(own, format!("{own_id:?} is not the address of a LinkedIn profile")));
        }
        match channels(api) {
            _ if self.channel.is_empty() => Ok(()),
            known if known.contains(&self.channel.as_str()) => Ok(()),
            known if known.is_empty() => Err(Refusal::field("channel", format!("{} has one channel", self.vendor))),
            known => Err(Refusal::field("channel", format!("{:?} is not one of {}", self.channel, known.join(", ")))),
        }
    }
}

/// The channels that the vendor sends messages over, by its own words.
fn channels(api: &Api) -> Vec<&str> {
    let Some(send) = api.operation("send_message") else { return Vec::new() };
    let schema = ["channel", "type"].into_iter().find_map(|name| argument(api.document, send, name));
    schema.and_then(|(schema, _)| api.document.choices(schema)).unwrap_or_default()
}
