//! [`Signal`]: webhook events about messages and people, and what follows from them.

use reachout_messenger::{Channel, Vendor};

use crate::{Address, Error, Outbox};

/// A vendor's webhook event, in the form in which the outbox takes it: [`Outbox::receive`].
///
/// Made from the vendor's own event; nothing is made from events that are about neither a reply, nor a bounce, nor the wish to get nothing
/// more. Verify the signature of the webhook first.
///
/// ```no_run
/// use reachout_messenger::hoop_ai::WebhookEvent;
/// use reachout_outbox::{Outbox, Signal};
///
/// # async fn example(outbox: &Outbox, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let event: WebhookEvent = serde_json::from_slice(body)?;
/// if let Some(signal) = Signal::from_hoop_ai(&event) {
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
    pub const ALL: [Self; 3] = [Self::Replied, Self::Bounced, Self::Unsubscribed];

    /// Its word, which stops have as their reason: `replied`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

impl Signal {
    /// A signal about nothing yet.
    pub fn new(vendor: Vendor, kind: SignalKind) -> Self {
        Self { vendor, kind, channel: None, message_ids: Vec::new(), conversation_id: None, recipients: Vec::new() }
    }

    /// The signal of an event of SendPilot. It names the lead and the profile, not the message.
    #[cfg(feature = "sendpilot")]
    pub fn from_sendpilot(event: &reachout_messenger::sendpilot::WebhookEvent) -> Option<Self> {
        use reachout_messenger::sendpilot::{WebhookEvent, types::LeadStatus};

        let (kind, lead, url) = match event {
            WebhookEvent::ReplyReceived(reply) => (SignalKind::Replied, &reply.lead_id, &reply.linkedin_url),
            WebhookEvent::LeadUpdated(lead) => match lead.new_status {
                Some(LeadStatus::ReplyReceived) => (SignalKind::Replied, &lead.lead_id, &lead.linkedin_url),
                Some(LeadStatus::Unsubscribed) => (SignalKind::Unsubscribed, &lead.lead_id, &lead.linkedin_url),
                Some(LeadStatus::ProfileUnreachable) => (SignalKind::Bounced, &lead.lead_id, &lead.linkedin_url),
                _ => return None,
            },
            _ => return None,
        };
        let recipients = lead.iter().chain(url).cloned().collect();
        Some(Self { recipients, ..Self::new(Vendor::SendPilot, kind) })
    }

    /// The signal of an event of HighLevel.
    #[cfg(feature = "highlevel")]
    pub fn from_highlevel(event: &reachout_messenger::highlevel::WebhookEvent) -> Option<Self> {
        use reachout_messenger::highlevel::WebhookEvent;

        match event {
            WebhookEvent::InboundMessage(event) => highlevel(Vendor::HighLevel, event, true),
            WebhookEvent::OutboundMessage(event) => highlevel(Vendor::HighLevel, event, false),
            _ => None,
        }
    }

    /// The signal of an event of Hoop AI.
    #[cfg(feature = "hoop-ai")]
    pub fn from_hoop_ai(event: &reachout_messenger::hoop_ai::WebhookEvent) -> Option<Self> {
        use reachout_messenger::hoop_ai::WebhookEvent;

        match event {
            WebhookEvent::InboundMessage(event) => highlevel(Vendor::HoopAi, event, true),
            WebhookEvent::OutboundMessage(event) => highlevel(Vendor::HoopAi, event, false),
            _ => None,
        }
    }

    /// The signal of an event of Leadway CRM.
    #[cfg(feature = "leadway")]
    pub fn from_leadway(event: &reachout_messenger::leadway::WebhookEvent) -> Option<Self> {
        use reachout_messenger::leadway::WebhookEvent;

        match event {
            WebhookEvent::InboundMessage(event) => highlevel(Vendor::Leadway, event, true),
            WebhookEvent::OutboundMessage(event) => highlevel(Vendor::Leadway, event, false),
            _ => None,
        }
    }
}

/// The events of the editions are the platform's.
#[cfg(feature = "highlevel")]
type MessageEvent = reachout_messenger::highlevel::types::MessageEvent;
#[cfg(all(feature = "hoop-ai", not(feature = "highlevel")))]
type MessageEvent = reachout_messenger::hoop_ai::types::MessageEvent;
#[cfg(all(feature = "leadway", not(any(feature = "highlevel", feature = "hoop-ai"))))]
type MessageEvent = reachout_messenger::leadway::types::MessageEvent;

#[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
fn highlevel(vendor: Vendor, event: &MessageEvent, inbound: bool) -> Option<Signal> {
    let kind = match (inbound, event.status.as_deref()) {
        (true, _) => SignalKind::Replied,
        (false, Some("failed" | "undelivered")) => SignalKind::Bounced,
        (false, Some("opt_out")) => SignalKind::Unsubscribed,
        _ => return None,
    };
    let channel = event.message_type.as_deref().and_then(|name| name.parse().ok());
    Some(Signal {
        channel,
        // Those of a reply are its own.
        message_ids: if inbound { Vec::new() } else { event.message_id.iter().chain(&event.email_message_id).cloned().collect() },
        conversation_id: event.conversation_id.clone(),
        recipients: event.contact_id.iter().cloned().collect(),
        ..Signal::new(vendor, kind)
    })
}

impl Outbox {
    /// Handles a webhook event: stops the follow-ups of the messages it is about, and puts whoever unsubscribed on the
    /// suppression list, with the addresses that those messages had. Of the same event again, nothing more follows.
    ///
    /// A reply and an unsubscription are about a person: about all messages with the signal's ids, in its conversation, or to its recipients.
    /// A bounce is about the messages with its ids; without any, about the conversation, and without that about the recipients.
    pub async fn receive(&self, signal: &Signal) -> Result<Handled, Error> {
        let (mut people, mut unreadable) = (Vec::new(), 0);
        for text in &signal.recipients {
            match Address::recipient(text).map(|address| vec![address]).or_else(|_| Address::parse_all(text, self.region)) {
                Ok(addresses) => people.extend(addresses),
                Err(_) => unreadable += 1,
            }
        }
        let mut handled = Handled { messages: self.about(signal, &people).await?, unreadable, ..Handled::default() };
        for id in &handled.messages {
            handled.stopped += self.store.stop(*id, signal.kind.word(), true).await?;
        }
        for campaign in self.store.campaigns_of(&handled.messages).await? {
            self.store.check_bounds(campaign).await?;
        }
        if signal.kind == SignalKind::Unsubscribed {
            let mut addresses = people;
            for id in &handled.messages {
                addresses.extend(self.own_addresses(*id).await?);
            }
            addresses.sort_by(|one, other| one.as_str().cmp(other.as_str()));
            addresses.dedup();
            handled.suppressed = u64::try_from(addresses.len()).unwrap_or(u64::MAX);
            self.suppress_all(addresses.into_iter().map(|address| (address, signal.channel, signal.kind.word()))).await?;
        }
        Ok(handled)
    }

    /// The ids of the messages that a signal is about.
    async fn about(&self, signal: &Signal, people: &[Address]) -> Result<Vec<i64>, Error> {
        let mut found = Vec::new();
        let is_enough = |found: &[i64]| signal.kind == SignalKind::Bounced && !found.is_empty();
        for id in &signal.message_ids {
            found.extend(self.find_message(signal.vendor, id).await?.iter().map(|entry| entry.id));
        }
        if let (false, Some(id)) = (is_enough(&found), &signal.conversation_id) {
            found.extend(self.find_conversation(signal.vendor, id).await?.iter().map(|entry| entry.id));
        }
        if !is_enough(&found) {
            for person in people {
                found.extend(self.store.messages_to(signal.vendor, person).await?);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    async fn own_addresses(&self, id: i64) -> Result<Vec<Address>, Error> {
        let texts = self.store.own_addresses(id).await?;
        // They were written by this crate, so they can be read.
        Ok(texts.iter().filter_map(|text| Address::parse(text, None).ok()).collect())
    }
}
