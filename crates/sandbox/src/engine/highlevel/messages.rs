//! Conversations and their messages.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::dispatch::dispatch;
use super::emails::keep_email;
use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler, Listing};
use crate::engine::event::Event;
use crate::engine::reply::ReplyTo;
use crate::engine::store::{Fields, fields, text};

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "create_conversation" => create_conversation,
        "get_conversation" => get_conversation,
        "search_conversations" => search_conversations,
        "send_message" => send_message,
        "add_inbound_message" => add_inbound_message,
        "add_outbound_call" => add_outbound_call,
        "send_review_reply" => send_review_reply,
        "update_message_status" => update_message_status,
        _ => return None,
    })
}

fn create_conversation(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let conversation = conversation_with(call, call.body_text("contactId"), call.body_text("locationId"));
    Ok(call.show(conversation))
}

/// The conversation with a contact, which begins if there is none.
fn conversation_with(call: &mut Call<'_>, contact: &str, location: &str) -> Fields {
    if let Some(known) = call.store.find("conversation", "contactId", contact) {
        return known.clone();
    }
    let person = call.store.get("contact", contact).cloned().unwrap_or_default();
    let location = if location.is_empty() { text(&person, "locationId") } else { location };
    let conversation = json!({
        "contactId": contact, "locationId": location, "fullName": person.get("name"), "contactName": person.get("name"),
        "email": person.get("email"), "phone": person.get("phone"),
    });
    call.make("conversation", fields(conversation))
}

/// One operation types a conversation by a number where the others name the type.
fn get_conversation(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut conversation = call.object("conversation", call.parameter("conversationId"), "")?.clone();
    conversation.insert("type".to_owned(), 1.into());
    Ok(call.show(conversation))
}

fn search_conversations(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let special = |name: &str, value: &Value, conversation: &Fields| {
        let unread = conversation.get("unreadCount").and_then(Value::as_f64).is_some_and(|count| count > 0.0);
        match (name, value.as_str()?) {
            ("status", "unread") => Some(unread),
            ("status", "read") => Some(!unread),
            ("status", "starred") => Some(conversation.get("starred") == Some(&Value::Bool(true))),
            ("status", _) => Some(true),
            _ => None,
        }
    };
    call.list(&Listing { special, ..Listing::default() })
}

/// What the vendor calls the messages of a channel.
fn message_type(channel: &str) -> String {
    match channel {
        "IG" => "TYPE_INSTAGRAM".to_owned(),
        "FB" => "TYPE_FACEBOOK".to_owned(),
        "Custom" => "TYPE_CUSTOM_SMS".to_owned(),
        other => format!("TYPE_{}", other.to_uppercase()),
    }
}

/// Puts a message into a conversation, which moves to the top of the list.
fn post(call: &mut Call<'_>, conversation: &Fields, channel: &str, direction: &str, mut message: Fields) -> Fields {
    let id = text(conversation, "id").to_owned();
    let types = call.api.document.component("MessageType").and_then(|schema| call.api.document.choices(schema));
    let named = message_type(channel);
    let number = types.and_then(|types| types.iter().position(|known| *known == named));
    let named = if number.is_some() { named } else { "TYPE_SMS".to_owned() };
    message.extend(fields(json!({
        "conversationId": id, "contactId": conversation.get("contactId"), "locationId": conversation.get("locationId"),
        "direction": direction, "messageType": named, "type": number.map_or(2, |number| number + 1), "~channel": channel,
    })));
    message.retain(|_, value| !value.is_null());
    let message = call.make("message", message);
    let mut conversation = conversation.clone();
    let inbound = direction == "inbound";
    let unread = conversation.get("unreadCount").and_then(Value::as_u64).unwrap_or(0) + u64::from(inbound);
    let date = DateTime::parse_from_rfc3339(text(&message, "dateAdded")).map_or(0, |date| date.timestamp_millis());
    conversation.extend(fields(json!({
        "lastMessageBody": text(&message, "body"), "lastMessageType": named, "lastMessageDate": date, "lastMessageDirection": direction,
        "unreadCount": unread, "dateUpdated": message.get("dateAdded"),
    })));
    if inbound {
        call.events.push(Event::new(
            "ConversationUnreadUpdate",
            fields(json!({
                "locationId": conversation.get("locationId"), "id": id, "contactId": conversation.get("contactId"), "unreadCount": unread,
                "inbox": true, "starred": false, "deleted": false,
            })),
        ));
    }
    call.store.insert("conversation", &id, conversation);
    message
}

/// What subscribers are told of a message.
pub(super) fn announce(call: &mut Call<'_>, name: &'static str, message: &Fields) {
    let mut data: Fields =
        ["locationId", "attachments", "body", "contactId", "contentType", "conversationId", "dateAdded", "direction", "status", "userId"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), message.get(name)?.clone())))
            .collect();
    data.insert("messageId".to_owned(), text(message, "id").into());
    data.insert("messageType".to_owned(), text(message, "~channel").into());
    for name in ["emailMessageId", "conversationProviderId", "subject"] {
        if let Some(value) = message.get(name) {
            data.insert(name.to_owned(), value.clone());
        }
    }
    call.events.push(Event::new(name, data));
}

fn send_message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let conversation = conversation_with(call, call.body_text("contactId"), "");
    let body = &call.checked.body;
    let scheduled =
        body["scheduledTimestamp"].as_i64().map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC));
    let requested = call.body_text("status");
    let status = if scheduled.is_some() {
        "scheduled"
    } else if requested.is_empty() {
        "sent"
    } else {
        requested
    };
    let channel = call.body_text("type");
    let email = (channel == "Email").then(|| call.fresh_id("message"));
    let content = ["message", "html"].into_iter().map(|name| call.body_text(name)).find(|text| !text.is_empty()).unwrap_or_default();
    let message = fields(json!({
        "body": content, "status": status, "source": "api", "attachments": body["attachments"], "conversationProviderId": body["conversationProviderId"],
        "contentType": if call.body_text("html").is_empty() { "text/plain" } else { "text/html" }, "emailMessageId": email,
        "subject": body["subject"],
    }));
    let message = post(call, &conversation, channel, "outbound", message);
    let message = match &email {
        Some(email) => keep_email(call, email, message),
        None => message,
    };
    announce(call, "OutboundMessage", &message);
    dispatch(call, &message, email.clone(), scheduled);
    let mut response = fields(json!({
        "conversationId": message.get("conversationId"), "messageId": message.get("id"), "msg": "Message queued successfully.",
        "status": if requested.is_empty() { "pending" } else { requested },
    }));
    if let Some(email) = email {
        response.insert("emailMessageId".to_owned(), email.clone().into());
        if let Some(forward) = body.get("forward").filter(|forward| forward["isForwarded"] == true) {
            response.insert(
                "forwardData".to_owned(),
                json!({
                    "forwardWholeThread": forward["forwardWholeThread"] == true, "messageId": message.get("id"), "emailMessageId": email,
                    "forwardToEmail": forward["toEmail"], "recipientContactId": forward["recipientContactId"],
                }),
            );
        }
    }
    Ok(response.into())
}

fn add_inbound_message(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let conversation = call.object("conversation", call.body_text("conversationId"), "conversationId")?.clone();
    let body = &call.checked.body;
    // Whoever logs a message that was sent elsewhere says so.
    let direction = if call.body_text("direction") == "outbound" { "outbound" } else { "inbound" };
    let email = (call.body_text("type") == "Email").then(|| call.fresh_id("message"));
    let message = fields(json!({
        "body": body.get("message").or_else(|| body.get("html")), "status": "delivered", "attachments": body["attachments"],
        "conversationProviderId": body["conversationProviderId"], "altId": body["altId"], "contentType": "text/plain",
        "emailMessageId": email, "subject": body["subject"], "dateAdded": body["date"],
    }));
    let message = post(call, &conversation, call.body_text("type"), direction, message);
    let message = match &email {
        Some(email) => keep_email(call, email, message),
        None => message,
    };
    announce(call, if direction == "inbound" { "InboundMessage" } else { "OutboundMessage" }, &message);
    Ok(added(&message))
}

fn add_outbound_call(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let conversation = call.object("conversation", call.body_text("conversationId"), "conversationId")?.clone();
    let body = &call.checked.body;
    let status = &body["call"]["status"];
    let message = fields(json!({
        "status": "delivered", "attachments": body["attachments"], "conversationProviderId": body["conversationProviderId"],
        "altId": body["altId"], "meta": { "callStatus": if status.is_null() { json!("completed") } else { status.clone() } }, "dateAdded": body["date"],
    }));
    let message = post(call, &conversation, "Call", "outbound", message);
    announce(call, "OutboundMessage", &message);
    Ok(added(&message))
}

fn added(message: &Fields) -> Value {
    let mut response = json!({
        "success": true, "conversationId": message.get("conversationId"), "messageId": message.get("id"), "message": "Created the message",
        "contactId": message.get("contactId"), "dateAdded": message.get("dateAdded"),
    });
    if let Some(email) = message.get("emailMessageId") {
        response["emailMessageId"] = email.clone();
    }
    response
}

fn send_review_reply(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let conversation = call.object("conversation", call.body_text("conversationId"), "conversationId")?.clone();
    let message = fields(json!({ "body": call.body_text("message"), "status": "sent", "contentType": "text/plain", "source": "api" }));
    let message = post(call, &conversation, "GMB", "outbound", message);
    announce(call, "OutboundMessage", &message);
    Ok(
        json!({ "conversationId": message.get("conversationId"), "messageId": message.get("id"), "msg": "Message queued successfully.", "status": "pending" }),
    )
}

fn update_message_status(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let status = call.body_text("status");
    let message = call.change("message", call.parameter("messageId"), fields(json!({ "status": status })))?;
    announce(call, if text(&message, "direction") == "inbound" { "InboundMessage" } else { "OutboundMessage" }, &message);
    let mut response = json!({
        "conversationId": message.get("conversationId"), "messageId": message.get("id"), "msg": "Message status updated.", "status": status,
    });
    if let Some(email) = message.get("emailMessageId") {
        response["emailMessageId"] = email.clone();
    }
    Ok(response)
}

/// A contact writes.
pub(crate) fn reply(call: &mut Call<'_>, reply: &ReplyTo) -> Result<Fields, Refusal> {
    reply_in(call, reply, None)
}

/// A contact writes; an email has a subject.
pub(super) fn reply_in(call: &mut Call<'_>, reply: &ReplyTo, subject: Option<&str>) -> Result<Fields, Refusal> {
    let conversation = match reply.conversation_id.as_str() {
        "" => {
            call.object("contact", &reply.contact_id, "contact_id")?;
            conversation_with(call, &reply.contact_id, "")
        }
        id => call.object("conversation", id, "conversation_id")?.clone(),
    };
    let channel = match text(&conversation, "lastMessageType").trim_start_matches("TYPE_") {
        "EMAIL" => "Email",
        "WHATSAPP" => "WhatsApp",
        "INSTAGRAM" => "IG",
        "FACEBOOK" => "FB",
        "LIVE_CHAT" => "Live_Chat",
        _ => "SMS",
    };
    let channel = if reply.channel.is_empty() { channel } else { &reply.channel };
    let message = fields(json!({ "body": reply.text, "status": "delivered", "contentType": "text/plain", "subject": subject }));
    let message = post(call, &conversation, channel, "inbound", message);
    announce(call, "InboundMessage", &message);
    Ok(message)
}
