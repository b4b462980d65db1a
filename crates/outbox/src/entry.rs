//! Messages and counts, as the outbox shows them.

use std::fmt;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::Serialize;

use crate::envelope::Content;
use crate::time::from_ms;
use crate::{Account, Envelope, Error, State};

/// A message in the outbox.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its id in the outbox.
    pub id: i64,
    /// The caller's key; `None` once the content was purged.
    pub key: Option<String>,
    /// Through whom it is sent.
    pub account: Account,
    /// What was queued; `None` once it was purged.
    pub envelope: Option<Envelope>,
    /// How far it is.
    pub state: State,
    /// How many attempts to send it began.
    pub attempts: u32,
    /// When it is to be sent, while it is queued.
    pub due_at: DateTime<Utc>,
    /// Whether it is paused with its campaign, its key or its recipient.
    pub paused: bool,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// Why it is in its state, where there is something to say: the vendor's words, without credentials.
    pub reason: Option<String>,
    /// The vendor's error code, or a word of our own such as `do-not-contact`, to count by.
    pub code: Option<String>,
    /// The vendor's ids of the message.
    pub vendor_ids: Vec<String>,
    /// The vendor's id of the conversation.
    pub conversation_id: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Key and reason may name the recipient.
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// One attempt to send a message.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// Counts from 1.
    pub number: u32,
    /// When the step to `sending` was committed.
    pub started_at: DateTime<Utc>,
    /// When its outcome was known.
    pub finished_at: Option<DateTime<Utc>>,
    /// The state it led to; `queued` where nothing was sent and another attempt follows.
    pub outcome: Option<State>,
    /// Why, without credentials.
    pub reason: Option<String>,
    /// The vendor's error code.
    pub code: Option<String>,
    /// Status of the HTTP response.
    pub http_status: Option<u16>,
    /// The vendor's id of the request.
    pub request_id: Option<String>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("number", &self.number)
            .field("started_at", &self.started_at)
            .field("outcome", &self.outcome)
            .field("code", &self.code)
            .field("http_status", &self.http_status)
            .finish_non_exhaustive()
    }
}

/// Which messages are meant; what is left out means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Those through this vendor.
    pub vendor: Option<Vendor>,
    /// Those with this credential name.
    pub credential: Option<String>,
    /// Those in this state.
    pub state: Option<State>,
    /// Those of this campaign: the first part of their keys, up to a `/`, or the whole key.
    pub campaign: Option<String>,
    /// The one that was queued under this key.
    pub key: Option<String>,
    /// Those that reach this person: an email address, a phone number, the URL of a profile or the id of a contact, in any spelling.
    pub person: Option<String>,
}

impl Filter {
    /// All messages.
    pub fn all() -> Self {
        Self::default()
    }

    /// Those through one account.
    pub fn account(account: &Account) -> Self {
        Self { vendor: Some(account.vendor), credential: Some(account.credential.clone()), ..Self::default() }
    }

    /// Those through this vendor.
    #[must_use]
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Those with this credential name.
    #[must_use]
    pub fn credential(mut self, credential: impl Into<String>) -> Self {
        self.credential = Some(credential.into());
        self
    }

    /// Those in this state.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Those of this campaign.
    #[must_use]
    pub fn campaign(mut self, name: impl Into<String>) -> Self {
        self.campaign = Some(name.into());
        self
    }

    /// The one that was queued under this key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Those that reach this person.
    #[must_use]
    pub fn person(mut self, address: impl Into<String>) -> Self {
        self.person = Some(address.into());
        self
    }
}

/// How many messages are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// By state, in the order of [`State::ALL`]; states without messages are left out.
    pub counts: Vec<(State, u64)>,
    /// When the next queued message is to be sent; it may be in the past.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Whether everything is paused.
    pub paused: bool,
    /// Each account that messages were queued for.
    pub accounts: Vec<AccountStatus>,
    /// Why queued messages are not due yet, the soonest first.
    pub waits: Vec<Deferred>,
}

impl Status {
    /// How many messages are in a state.
    pub fn count(&self, state: State) -> u64 {
        self.counts.iter().find(|(other, _)| *other == state).map_or(0, |(_, count)| *count)
    }

    /// How many messages there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

/// An account that messages were queued for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AccountStatus {
    /// The vendor.
    pub vendor: Vendor,
    /// The credential's name.
    pub credential: String,
    /// Whether it is paused.
    pub paused: bool,
    /// Why, if not by a person: the vendor does not take the credential, for example.
    pub reason: Option<String>,
    /// When its next queued message is to be sent; it may be in the past.
    pub next_due_at: Option<DateTime<Utc>>,
    /// When its last queued message is to be sent.
    pub last_due_at: Option<DateTime<Utc>>,
    /// How many of its messages are queued.
    pub queued: u64,
    /// How many of them are to be sent by now.
    pub due: u64,
    /// How many of them are paused with their campaign, their key or their recipient.
    pub paused_messages: u64,
    /// How many senders they have.
    pub senders: u64,
}

/// Queued messages that are not due yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deferred {
    /// Why they wait, such as `quiet-hours` or `daily-cap`; `None` where their own time is later.
    pub code: Option<String>,
    /// How many.
    pub count: u64,
    /// When the first of them is due.
    pub next_due_at: DateTime<Utc>,
}

impl AccountStatus {
    /// An account without messages.
    pub fn new(vendor: Vendor, credential: impl Into<String>) -> Self {
        Self {
            vendor,
            credential: credential.into(),
            paused: false,
            reason: None,
            next_due_at: None,
            last_due_at: None,
            queued: 0,
            due: 0,
            paused_messages: 0,
            senders: 0,
        }
    }
}

/// How many messages came into a state within one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Point {
    /// When the stretch begins.
    pub at: DateTime<Utc>,
    /// The state; `queued` counts attempts that are repeated later.
    pub state: State,
    /// How many.
    pub count: u64,
}

/// How many messages ended for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The state.
    pub state: State,
    /// The vendor.
    pub vendor: Vendor,
    /// The vendor's error code, or a word of our own.
    pub code: Option<String>,
    /// Status of the HTTP response to the last attempt.
    pub http_status: Option<u16>,
    /// How many.
    pub count: u64,
    /// One of them, to look at.
    pub example: i64,
}

/// An address that is not written to.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Suppressed {
    /// Email address, phone number, URL of a profile or id of a contact, in its [canonical form](crate::Address).
    pub address: String,
    /// The only channel that is meant, if not all are.
    pub channel: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

impl fmt::Debug for Suppressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suppressed").field("channel", &self.channel).field("added_at", &self.added_at).finish_non_exhaustive()
    }
}

/// The envelope of a row; none where it was purged.
pub(crate) fn from_content(
    id: i64,
    account: &Account,
    content: Option<&str>,
    sequence: Option<String>,
    not_before: Option<i64>,
) -> Result<Option<Envelope>, Error> {
    let Some(content) = content else { return Ok(None) };
    let content: Content = serde_json::from_str(content).map_err(|_| Error::Unreadable { id, field: "content" })?;
    let Content { message, addresses, time_zone } = content;
    Ok(Some(Envelope {
        account: account.clone(),
        message,
        not_before: not_before.map(from_ms),
        addresses,
        sequence,
        time_zone,
        held: false,
    }))
}
