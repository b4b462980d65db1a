//! Whether HighLevel has a message: by the conversations of its contact.

use std::collections::HashSet;

use reachout_messenger::Channel;
use reachout_runtime::{Core, ErrorKind};
use serde_json::Value;

use super::{Edition, contact, text, time};
use crate::vendor::candidate::{Candidate, Look};
use crate::{Error, Found};

/// How many conversations of a contact are read.
const CONVERSATIONS: usize = 20;
/// How many messages are asked for at a time, and how many of a conversation are read.
const PAGE: usize = 100;
const MESSAGES: usize = 500;
/// How many emails of a thread are read.
pub(super) const EMAILS: usize = 50;

/// What the vendor has is `sent`. That it does not have a message is believed only if everything was read, and understood.
pub(in crate::vendor) async fn look(edition: &Edition, core: &Core, look: &Look<'_>) -> Result<Found, Error> {
    let Some(id) = contact(look.envelope) else { return Ok(Found::Unclear("the recipient is not a contact".to_owned())) };
    let mut reading = Reading::new(edition, core);
    let conversations = match reading.conversations(id).await? {
        Ok(conversations) => conversations,
        Err(reason) => return Ok(Found::Unclear(reason)),
    };
    let mut candidates = Vec::new();
    for conversation in &conversations {
        for message in reading.messages(conversation).await? {
            reading.candidates(look, conversation, &message, &mut candidates).await?;
        }
    }
    let absent = reading.gap.map_or(Found::NotSent, Found::Unclear);
    Ok(look.compare(candidates).await?.or(absent))
}

pub(super) struct Reading<'a> {
    edition: &'a Edition,
    core: &'a Core,
    /// Why not all was read.
    gap: Option<String>,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(edition: &'a Edition, core: &'a Core) -> Self {
        Self { edition, core, gap: None }
    }

    /// Why not all was read, if it was not.
    pub(super) fn gap(self) -> Option<String> {
        self.gap
    }

    pub(super) fn missed(&mut self, reason: &str) {
        self.gap.get_or_insert_with(|| reason.to_owned());
    }

    /// The ids of the contact's conversations; or why they are not known.
    pub(super) async fn conversations(&mut self, contact: &str) -> Result<Result<Vec<String>, String>, Error> {
        let name = self.edition.name;
        let response = match self.core.operation(self.edition.get_contact).path_param("contactId", &contact).send::<Value>().await {
            Ok(response) => response,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Err(format!("{name} does not have the contact any more"))),
            Err(error) => return Err(error.into()),
        };
        let found = &response["contact"];
        if text(found, "id") != Some(contact) {
            return Ok(Err(format!("{name} responds with another contact, which this one may have been merged with")));
        }
        let Some(location) = text(found, "locationId") else { return Ok(Err(format!("{name} does not name the contact's sub-account"))) };
        let search = self.core.operation(self.edition.search_conversations).query("locationId", location).query("contactId", contact);
        let response = search.query("limit", &CONVERSATIONS).send::<Value>().await?;
        let Some(conversations) = response["conversations"].as_array() else {
            return Ok(Err(format!("{name}'s list of conversations is not understood")));
        };
        let total = response.get("total").and_then(Value::as_u64).unwrap_or(0);
        if conversations.len() >= CONVERSATIONS || total > conversations.len() as u64 {
            self.missed("the contact has more conversations than are read");
        }
        let mut ids = Vec::new();
        for conversation in conversations {
            match text(conversation, "id") {
                Some(id) if text(conversation, "contactId").is_none_or(|theirs| theirs == contact) => ids.push(id.to_owned()),
                _ => self.missed("the list of the contact's conversations has others in it"),
            }
        }
        Ok(Ok(ids))
    }

    /// The entries of a conversation, the newest first.
    pub(super) async fn messages(&mut self, conversation: &str) -> Result<Vec<Value>, Error> {
        let (mut entries, mut last, mut seen) = (Vec::new(), None::<String>, HashSet::new());
        loop {
            let mut request =
                self.core.operation(self.edition.list_messages).path_param("conversationId", &conversation).query("limit", &PAGE);
            if let Some(last) = &last {
                request = request.query("lastMessageId", last);
            }
            let response = request.send::<Value>().await?;
            // Documented flat, and really nested once more.
            let page = if response["messages"].is_object() { &response["messages"] } else { &response };
            let Some(items) = page["messages"].as_array() else {
                self.missed("the list of messages is not understood");
                return Ok(entries);
            };
            entries.extend(items.iter().cloned());
            let more = page["nextPage"].as_bool();
            if more == Some(false) || (more.is_none() && items.is_empty()) {
                return Ok(entries);
            }
            let next = text(page, "lastMessageId").or_else(|| items.last().and_then(|item| text(item, "id"))).map(str::to_owned);
            if entries.len() >= MESSAGES || items.is_empty() || next.is_none() || !seen.insert(next.clone()) {
                self.missed("not all of the conversation could be read");
                return Ok(entries);
            }
            last = next;
        }
    }

    pub(super) async fn email(&self, id: &str) -> Result<Value, reachout_runtime::Error> {
        self.core.operation(self.edition.get_email).path_param("id", &id).send::<Value>().await
    }

    /// What an entry of a conversation stands for: a message, or the emails of a thread.
    async fn candidates(&mut self, look: &Look<'_>, conversation: &str, entry: &Value, found: &mut Vec<Candidate>) -> Result<(), Error> {
        let id = text(entry, "id").map(str::to_owned);
        let emails = email_ids(entry);
        let is_email = !emails.is_empty() || text(entry, "messageType").is_some_and(|kind| kind.eq_ignore_ascii_case("TYPE_EMAIL"));
        if !is_email {
            // A thread that the contact began is inbound, whoever wrote last; of anything else the direction is its own.
            if text(entry, "direction") != Some("inbound") {
                let (text, at) = (text(entry, "body").map(str::to_owned), time(entry, "dateAdded"));
                found.push(Candidate { id, thread: None, conversation: Some(conversation.to_owned()), text, at });
            }
            return Ok(());
        }
        if look.message().channel.is_some_and(|channel| channel != Channel::Email) {
            return Ok(());
        }
        if emails.is_empty() || emails.len() > EMAILS {
            self.missed("not all emails of a thread could be read");
        }
        // The list has no body of an email, and one entry for all emails of a thread.
        for email_id in emails.into_iter().rev().take(EMAILS) {
            let response = match self.email(&email_id).await {
                Ok(response) => response,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.missed("an email of a thread cannot be read");
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let email = response.get("emailMessage").filter(|email| email.is_object()).unwrap_or(&response);
            if text(email, "direction") != Some("inbound") {
                let (text, at) = (text(email, "body").map(str::to_owned), time(email, "dateAdded"));
                found.push(Candidate { id: Some(email_id), thread: id.clone(), conversation: Some(conversation.to_owned()), text, at });
            }
        }
        Ok(())
    }
}

/// The ids of the emails behind an entry. The documents disagree on where they are.
pub(super) fn email_ids(entry: &Value) -> Vec<String> {
    let email = &entry["meta"]["email"];
    let ids = [&email["messageIds"], &email["email"]["messageIds"]].into_iter().find_map(Value::as_array);
    ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
