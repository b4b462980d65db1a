//! The feed: what happened, for other programs.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use serde::Serialize;

use crate::{Error, Outbox};

/// How many entries are read at a time, and how soon again where there are no more.
const PAGE: u32 = 500;
const POLL: Duration = Duration::from_millis(500);

/// Something that happened, written in the transaction in which it did.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeedEntry {
    /// Its place in the feed. What is committed later has a higher one.
    pub place: i64,
    /// When it happened, by the outbox's clock.
    pub at: DateTime<Utc>,
    /// What happened. Of a message the [`State`](crate::State) that it came into, such as `accepted`, or `approved`. Of a person `replied`,
    /// `bounced`, `unsubscribed` and `complained`, and of their sequence `stopped` and `resumed`. Of accounts, campaigns, keys and people
    /// `paused` and `resumed`. Of an address `listed` and `unlisted`, which are about the suppression list. Later versions may know more.
    pub kind: String,
    /// The vendor, where it is about one.
    pub vendor: Option<Vendor>,
    /// The name of the account's credential.
    pub credential: Option<String>,
    /// The campaign.
    pub campaign: Option<String>,
    /// The message, or the last one that it is about.
    pub message: Option<i64>,
    /// The vendor's event that said so, as [`Outbox::events`] has it.
    pub event: Option<i64>,
    /// The address that it is about.
    pub address: Option<String>,
    /// The only channel that is meant.
    pub channel: Option<String>,
    /// A code to count by.
    pub code: Option<String>,
    /// Why, in the vendor's words or our own.
    pub reason: Option<String>,
}

impl fmt::Debug for FeedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Address and reason may name a person.
        f.debug_struct("FeedEntry")
            .field("place", &self.place)
            .field("kind", &self.kind)
            .field("campaign", &self.campaign)
            .field("message", &self.message)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl Outbox {
    /// At most `most` entries of the feed after a place, in order. Begin with 0, and go on with the last entry's place: nothing is skipped, also
    /// where transactions that began earlier are committed later. [`purge`](Self::purge) removes old entries.
    pub async fn feed(&self, after: i64, most: u32) -> Result<Vec<FeedEntry>, Error> {
        self.store.feed(after, most).await
    }

    /// Calls `hook` with each entry of the feed, in order and one at a time, for as long as it is polled. How far it got is kept in the outbox
    /// under the reader's name, after each call that succeeded: a program that is started again goes on there, and may get the last entry
    /// once more. What the hook returns as an error ends this.
    ///
    /// ```no_run
    /// # async fn example(outbox: &reachout_outbox::Outbox) -> Result<(), reachout_outbox::Error> {
    /// let replies = outbox.follow("crm", async |entry| {
    ///     if entry.kind == "replied" {
    ///         println!("somebody replied to message {:?}", entry.message);
    ///     }
    ///     Ok(())
    /// });
    /// tokio::select! {
    ///     ended = replies => ended,
    ///     _ = tokio::signal::ctrl_c() => Ok(()),
    /// }
    /// # }
    /// ```
    pub async fn follow(&self, reader: &str, mut hook: impl AsyncFnMut(&FeedEntry) -> Result<(), Error>) -> Result<(), Error> {
        let mut place = self.store.place_of(reader).await?;
        loop {
            let entries = self.feed(place, PAGE).await?;
            for entry in &entries {
                hook(entry).await?;
                place = entry.place;
                self.store.set_place(reader, place).await?;
            }
            if entries.is_empty() {
                tokio::time::sleep(POLL).await;
            }
        }
    }
}
