//! Conversations as threads, in the same words for every vendor.

use std::cmp::Reverse;
use std::collections::HashMap;

use reachout_messenger::Vendor;
use serde::Serialize;
use serde_json::Value;

use super::objects::contains;
use super::page::{milliseconds, moment};
use super::simulator::Simulator;
use super::store::{Fields, Store, text};

/// A conversation, in the same words for every vendor.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conversation {
    pub vendor: Vendor,
    pub id: String,
    /// The contact, where the vendor has contacts.
    pub contact_id: Option<String>,
    /// Whom it is with, as far as that is known.
    pub name: String,
    pub channel: String,
    pub last: Option<Message>,
    pub messages: usize,
    /// When it was written in last, in milliseconds since 1970.
    #[serde(skip)]
    pub written_at: i64,
}

/// A message, in the same words for every vendor.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    pub id: String,
    /// The subject of an email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub text: String,
    /// Whether the text is HTML.
    pub html: bool,
    /// Whether the contact wrote it.
    pub inbound: bool,
    pub at: String,
    pub status: String,
}

impl Simulator {
    /// The conversations that hold a text in their name, their ids or their messages; the one with the newest message first.
    pub(crate) fn conversations(&self, search: &str) -> Vec<Conversation> {
        let search = search.to_lowercase();
        let store = self.store();
        let mut threads: HashMap<&str, Vec<&Fields>> = HashMap::new();
        for message in store.newest("message") {
            threads.entry(conversation_of(message)).or_default().push(message);
        }
        let all = store.newest("conversation").filter_map(|fields| {
            let thread = threads.get(text(fields, "id")).map(Vec::as_slice).unwrap_or_default();
            let conversation = self.conversation(&store, fields, thread);
            let holds = |text: &str| text.to_lowercase().contains(&search);
            let found = search.is_empty()
                || [&conversation.name, &conversation.id].into_iter().chain(&conversation.contact_id).any(|text| holds(text))
                || thread.iter().any(|message| message.values().any(|value| contains(value, &search)));
            found.then_some(conversation)
        });
        let mut all: Vec<Conversation> = all.collect();
        all.sort_by_key(|conversation| Reverse(conversation.written_at));
        all
    }

    /// A conversation with its messages, the oldest first.
    pub(crate) fn thread(&self, id: &str) -> Option<(Conversation, Vec<Message>)> {
        let store = self.store();
        let fields = store.get("conversation", id)?;
        let mut thread: Vec<&Fields> = store.newest("message").filter(|message| conversation_of(message) == id).collect();
        let conversation = self.conversation(&store, fields, &thread);
        thread.reverse();
        // HighLevel keeps an email a second time, with its subject, and several of one thread under one message.
        let mut emails: HashMap<&str, Vec<&Fields>> = HashMap::new();
        for email in store.newest("email") {
            emails.entry(text(email, "~message")).or_default().push(email);
        }
        let mut messages = Vec::new();
        for fields in thread {
            match emails.get(text(fields, "id")) {
                Some(emails) => messages.extend(emails.iter().rev().map(|email| message(email))),
                None => messages.push(message(fields)),
            }
        }
        messages.sort_by_key(|message| moment(&Value::String(message.at.clone())));
        Some((conversation, messages))
    }

    /// The text of a message if it is HTML.
    pub(crate) fn html(&self, id: &str) -> Option<String> {
        let store = self.store();
        let message = message(store.get("message", id).or_else(|| store.get("email", id))?);
        message.html.then_some(message.text)
    }

    /// The name of a contact or a lead that is known by its id or its LinkedIn profile.
    pub(crate) fn name_of(&self, contact: &str) -> Option<String> {
        let store = self.store();
        let fields = store.get("contact", contact).or_else(|| store.get("lead", contact));
        let fields = fields.or_else(|| store.find("lead", "linkedinUrl", contact).filter(|_| contact.contains("://")))?;
        Some(full_name(fields)).filter(|name| !name.is_empty())
    }

    fn conversation(&self, store: &Store, fields: &Fields, thread: &[&Fields]) -> Conversation {
        let contact_id = ["contact_id", "contactId"].into_iter().map(|name| text(fields, name)).find(|id| !id.is_empty());
        let contact = contact_id.and_then(|id| store.get("contact", id));
        let person = fields.get("participants").and_then(|people| people.get(0));
        let names = [
            contact.map(full_name),
            Some(first(fields, &["contactName", "fullName"]).to_owned()),
            person.and_then(|person| person["name"].as_str().map(str::to_owned)),
            contact_id.map(str::to_owned),
        ];
        let name = names.into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
        let channel = thread.first().map_or("", |message| first(message, &["channel", "~channel", "messageType"]));
        let channel = [text(fields, "channel"), channel].into_iter().find(|channel| !channel.is_empty()).unwrap_or_default();
        let last = thread.first().map(|fields| message(fields));
        let written_at = last.as_ref().and_then(|message| moment(&Value::String(message.at.clone())));
        Conversation {
            vendor: self.api.vendor,
            id: text(fields, "id").to_owned(),
            contact_id: contact_id.map(str::to_owned),
            name: name.unwrap_or_else(|| "no name".to_owned()),
            channel: channel.to_owned(),
            last,
            messages: thread.len(),
            written_at: written_at.unwrap_or_else(|| milliseconds(fields)),
        }
    }
}

fn full_name(fields: &Fields) -> String {
    let name = format!("{} {}", first(fields, &["first_name", "firstName"]), first(fields, &["last_name", "lastName"]));
    name.trim().to_owned()
}

fn conversation_of(message: &Fields) -> &str {
    first(message, &["conversation_id", "conversationId"])
}

fn message(fields: &Fields) -> Message {
    Message {
        id: text(fields, "id").to_owned(),
        subject: Some(text(fields, "subject").to_owned()).filter(|subject| !subject.is_empty()),
        text: first(fields, &["content", "body"]).to_owned(),
        html: text(fields, "contentType") == "text/html",
        inbound: ["inbound", "received"].contains(&text(fields, "direction")),
        at: first(fields, &["sent_at", "sentAt", "dateAdded"]).to_owned(),
        status: text(fields, "status").to_owned(),
    }
}

/// The first of these fields that holds text.
fn first<'a>(fields: &'a Fields, names: &[&str]) -> &'a str {
    names.iter().map(|name| text(fields, name)).find(|text| !text.is_empty()).unwrap_or_default()
}
