//! What becomes of messages after they were sent.

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::{Deserialize, Serialize};

use super::event::Event;

/// What followed from a request, beside its response.
#[derive(Debug, Default)]
pub(crate) struct Consequences {
    /// Events for the subscribers of the vendor's webhooks.
    pub events: Vec<Event>,
    /// The messages that left for somebody.
    pub sent: Vec<SentMessage>,
}

/// A message on its way to a contact or a lead.
#[derive(Clone, Debug)]
pub(crate) struct SentMessage {
    pub vendor: Vendor,
    /// Its id, and that of its conversation.
    pub id: String,
    pub conversation: String,
    /// The channel, in the vendor's words.
    pub channel: String,
    /// The id of an email, where it has one of its own.
    pub email: Option<String>,
    /// The contact by its id, or by its LinkedIn profile where the vendor has no contacts.
    pub recipient: String,
    /// What else the recipient is known by: e-mail address, telephone number, LinkedIn profile and name, in this order.
    pub addresses: Vec<String>,
    /// When it is to leave, where that is later.
    pub scheduled: Option<DateTime<Utc>>,
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// A scheduled message leaves.
    Sent,
    /// It was delivered.
    Delivered,
    /// The recipient read it.
    Read,
    /// It could not be delivered.
    Failed,
    /// The recipient replied with this text.
    Replied(String),
    /// The recipient's mailbox replied with this text by itself.
    RepliedAutomatically(String),
    /// The recipient asked, with this text, for no more messages.
    OptedOut(String),
}

impl Outcome {
    /// The text that the recipient writes, if it writes.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Replied(text) | Self::RepliedAutomatically(text) | Self::OptedOut(text) => Some(text),
            Self::Sent | Self::Delivered | Self::Read | Self::Failed => None,
        }
    }
}
