//! Leonar: contacts marked do-not-contact, and the messages of known conversations.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use leonar::Client;
use leonar::types::{Contact, GlobalStatus, SearchContactsRequest, SortDirection};
use reachout_messenger::leonar;
use reachout_runtime::{Core, ErrorKind, Uuid};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::candidate::{Candidate, Look};
use crate::{Envelope, Error, Found, Lane, Verdict};

/// For how long what was read of the contacts is believed.
const FRESH: Duration = Duration::from_mins(5);
/// The most that a page has.
const PAGE: i64 = 100;

/// The contacts that are marked, by account.
///
/// A contact cannot be read by its id, and a list cannot be asked for the mark. So all contacts are read once, and then those that changed.
#[derive(Default)]
pub(super) struct Marked(Mutex<HashMap<Lane, Known>>);

#[derive(Default)]
struct Known {
    marked: HashSet<Uuid>,
    read_at: Option<Instant>,
    newest: Option<DateTime<Utc>>,
}

impl Marked {
    pub(super) async fn check(&self, core: &Core, envelope: &Envelope) -> Result<Verdict, Error> {
        let mut lanes = self.0.lock().await;
        let known = lanes.entry(envelope.lane.clone()).or_default();
        if known.read_at.is_none_or(|at| at.elapsed() >= FRESH) {
            known.read(&Client::from(core.clone())).await?;
        }
        let recipient = match &envelope.message.to {
            reachout_messenger::Recipient::Contact(id) => id.parse::<Uuid>().ok(),
            _ => None,
        };
        Ok(if recipient.is_some_and(|id| known.marked.contains(&id)) {
            Verdict::Suppressed { code: "do-not-contact".to_owned(), reason: "Leonar has the contact marked do-not-contact".to_owned() }
        } else {
            Verdict::Eligible
        })
    }
}

impl Known {
    async fn read(&mut self, client: &Client) -> Result<(), Error> {
        let request = SearchContactsRequest::new().limit(PAGE).sort_by("updated_at").sort_direction(SortDirection::Desc);
        let mut contacts = client.contacts().search(request).stream();
        // A change may become visible late.
        let read_before = self.newest.map(|newest| newest - TimeDelta::minutes(5));
        let (mut last, mut sorted) = (None::<DateTime<Utc>>, true);
        while let Some(contact) = contacts.try_next().await? {
            let changed = contact.updated_at;
            sorted &= changed.is_some() && last.is_none_or(|last| changed.is_some_and(|changed| changed <= last));
            if sorted && read_before.is_some_and(|before| changed.is_some_and(|changed| changed < before)) {
                break;
            }
            last = changed.or(last);
            self.newest = self.newest.max(changed);
            if must_not(&contact) {
                self.marked.insert(contact.id);
            } else {
                self.marked.remove(&contact.id);
            }
        }
        self.read_at = Some(Instant::now());
        Ok(())
    }
}

fn must_not(contact: &Contact) -> bool {
    // The status is documented as one to list by, not among those of a contact.
    let status = matches!(&contact.global_status, Some(GlobalStatus::Unknown(status)) if status == "do_not_contact");
    status || contact.do_not_contact == Some(true)
}

/// A conversation can be read where another message to the contact told its id. Whether Leonar keeps one conversation for a contact is not
/// documented, so what is not found may still be somewhere.
pub(super) async fn look(core: &Core, look: &Look<'_>) -> Result<Found, Error> {
    let client = Client::from(core.clone());
    let conversations = look.conversations().await?;
    let mut candidates = Vec::new();
    for id in &conversations {
        let mut messages = client.messages().list(id).limit(PAGE).stream();
        loop {
            let message = match messages.try_next().await {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error.into()),
            };
            if message.direction.as_deref() != Some("inbound") && look.in_time(message.sent_at) {
                candidates.push(Candidate {
                    ids: vec![message.id.to_string()],
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
