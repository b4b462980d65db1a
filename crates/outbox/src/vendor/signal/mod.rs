//! [`Signal`]: webhook events about messages and people, and what follows from them.

mod events;

use reachout_messenger::{Channel, Vendor};
use serde::{Serialize, Serializer};

#[cfg(feature = "webhooks")]
pub(crate) use events::interpret;

use crate::store::{About, NewEvent, Seen};
use crate::{Address, Error, Outbox};

/// A vendor's webhook event, in the form in which the outbox takes it: [`Outbox::receive`].
///
/// Made from the vendor's own event; none is made from events that are about neither a reply, nor a bounce, nor the wish to get nothing more.
/// Verify the signature of the webhook first, or let [`Receiver`](crate::Receiver) do all of it.
///
/// ```no_run
/// use reachout_messenger::hoop_ai::WebhookEvent;
/// use reachout_outbox::{Outbox, Signal};
///
/// # async fn example(outbox: &Outbox, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let event: WebhookEvent = serde_json::from_slice(body)?;
/// for signal in Signal::from_hoop_ai(&event) {
///     outbox.receive(&signal).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signal {
    /// Whose event it is.
    pub vendor: Vendor,
    /// What happened.
    pub kind: SignalKind,
    /// By which channel, if the event has it.
    pub channel: Option<Channel>,
    /// The vendor's ids of the message.
    pub message_ids: Vec<String>,
    /// The vendor's id of the conversation.
    pub conversation_id: Option<String>,
    /// Whom it is about: the vendor's id of the contact or lead, the URL of the profile, or another address.
    pub recipients: Vec<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignalKind {
    /// The recipient wrote back: follow-ups stop.
    Replied,
    /// The message could not be delivered: follow-ups stop.
    Bounced,
    /// The recipient wants nothing more: follow-ups stop, and the recipient is put on the suppression list.
    Unsubscribed,
    /// The recipient called the message spam: what follows is the same, and a campaign's bound on complaints counts it.
    Complained,
}

/// What the outbox did with a [`Signal`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handled {
    /// The messages that it is about.
    pub messages: Vec<i64>,
    /// How many messages that were queued are withdrawn.
    pub stopped: u64,
    /// How many addresses are on the suppression list by it.
    pub suppressed: u64,
    /// How many of the signal's recipients are no [`Address`]: nothing follows for them.
    pub unreadable: u64,
}

impl SignalKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Replied, Self::Bounced, Self::Unsubscribed, Self::Complained];

    /// Its word, which stops have as their reason: `replied`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Unsubscribed => "unsubscribed",
            Self::Complained => "complained",
        }
    }

    /// Whether the recipient is not to be written to again, whatever a campaign says it stops on.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Unsubscribed | Self::Complained)
    }
}

impl Serialize for SignalKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Signal {
    /// A signal about nothing yet.
    pub fn new(vendor: Vendor, kind: SignalKind) -> Self {
        Self { vendor, kind, channel: None, message_ids: Vec::new(), conversation_id: None, recipients: Vec::new() }
    }
}

impl Outbox {
    /// Does what follows from what a vendor says, in one transaction: stops the follow-ups of the messages it is about, and puts whoever
    /// unsubscribed or complained on the suppression list, with the addresses that those messages had. Of the same signal again, nothing more
    /// follows.
    ///
    /// A reply, an unsubscription and a complaint are about a person: about all messages with the signal's ids, in its conversation, or to its
    /// recipients. A bounce is about the messages with its ids; without any, about the conversation, and without that about the recipients.
    pub async fn receive(&self, signal: &Signal) -> Result<Handled, Error> {
        let (about, unreadable) = self.about(signal);
        Ok(self.see(None, &[about], unreadable).await?.1)
    }

    /// Whom a signal is about, and how many of its recipients are no address.
    pub(crate) fn about(&self, signal: &Signal) -> (About, u64) {
        let (mut people, mut unreadable) = (Vec::new(), 0);
        for text in &signal.recipients {
            match Address::recipient(text).map(|address| vec![address]).or_else(|_| Address::parse_all(text, self.region)) {
                Ok(addresses) => people.extend(addresses),
                Err(_) => unreadable += 1,
            }
        }
        let Signal { vendor, kind, channel, message_ids, conversation_id, .. } = signal.clone();
        (About { vendor, kind, channel, message_ids, conversation_id, people, message: None }, unreadable)
    }

    /// Keeps an event, if it is one, and does what follows: nothing, where it came before.
    pub(crate) async fn see(&self, event: Option<&NewEvent>, all: &[About], unreadable: u64) -> Result<(Seen, Handled), Error> {
        let seen = self.store.see(event, all).await?;
        for campaign in self.store.campaigns_of(&seen.messages).await? {
            self.store.check_bounds(campaign).await?;
        }
        let handled = Handled { messages: seen.messages.clone(), stopped: seen.stopped, suppressed: seen.suppressed, unreadable };
        Ok((seen, handled))
    }
}
