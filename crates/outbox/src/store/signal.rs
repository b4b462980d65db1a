//! What a vendor says of messages and people, in one transaction with the event that says it.

use reachout_messenger::{Channel, Vendor};
use sqlx::{query, query_scalar};

use super::events::{COUNTS, INSERT, KNOWN, NewEvent};
use super::hash::hash;
use super::people::{MESSAGES_TO, OWN_ADDRESSES, SUPPRESS};
use super::stops::{AGREED, stop};
use super::{Store, now, transaction};
use crate::{Address, Error, SignalKind};

/// How often a transaction is tried that others get in the way of.
const TRIES: usize = 5;

/// What a vendor says happened, and whom it is about.
pub(crate) struct About {
    pub(crate) vendor: Vendor,
    pub(crate) kind: SignalKind,
    pub(crate) channel: Option<Channel>,
    pub(crate) message_ids: Vec<String>,
    pub(crate) conversation_id: Option<String>,
    pub(crate) people: Vec<Address>,
    /// The message of the outbox that it is known to be about.
    pub(crate) message: Option<i64>,
}

impl About {
    /// A reply to a message of the outbox, as the vendor's own conversation shows it.
    pub(crate) fn reply(vendor: Vendor, message: i64) -> Self {
        let (message_ids, people, conversation_id) = (Vec::new(), Vec::new(), None);
        Self { vendor, kind: SignalKind::Replied, channel: None, message_ids, conversation_id, people, message: Some(message) }
    }
}

/// What followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The id of the event, where it is one.
    pub(crate) event: Option<i64>,
    /// It came before, so nothing followed.
    pub(crate) is_duplicate: bool,
    pub(crate) messages: Vec<i64>,
    pub(crate) stopped: u64,
    pub(crate) suppressed: u64,
}

const BY_ID: &str = "SELECT message FROM reachout_outbox_ids WHERE vendor = $1 AND vendor_id = $2";
const BY_CONVERSATION: &str = "SELECT id FROM reachout_outbox_messages WHERE vendor = $1 AND conversation = $2";
/// The fact, in the feed: of the latest message that it is about.
const FACT: &str = concat!(
    "INSERT INTO reachout_outbox_feed (at, kind, vendor, credential, campaign, message, event, channel)
    SELECT ",
    now!(),
    ", CAST($1 AS TEXT), CAST($2 AS TEXT), m.credential, (SELECT name FROM reachout_outbox_campaigns WHERE id = m.campaign), m.id, n.event, n.channel
    FROM (SELECT CAST($3 AS BIGINT) AS message, CAST($4 AS BIGINT) AS event, CAST($5 AS TEXT) AS channel) AS n
    LEFT JOIN reachout_outbox_messages m ON m.id = n.message"
);

/// The messages that something is about, in a transaction. A bounce is about those it names by the vendor's ids; a reply, and the wish to get
/// nothing more, about a person.
macro_rules! found {
    ($transaction:expr, $about:expr) => {{
        let About { vendor, kind, message_ids, conversation_id, people, message, .. } = $about;
        let (vendor, mut found) = (vendor.id(), Vec::from_iter(*message));
        let is_enough = |found: &[i64]| *kind == SignalKind::Bounced && !found.is_empty();
        for id in message_ids {
            found.extend(query_scalar::<_, i64>(BY_ID).bind(vendor).bind(id).fetch_all(&mut *$transaction).await?);
        }
        if let (false, Some(id)) = (is_enough(&found), conversation_id) {
            found.extend(query_scalar::<_, i64>(BY_CONVERSATION).bind(vendor).bind(id).fetch_all(&mut *$transaction).await?);
        }
        if !is_enough(&found) {
            for person in people {
                let to = query_scalar::<_, i64>(MESSAGES_TO).bind(vendor).bind(hash(person.as_str())).bind(person.as_str());
                found.extend(to.fetch_all(&mut *$transaction).await?);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }};
}

impl Store {
    /// Keeps an event, unless it came before, and does what follows from what it says, all in one commit.
    pub(crate) async fn see(&self, event: Option<&NewEvent>, all: &[About]) -> Result<Seen, Error> {
        let mut tries = 1;
        loop {
            match self.try_to_see(event, all).await {
                Err(error) if error.is_deadlock() && tries < TRIES => tries += 1,
                seen => return seen,
            }
        }
    }

    async fn try_to_see(&self, event: Option<&NewEvent>, all: &[About]) -> Result<Seen, Error> {
        let turn = self.turn();
        Ok(transaction!(self, |transaction| {
            let mut seen = Seen::default();
            // One at a time: of two deliveries at once the second finds the first, and events are committed in the order of their ids.
            query(turn).bind("reachout-outbox-events").execute(&mut *transaction).await?;
            if let Some(NewEvent { vendor, name, delivery, subject, body, problem }) = event {
                let known = query_scalar(KNOWN).bind(vendor.id()).bind(delivery).bind(subject);
                if let Some(id) = known.fetch_optional(&mut *transaction).await? {
                    return Ok(Seen { event: Some(id), is_duplicate: true, ..seen });
                }
                let kind = all.first().map(|about| about.kind.word());
                let insert =
                    query_scalar(INSERT).bind(vendor.id()).bind(name).bind(delivery).bind(subject).bind(body).bind(kind).bind(problem);
                seen.event = Some(insert.fetch_one(&mut *transaction).await?);
            }
            for about in all {
                let (word, channel) = (about.kind.word(), about.channel.map(Channel::name));
                let found = found!(transaction, about);
                let fact = query(FACT).bind(word).bind(about.vendor.id()).bind(found.last()).bind(seen.event).bind(channel);
                fact.execute(&mut *transaction).await?;
                for id in &found {
                    let is_optional = !about.kind.is_final();
                    if is_optional && query_scalar(AGREED).bind(id).bind(word).fetch_one(&mut *transaction).await? {
                        continue;
                    }
                    seen.stopped += stop!(transaction, id, word);
                }
                if about.kind.is_final() {
                    let mut addresses: Vec<_> = about.people.iter().map(|address| address.as_str().to_owned()).collect();
                    for id in &found {
                        addresses.extend(query_scalar::<_, String>(OWN_ADDRESSES).bind(id).fetch_all(&mut *transaction).await?);
                    }
                    addresses.sort_unstable();
                    addresses.dedup();
                    for address in &addresses {
                        query(SUPPRESS).bind(address).bind(channel.unwrap_or_default()).bind(word).execute(&mut *transaction).await?;
                    }
                    seen.suppressed += addresses.len() as u64;
                }
                seen.messages.extend(found);
            }
            seen.messages.sort_unstable();
            seen.messages.dedup();
            if seen.event.is_some() && !all.is_empty() {
                let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                let counts = query(COUNTS).bind(count(seen.messages.len() as u64)).bind(count(seen.stopped)).bind(count(seen.suppressed));
                counts.bind(seen.event).execute(&mut *transaction).await?;
            }
            seen
        }))
    }
}
