//! [`Envelope`]: a message, and by whom and when it is sent.

use std::fmt;

use chrono::{DateTime, Utc};
use reachout_messenger::Message;
use serde::{Deserialize, Serialize};

use crate::Account;

/// A message to be queued, with all that is known of how to send it.
///
/// ```
/// use reachout_outbox::{Account, Envelope, Message, Vendor};
///
/// let message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab").text("Hi Sophie, may I tell you more?");
/// let envelope = Envelope::new(Account::new(Vendor::Leonar, "acme"), message).sequence("roles-in-paris/sophie");
/// assert!(!format!("{envelope:?}").contains("Sophie"), "what is in it is not shown");
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
#[must_use = "an envelope does nothing until it is queued"]
pub struct Envelope {
    /// Through whom it is sent.
    pub account: Account,
    /// What is sent, and to whom.
    pub message: Message,
    /// It is not sent earlier.
    pub not_before: Option<DateTime<Utc>>,
    /// Further addresses of the recipient, such as the contact's email address: if one of them is on the suppression list, nothing is sent.
    /// Each may hold several. In an [`Entry`](crate::Entry) they are in their canonical form.
    pub addresses: Vec<String>,
    /// Names the messages to one person of which a reply to one stops the others, through all vendors with the same name of the credential:
    /// [`Outbox::stop_follow_ups`](crate::Outbox::stop_follow_ups).
    pub sequence: Option<String>,
    /// The recipient's time zone, such as `Europe/Paris`.
    pub time_zone: Option<String>,
    /// It waits for approval: it is queued as [`Held`](crate::State::Held), and nothing sends it before
    /// [`Outbox::approve`](crate::Outbox::approve).
    pub held: bool,
}

impl Envelope {
    /// A message, to be sent as soon as possible.
    pub fn new(account: Account, message: Message) -> Self {
        Self { account, message, not_before: None, addresses: Vec::new(), sequence: None, time_zone: None, held: false }
    }

    /// Sets [`not_before`](Self::not_before).
    pub fn not_before(mut self, time: DateTime<Utc>) -> Self {
        self.not_before = Some(time);
        self
    }

    /// Adds to [`addresses`](Self::addresses).
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// Sets [`sequence`](Self::sequence).
    pub fn sequence(mut self, name: impl Into<String>) -> Self {
        self.sequence = Some(name.into());
        self
    }

    /// Sets [`time_zone`](Self::time_zone).
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.time_zone = Some(name.into());
        self
    }

    /// Sets [`held`](Self::held).
    pub fn hold(mut self) -> Self {
        self.held = true;
        self
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Content and addresses stay out.
        f.debug_struct("Envelope")
            .field("account", &self.account)
            .field("channel", &self.message.channel)
            .field("not_before", &self.not_before)
            .finish_non_exhaustive()
    }
}

/// What is kept of an envelope as JSON, and purged.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) message: Message,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) addresses: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
}

/// What [`Outbox::enqueue`](crate::Outbox::enqueue) did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// The message's id in the outbox.
    pub id: i64,
    /// Whether it was queued now; false if its key was known.
    pub new: bool,
}

/// What [`Outbox::enqueue_all`](crate::Outbox::enqueue_all) did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many were queued now.
    pub new: u64,
    /// How many had been queued before, by their keys.
    pub known: u64,
}
