//! What vendors' events say of messages and people.

use reachout_messenger::{Channel, Vendor};
use serde_json::Value;

use super::{Signal, SignalKind};
use crate::automatic::is_automatic;

impl Signal {
    /// What an event of SendPilot says. It names the lead and the profile, not the message.
    #[cfg(feature = "sendpilot")]
    pub fn from_sendpilot(event: &reachout_messenger::sendpilot::WebhookEvent) -> Vec<Self> {
        use reachout_messenger::sendpilot::{WebhookEvent, types::LeadStatus};

        let (kind, lead, url) = match event {
            WebhookEvent::ReplyReceived(reply) if !is_automatic(None, reply.reply.as_deref()) => {
                (SignalKind::Replied, &reply.lead_id, &reply.linkedin_url)
            }
            WebhookEvent::LeadUpdated(lead) => match lead.new_status {
                Some(LeadStatus::ReplyReceived | LeadStatus::NotInterested) => (SignalKind::Replied, &lead.lead_id, &lead.linkedin_url),
                Some(LeadStatus::Unsubscribed) => (SignalKind::Unsubscribed, &lead.lead_id, &lead.linkedin_url),
                Some(LeadStatus::ProfileUnreachable) => (SignalKind::Bounced, &lead.lead_id, &lead.linkedin_url),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let recipients = lead.iter().chain(url).cloned().collect();
        vec![Self { recipients, ..Self::new(Vendor::SendPilot, kind) }]
    }
}

macro_rules! editions {
    ($($feature:literal $module:ident $vendor:ident $from:ident $name:literal),*) => {
        impl Signal {
            $(
                #[doc = concat!("What an event of ", $name, " says.")]
                #[cfg(feature = $feature)]
                pub fn $from(event: &reachout_messenger::$module::WebhookEvent) -> Vec<Self> {
                    use reachout_messenger::$module::WebhookEvent;

                    // As JSON, so that nothing that a type leaves out is lost.
                    match event {
                        WebhookEvent::InboundMessage(event) => inbound(Vendor::$vendor, &json(event)),
                        WebhookEvent::OutboundMessage(event) => outbound(Vendor::$vendor, &json(event)),
                        WebhookEvent::ContactDndUpdate(event) => contact(Vendor::$vendor, &json(event)),
                        WebhookEvent::ContactCreate(event) | WebhookEvent::ContactUpdate(event) => contact(Vendor::$vendor, &json(event)),
                        WebhookEvent::LcEmailStats(event) => email(Vendor::$vendor, &json(event)["webhookPayload"]),
                        _ => Vec::new(),
                    }
                }
            )*
        }
    };
}

editions! {
    "highlevel" highlevel HighLevel from_highlevel "HighLevel",
    "hoop-ai" hoop_ai HoopAi from_hoop_ai "Hoop AI",
    "leadway" leadway Leadway from_leadway "Leadway CRM"
}

#[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
mod highlevel {
    use super::{Channel, Signal, SignalKind, Value, Vendor, is_automatic};
    use crate::vendor::highlevel::refused_channels;

    pub(super) fn json(event: &impl serde::Serialize) -> Value {
        // The types are of texts, numbers and lists, which JSON holds.
        serde_json::to_value(event).unwrap_or_default()
    }

    fn texts(event: &Value, fields: &[&str]) -> Vec<String> {
        fields.iter().filter_map(|field| event[*field].as_str()).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    fn of_message(vendor: Vendor, kind: SignalKind, event: &Value) -> Signal {
        Signal {
            channel: event["messageType"].as_str().and_then(|name| name.parse::<Channel>().ok()),
            conversation_id: event["conversationId"].as_str().map(str::to_owned),
            recipients: texts(event, &["contactId"]),
            ..Signal::new(vendor, kind)
        }
    }

    /// The ids of an inbound message are its own.
    pub(super) fn inbound(vendor: Vendor, event: &Value) -> Vec<Signal> {
        if is_automatic(event["subject"].as_str(), event["body"].as_str()) {
            return Vec::new();
        }
        vec![of_message(vendor, SignalKind::Replied, event)]
    }

    pub(super) fn outbound(vendor: Vendor, event: &Value) -> Vec<Signal> {
        let kind = match event["status"].as_str() {
            Some("failed" | "undelivered") => SignalKind::Bounced,
            Some("opt_out") => SignalKind::Unsubscribed,
            _ => return Vec::new(),
        };
        vec![Signal { message_ids: texts(event, &["messageId", "emailMessageId"]), ..of_message(vendor, kind, event) }]
    }

    /// Whoever has do-not-disturb on wants nothing more. That it is off again is for a person to decide about.
    pub(super) fn contact(vendor: Vendor, event: &Value) -> Vec<Signal> {
        let recipients = texts(event, &["id", "email", "phone"]);
        let signal = |channel| Signal { channel, recipients: recipients.clone(), ..Signal::new(vendor, SignalKind::Unsubscribed) };
        refused_channels(event).into_iter().map(signal).collect()
    }

    /// The outcome of an email. The words are those of the service that the platform sends it with.
    pub(super) fn email(vendor: Vendor, event: &Value) -> Vec<Signal> {
        let kind = match (event["event"].as_str(), event["severity"].as_str()) {
            (Some("complained"), _) => SignalKind::Complained,
            (Some("unsubscribed"), _) => SignalKind::Unsubscribed,
            (Some("failed"), Some("temporary")) => return Vec::new(),
            (Some("failed" | "rejected" | "bounced"), _) => SignalKind::Bounced,
            _ => return Vec::new(),
        };
        let id = event["message"]["headers"]["message-id"].as_str();
        let message_ids = id.map(|id| id.trim_matches(['<', '>']).to_owned()).into_iter().collect();
        vec![Signal { channel: Some(Channel::Email), message_ids, recipients: texts(event, &["recipient"]), ..Signal::new(vendor, kind) }]
    }
}
#[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
use highlevel::{contact, email, inbound, json, outbound};

/// What the body of a webhook says.
#[derive(Default)]
pub(crate) struct Interpreted {
    /// The vendor's name of the event.
    pub(crate) name: String,
    pub(crate) signals: Vec<Signal>,
    /// The message that it is about, and what it says of it, so that two deliveries of the same can be told.
    pub(crate) subject: Option<String>,
    /// Why it is not understood.
    pub(crate) problem: Option<String>,
}

/// Reads the body of a vendor's webhook. What cannot be read has a problem, and is nothing that may be thrown away.
pub(crate) fn interpret(vendor: Vendor, body: &[u8]) -> Interpreted {
    let event: Value = match serde_json::from_slice(body) {
        Ok(event) => event,
        Err(error) => return Interpreted { problem: Some(format!("the body is not JSON: {error}")), ..Interpreted::default() },
    };
    // Some bodies have the payload within.
    let payload = ["data", "body"].into_iter().map(|within| &event[within]).find(|within| within.is_object()).unwrap_or(&event);
    let text = |field: &str| event[field].as_str().or_else(|| payload[field].as_str()).unwrap_or_default();
    let name = [text("eventType"), text("type")].into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
    let message = [text("messageId"), text("emailMessageId")].into_iter().find(|id| !id.is_empty());
    let subject = match (name.as_str(), message) {
        ("InboundMessage", Some(id)) => Some(format!("{name} {id}")),
        ("OutboundMessage", Some(id)) => Some(format!("{name} {id} {}", text("status"))),
        ("LCEmailStats", _) => payload["webhookPayload"]["id"].as_str().map(|id| format!("{name} {id}")),
        _ => None,
    };
    let decoded = signals(vendor, body);
    let mut problem = decoded.as_ref().err().map(|error| format!("the event is not of the documented form: {error}"));
    let signals = decoded.unwrap_or_default();
    let is_nobody = |signal: &Signal| signal.message_ids.is_empty() && signal.conversation_id.is_none() && signal.recipients.is_empty();
    if signals.iter().any(is_nobody) {
        problem = Some("it names nobody".to_owned());
    }
    Interpreted { name, signals, subject, problem }
}

fn signals(vendor: Vendor, body: &[u8]) -> Result<Vec<Signal>, serde_json::Error> {
    match vendor {
        #[cfg(feature = "sendpilot")]
        Vendor::SendPilot => Ok(Signal::from_sendpilot(&serde_json::from_slice(body)?)),
        #[cfg(feature = "highlevel")]
        Vendor::HighLevel => Ok(Signal::from_highlevel(&serde_json::from_slice(body)?)),
        #[cfg(feature = "hoop-ai")]
        Vendor::HoopAi => Ok(Signal::from_hoop_ai(&serde_json::from_slice(body)?)),
        #[cfg(feature = "leadway")]
        Vendor::Leadway => Ok(Signal::from_leadway(&serde_json::from_slice(body)?)),
        // One that documents no webhooks.
        _ => Ok(Vec::new()),
    }
}
