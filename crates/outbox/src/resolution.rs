//! [`Resolution`]: what was found out about a message that is unknown.

use reachout_messenger::Receipt;

/// What a person, or [`Reconcile`](crate::Reconcile), found out about a message that is [`Unknown`](crate::State::Unknown).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// The vendor has it, under these ids as far as they are known.
    Sent(Sent),
    /// The vendor does not have it: it is queued again.
    Resend,
}

/// What a vendor calls a message that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// Its ids of the message. The first is the message's alone; further ones may name a thread that other messages are in as well.
    pub message_ids: Vec<String>,
    /// Its id of the conversation.
    pub conversation_id: Option<String>,
}

impl Sent {
    /// It has the message, under ids that are not known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an id of the message.
    #[must_use]
    pub fn message_id(mut self, id: impl Into<String>) -> Self {
        self.message_ids.push(id.into());
        self
    }

    /// Sets the id of the conversation.
    #[must_use]
    pub fn conversation_id(mut self, id: impl Into<String>) -> Self {
        self.conversation_id = Some(id.into());
        self
    }
}

impl From<&Receipt> for Sent {
    fn from(receipt: &Receipt) -> Self {
        let ids = receipt.message_ids.iter().chain(&receipt.email_message_id);
        Self { message_ids: ids.cloned().collect(), conversation_id: receipt.conversation_id.clone() }
    }
}
