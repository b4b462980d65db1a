//! [`VendorEvent`]: what vendors' webhooks delivered, as the outbox keeps it.

use std::fmt;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::{Serialize, Serializer};

use crate::{Error, Outbox, SignalKind};

/// An event that a vendor's webhook delivered.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VendorEvent {
    /// Its id in the outbox. One that is committed later has a higher one.
    pub id: i64,
    /// Whose event it is.
    pub vendor: Vendor,
    /// The vendor's name of it, such as `InboundMessage`; empty where the body has none.
    pub name: String,
    /// What it says of somebody; `None` where nothing follows from it.
    pub kind: Option<SignalKind>,
    /// Why it, or whom it names, could not be understood: a person has to look at it.
    pub problem: Option<String>,
    /// How many messages it is about.
    pub messages: u64,
    /// How many messages it withdrew.
    pub stopped: u64,
    /// How many addresses are on the suppression list by it.
    pub suppressed: u64,
    /// When it was delivered, by the outbox's clock.
    pub received_at: DateTime<Utc>,
    /// The body as it was signed; `None` once it was purged. As JSON where it is some, and else as text.
    #[serde(serialize_with = "json")]
    pub body: Option<Vec<u8>>,
}

/// How far the events are that are sent on to an address of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Forwarding {
    /// The id of the last event that was taken.
    pub place: i64,
    /// How many events wait.
    pub waiting: u64,
    /// Why the first of them was not taken.
    pub problem: Option<String>,
}

#[expect(clippy::ref_option, reason = "serde's form")]
fn json<S: Serializer>(body: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(body) = body else { return serializer.serialize_none() };
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => value.serialize(serializer),
        Err(_) => serializer.serialize_str(&String::from_utf8_lossy(body)),
    }
}

impl fmt::Debug for VendorEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body is somebody's conversation.
        f.debug_struct("VendorEvent")
            .field("id", &self.id)
            .field("vendor", &self.vendor)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Outbox {
    /// At most `most` events of vendors after the one with the id `after`, in the order in which they were committed. Begin with 0, and go on
    /// with the last id.
    pub async fn events(&self, after: i64, most: u32) -> Result<Vec<VendorEvent>, Error> {
        self.store.events(after, most).await
    }

    /// How far the events are that are forwarded; `None` where none are.
    pub async fn forwarding(&self) -> Result<Option<Forwarding>, Error> {
        self.store.forwarding().await
    }
}
