//! What becomes of messages at HighLevel: their status, replies, and the wish not to be disturbed.

use serde_json::json;

use super::contacts::change_contact;
use super::messages::{announce, reply_in};
use crate::api::refusal::Refusal;
use crate::engine::call::Call;
use crate::engine::event::Event;
use crate::engine::outcome::{Outcome, SentMessage};
use crate::engine::reply::ReplyTo;
use crate::engine::store::{Fields, fields, text};

/// Lets something become of a message.
pub(crate) fn react(call: &mut Call<'_>, message: &SentMessage, outcome: &Outcome) -> Result<(), Refusal> {
    match outcome {
        Outcome::Sent => leave(call, message),
        Outcome::Delivered => set_status(call, message, "delivered"),
        Outcome::Read => set_status(call, message, if message.email.is_some() { "opened" } else { "read" }),
        Outcome::Failed => set_status(call, message, "failed"),
        Outcome::Replied(text) => answer(call, message, text, ""),
        Outcome::RepliedAutomatically(text) => answer(call, message, text, "Automatic reply"),
        Outcome::OptedOut(text) => {
            answer(call, message, text, "")?;
            set_status(call, message, "opt_out")?;
            refuse_channel(call, message)
        }
    }
}

/// A scheduled message leaves, if it was not cancelled.
fn leave(call: &mut Call<'_>, message: &SentMessage) -> Result<(), Refusal> {
    let (kind, id) = kind_and_id(message);
    if call.store.get(kind, id).is_none_or(|kept| text(kept, "status") != "scheduled") {
        return Ok(());
    }
    set_status(call, message, "sent")?;
    call.sent.push(SentMessage { scheduled: None, ..message.clone() });
    Ok(())
}

/// An email has its own status beside that of its thread's entry.
fn kind_and_id(message: &SentMessage) -> (&'static str, &str) {
    message.email.as_deref().map_or(("message", &message.id), |email| ("email", email))
}

/// Changes the status of a message and tells subscribers; one that is gone stays so.
fn set_status(call: &mut Call<'_>, message: &SentMessage, status: &str) -> Result<(), Refusal> {
    let (kind, id) = kind_and_id(message);
    if call.store.get(kind, id).is_none() {
        return Ok(());
    }
    let patch = fields(json!({ "status": status }));
    let mut changed = call.change(kind, id, patch.clone())?;
    if let Some(email) = &message.email {
        if call.store.get("message", &message.id).is_some() {
            call.change("message", &message.id, patch)?;
        }
        changed.insert("id".to_owned(), message.id.clone().into());
        changed.insert("emailMessageId".to_owned(), email.clone().into());
        tell_of_email(call, message, &changed, status);
    }
    announce(call, "OutboundMessage", &changed);
    Ok(())
}

/// The platform's own email service has an event for what happens to an email, of which the page names `delivered`.
fn tell_of_email(call: &mut Call<'_>, message: &SentMessage, email: &Fields, status: &str) {
    let recipient = email.get("to").and_then(|to| to[0].as_str()).unwrap_or_default();
    let seconds = call.store.now().timestamp();
    let data = json!({
        "locationId": email.get("locationId"),
        "webhookPayload": {
            "event": status, "id": message.email, "timestamp": seconds, "recipient": recipient,
            "recipient-domain": recipient.rsplit('@').next(), "message": { "headers": { "from": email.get("from"), "to": recipient } },
        },
    });
    call.events.push(Event::new("LCEmailStats", fields(data)));
}

/// The contact answers over the channel of the message; an email under its subject, with this before it.
fn answer(call: &mut Call<'_>, message: &SentMessage, written: &str, before: &str) -> Result<(), Refusal> {
    let subject = message.email.as_deref().and_then(|email| call.store.get("email", email)).map(|email| text(email, "subject").to_owned());
    let before = if before.is_empty() { "Re" } else { before };
    let subject = subject.filter(|subject| !subject.is_empty()).map(|subject| format!("{before}: {subject}"));
    let reply = ReplyTo::conversation(call.api.vendor, &message.conversation, written).channel(&message.channel);
    reply_in(call, &reply, subject.as_deref()).map(drop)
}

/// The contact wants no more messages over this channel, nor by this address.
fn refuse_channel(call: &mut Call<'_>, message: &SentMessage) -> Result<(), Refusal> {
    let channel = message.channel.as_str();
    let setting = json!({ "status": "active", "message": "The contact opted out", "code": "sandbox" });
    let mut settings = call.object("contact", &message.recipient, "")?.get("dndSettings").cloned().unwrap_or_else(|| json!({}));
    // The document lists the channels that have a setting.
    let known = call.api.document.component("DndSettings").is_some_and(|schema| call.api.document.property(schema, channel).is_some());
    if known {
        settings[channel] = setting;
    }
    let patch = fields(json!({ "dnd": true, "dndSettings": settings }));
    change_contact(call, &message.recipient, patch).map(drop)
}
