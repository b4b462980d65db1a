//! What the objects of a vendor look like from outside its API: by kind, and conversations as threads.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::Stage;
use super::store::{Fields, Store, text};
use crate::Vendor;

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
}

/// A message, in the same words for every vendor.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    pub id: String,
    pub text: String,
    /// Whether the contact wrote it.
    pub inbound: bool,
    pub at: String,
    pub status: String,
}

/// The kinds that hold credentials; what they hold is shown to nobody.
const HIDDEN: [&str; 3] = ["access token", "refresh token", "authorization code"];
/// The most conversations that are listed.
const LISTED: usize = 200;

impl Stage {
    /// How many objects there are of each kind. Kinds that the document shows are there without objects too.
    pub(crate) fn kinds(&self) -> BTreeMap<String, usize> {
        let mut kinds: BTreeMap<String, usize> = self.script.kinds().map(|kind| (kind.to_owned(), 0)).collect();
        let store = self.store();
        kinds.extend(store.count().into_iter().map(|(kind, count)| (kind.to_owned(), count)));
        kinds.retain(|kind, _| !HIDDEN.contains(&kind.as_str()));
        kinds
    }

    /// The objects of a kind that hold a text somewhere, the newest first.
    pub(crate) fn objects(&self, kind: &str, search: &str, limit: usize) -> Vec<Fields> {
        let search = search.to_lowercase();
        let store = self.store();
        let shown = store.newest(kind).filter(|_| !HIDDEN.contains(&kind)).map(|fields| {
            fields.iter().filter(|(name, _)| !name.starts_with('~')).map(|(name, value)| (name.clone(), value.clone())).collect()
        });
        shown.filter(|fields: &Fields| search.is_empty() || fields.values().any(|value| holds(value, &search))).take(limit).collect()
    }

    /// The conversations, the one with the newest message first.
    pub(crate) fn conversations(&self) -> Vec<Conversation> {
        let store = self.store();
        let mut threads: HashMap<&str, Vec<&Fields>> = HashMap::new();
        for message in store.newest("message") {
            threads.entry(conversation_of(message)).or_default().push(message);
        }
        let mut all: Vec<Conversation> = store
            .newest("conversation")
            .map(|fields| {
                let thread = threads.get(text(fields, "id")).map(Vec::as_slice).unwrap_or_default();
                self.conversation(&store, fields, thread)
            })
            .collect();
        let written = |conversation: &Conversation| conversation.last.as_ref().map(|message| message.at.clone()).unwrap_or_default();
        all.sort_by_key(|conversation| std::cmp::Reverse(written(conversation)));
        all.truncate(LISTED);
        all
    }

    /// A conversation with its messages, the oldest first.
    pub(crate) fn thread(&self, id: &str) -> Option<(Conversation, Vec<Message>)> {
        let store = self.store();
        let fields = store.get("conversation", id)?;
        let mut thread: Vec<&Fields> = store.newest("message").filter(|message| conversation_of(message) == id).collect();
        let conversation = self.conversation(&store, fields, &thread);
        thread.reverse();
        Some((conversation, thread.into_iter().map(message).collect()))
    }

    fn conversation(&self, store: &Store, fields: &Fields, thread: &[&Fields]) -> Conversation {
        let contact_id = ["contact_id", "contactId"].into_iter().map(|name| text(fields, name)).find(|id| !id.is_empty());
        let contact = contact_id.and_then(|id| store.get("contact", id));
        let person = fields.get("participants").and_then(|people| people.get(0));
        let names = [
            contact
                .map(|contact| format!("{} {}", first(contact, &["first_name", "firstName"]), first(contact, &["last_name", "lastName"]))),
            Some(first(fields, &["contactName", "fullName"]).to_owned()),
            person.and_then(|person| person["name"].as_str().map(str::to_owned)),
            contact_id.map(str::to_owned),
        ];
        let name = names.into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
        let spoken = thread.first().map_or("", |message| first(message, &["channel", "~channel", "messageType"]));
        let channel = [text(fields, "channel"), spoken].into_iter().find(|channel| !channel.is_empty()).unwrap_or_default();
        Conversation {
            vendor: self.api.vendor,
            id: text(fields, "id").to_owned(),
            contact_id: contact_id.map(str::to_owned),
            name: name.unwrap_or_else(|| "nobody in particular".to_owned()),
            channel: channel.to_owned(),
            last: thread.first().map(|fields| message(fields)),
            messages: thread.len(),
        }
    }
}

fn conversation_of(message: &Fields) -> &str {
    first(message, &["conversation_id", "conversationId"])
}

fn message(fields: &Fields) -> Message {
    Message {
        id: text(fields, "id").to_owned(),
        text: first(fields, &["content", "body"]).to_owned(),
        inbound: ["inbound", "received"].contains(&text(fields, "direction")),
        at: first(fields, &["sent_at", "sentAt", "dateAdded"]).to_owned(),
        status: text(fields, "status").to_owned(),
    }
}

/// The first of these fields that holds text.
fn first<'a>(fields: &'a Fields, names: &[&str]) -> &'a str {
    names.iter().map(|name| text(fields, name)).find(|text| !text.is_empty()).unwrap_or_default()
}

fn holds(value: &Value, search: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(search),
        Value::Array(items) => items.iter().any(|item| holds(item, search)),
        Value::Object(fields) => fields.values().any(|value| holds(value, search)),
        Value::Number(number) => number.to_string() == search,
        Value::Bool(_) | Value::Null => false,
    }
}
