//! Emails, which have ids of their own in the thread of a conversation, and what is scheduled.

use reachout_document::Location;
use serde_json::{Value, json};

use crate::api::refusal::Refusal;
use crate::engine::call::{Call, Handler};
use crate::engine::store::{DOCUMENTED, Fields, fields, text};

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "get_email" => get_email,
        "cancel_scheduled_message" => |call| cancel(call, "message", "messageId"),
        "cancel_scheduled_email" => |call| cancel(call, "email", "emailMessageId"),
        _ => return None,
    })
}

/// An email is kept under an id of its own and with its addresses; the conversation has one entry for all emails of a thread, which names
/// them. Returns the message as it is known from then on: under the id of the thread's entry.
pub(super) fn keep_email(call: &mut Call<'_>, id: &str, mut message: Fields) -> Fields {
    let contact =
        call.store.get("contact", text(&message, "contactId")).map(|contact| text(contact, "email").to_owned()).unwrap_or_default();
    let to = if call.body_text("emailTo").is_empty() { contact } else { call.body_text("emailTo").to_owned() };
    let from = if call.body_text("emailFrom").is_empty() { "sender@company.com" } else { call.body_text("emailFrom") };
    let own = text(&message, "id").to_owned();
    let (thread, entry) = thread(call, &message).unwrap_or_else(|| (id.to_owned(), own.clone()));
    if entry != own {
        call.store.remove("message", &own);
        message.insert("id".to_owned(), entry.clone().into());
    }
    call.store.update("message", &entry, |listed| {
        let mut ids = email_ids(listed);
        ids.push(id.to_owned());
        listed.insert("meta".to_owned(), json!({ "email": { "messageIds": ids } }));
    });
    let mut email = message.clone();
    email.extend(fields(json!({
        "id": id, "threadId": thread, "from": from, "to": [to], "cc": call.checked.body["emailCc"], "bcc": call.checked.body["emailBcc"],
        "replyToMessageId": call.checked.body["replyMessageId"], "~message": entry,
    })));
    email.retain(|_, value| !value.is_null());
    call.store.insert("email", id, email);
    message
}

/// The thread that an email is to be in, with the id of its entry in the conversation; nothing where it begins one.
fn thread(call: &Call<'_>, message: &Fields) -> Option<(String, String)> {
    let (thread, reply) = (call.body_text("threadId"), call.body_text("replyMessageId"));
    let is_in = |email: &&Fields| {
        let same = |name: &str, id: &str| !id.is_empty() && text(email, name) == id;
        text(email, "conversationId") == text(message, "conversationId")
            && (same("threadId", thread) || (thread.is_empty() && (same("id", reply) || same("~message", reply))))
    };
    match call.store.newest("email").find(is_in) {
        Some(email) => Some((text(email, "threadId").to_owned(), text(email, "~message").to_owned())),
        None if thread.is_empty() => None,
        None => Some((thread.to_owned(), text(message, "id").to_owned())),
    }
}

/// The emails that an entry of a conversation stands for.
fn email_ids(entry: &Fields) -> Vec<String> {
    let ids = entry.get("meta").and_then(|meta| meta["email"]["messageIds"].as_array());
    ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn get_email(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let id = call.parameter("id");
    let email = call.store.get("email", id).or_else(|| call.store.newest("email").find(|email| text(email, "~message") == id));
    match email {
        Some(email) => Ok(email.clone().into()),
        None if is_example(call, "id") => Ok(call.example()),
        None => Err(Refusal::not_found("", "email")),
    }
}

/// Whether the path names what the document shows.
fn is_example(call: &Call<'_>, parameter: &str) -> bool {
    let example = call.operation.parameter(Location::Path, parameter).and_then(|parameter| parameter.example);
    example.is_some_and(|example| example == call.parameter(parameter))
}

fn cancel(call: &mut Call<'_>, kind: &str, parameter: &str) -> Result<Value, Refusal> {
    let id = call.parameter(parameter);
    match call.store.get(kind, id).cloned() {
        Some(message) if text(&message, "status") == "scheduled" => {
            if kind == "email" {
                withdraw_email(call, id, text(&message, "~message"));
            } else {
                call.store.remove("email", text(&message, "emailMessageId"));
                call.store.remove("message", id);
            }
            Ok(call.example())
        }
        None if is_example(call, parameter) => Ok(call.example()),
        Some(message) if message.contains_key(DOCUMENTED) => Ok(call.example()),
        Some(_) => Err(Refusal::State("The message is not scheduled".to_owned())),
        None => Err(Refusal::not_found("", kind)),
    }
}

/// Takes an email out of its thread, whose entry goes with the last one.
fn withdraw_email(call: &mut Call<'_>, id: &str, entry: &str) {
    call.store.remove("email", id);
    let Some(listed) = call.store.get("message", entry) else { return };
    let rest: Vec<String> = email_ids(listed).into_iter().filter(|email| email != id).collect();
    if rest.is_empty() {
        call.store.remove("message", entry);
    } else {
        call.store.update("message", entry, |listed| listed.insert("meta".to_owned(), json!({ "email": { "messageIds": rest } })));
    }
}
