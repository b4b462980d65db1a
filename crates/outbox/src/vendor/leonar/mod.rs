//! Leonar: contacts marked do-not-contact, and the messages of known conversations.

mod contacts;

use futures_util::TryStreamExt as _;
use reachout_messenger::Recipient;
use reachout_messenger::leonar::Client;
use reachout_runtime::{Core, ErrorKind};
use uuid::Uuid;

use super::candidate::{Candidate, Look};
use crate::vendor::replies::Inbound;
use crate::{Envelope, Error, FollowUp, Found, Replied, Verdict};

pub(super) use contacts::Contacts;
use contacts::Mark;

/// The most that a page has.
const PAGE: i64 = 100;

/// Whether the contact may be written to.
pub(super) async fn check(contacts: &Contacts, core: &Core, envelope: &Envelope) -> Result<Verdict, Error> {
    let Recipient::Contact(id) = &envelope.message.to else {
        return Ok(Verdict::NotFound("the recipient is not a contact of Leonar".to_owned()));
    };
    Ok(match contacts.mark(core, &envelope.account, id).await? {
        Some(Mark::Free) => Verdict::Eligible,
        Some(Mark::DoNotContact) => Verdict::Suppressed {
            code: "do-not-contact".to_owned(),
            reason: "Leonar has the contact marked do-not-contact".to_owned(),
            channel: None,
        },
        Some(Mark::Unclear) => Verdict::Unclear("whether Leonar has the contact marked do-not-contact is not understood".to_owned()),
        // It may have been created a moment ago.
        None => Verdict::Unclear("the contact is not in Leonar's list of contacts".to_owned()),
    })
}

/// A conversation can be read where another message to the contact has its id. Whether Leonar keeps one conversation for a contact is not
/// documented, so what is not found may still be somewhere.
pub(super) async fn look(core: &Core, look: &Look<'_>) -> Result<Found, Error> {
    let client = Client::from(core.clone());
    let conversations = look.conversations().await?;
    let mut candidates = Vec::new();
    for id in &conversations {
        let mut messages = client.messages().list(id).limit(PAGE).items();
        loop {
            let message = match messages.try_next().await {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error.into()),
            };
            if message.direction.as_deref() != Some("inbound") {
                candidates.push(Candidate {
                    id: Some(message.id.to_string()),
                    thread: None,
                    conversation: Some(id.clone()),
                    text: message.content,
                    at: message.sent_at,
                });
            }
        }
    }
    let reason = if conversations.is_empty() {
        "Leonar lists messages by conversation only, and none with this contact is known"
    } else {
        "it is in no conversation that is known; Leonar may have begun another one"
    };
    Ok(look.compare(candidates).await?.or(Found::Unclear(reason.to_owned())))
}

/// Whether the contact wrote into the conversation of the step before. Without its id nothing can be looked at: conversations cannot be listed.
pub(super) async fn replied(core: &Core, follow_up: &FollowUp<'_>) -> Result<Replied, Error> {
    let Some(id) = follow_up.conversation_id.as_deref().and_then(|id| id.parse::<Uuid>().ok()) else { return Ok(Replied::No) };
    let client = Client::from(core.clone());
    let mut messages = client.messages().list(id).limit(PAGE).items();
    while let Some(message) = messages.try_next().await? {
        let inbound = Inbound { subject: None, text: message.content.as_deref(), at: message.sent_at };
        match message.direction.as_deref() {
            Some("inbound") if inbound.is_reply(follow_up) => return Ok(Replied::Yes),
            None if inbound.is_reply(follow_up) => {
                return Ok(Replied::Unclear("Leonar does not say who wrote a message of the conversation".to_owned()));
            }
            _ => {}
        }
    }
    Ok(Replied::No)
}
