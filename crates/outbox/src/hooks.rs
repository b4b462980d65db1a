//! What vendors are asked beside sending: whether somebody may be written to, and whether a message arrived.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use reachout_runtime::BoxFuture;

use crate::{AccountClient, Attempt, Channel, Entry, Envelope, Error, Sent};

/// Asks a vendor, right before a message is sent, whether its recipient may be written to: a contact marked do-not-contact, or one who
/// wants nothing by this channel. The list of one's own ([`Outbox::suppress`](crate::Outbox::suppress)) is looked at in any case.
///
/// Its calls count under the account's rate limit.
pub trait Eligibility: fmt::Debug + Send + Sync {
    /// Whether the recipient of `envelope` may be written to.
    ///
    /// An error is taken as one of the account, and leaves the message queued: a vendor's 401, 402 or 403, or a client without a credential,
    /// pauses the account with the reason; after any other, such as a vendor that does not respond, the account waits and asks again.
    fn check<'a>(&'a self, client: &'a AccountClient, envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>>;
}

impl<E: Eligibility + ?Sized> Eligibility for Arc<E> {
    fn check<'a>(&'a self, client: &'a AccountClient, envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        (**self).check(client, envelope)
    }
}

/// Whether somebody may be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// They may: the vendor was asked about this recipient, and clearly said so.
    Eligible,
    /// They must not: the message is [`Suppressed`](crate::State::Suppressed). That is kept: whoever does not ask sends nothing to them either,
    /// until the vendor responds to somebody who asks with [`Eligible`](Self::Eligible).
    Suppressed {
        /// A word to count by, such as `do-not-contact`.
        code: String,
        /// The reason as a sentence.
        reason: String,
        /// The only channel that is meant, if not all are.
        channel: Option<Channel>,
    },
    /// The vendor does not have the recipient, for this reason: the message is [`Failed`](crate::State::Failed), and was not sent.
    NotFound(String),
    /// What the vendor said is not understood, for this reason, so it is no permission. The vendor is asked again later, and after
    /// [`Runner::attempts`](crate::Runner::attempts) times the message is [`Failed`](crate::State::Failed).
    Unclear(String),
}

/// Finds out by reading whether a vendor has a message whose sending had no clear end.
pub trait Reconcile: fmt::Debug + Send + Sync {
    /// Looks for the message of `entry`, which is [`Unknown`](crate::State::Unknown) since `attempt`, at the vendor.
    ///
    /// `entry.envelope` is there unless it was purged. Say [`Found::NotSent`] only where the vendor's list would surely have it by now.
    fn look<'a>(&'a self, client: &'a AccountClient, entry: &'a Entry, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Error>>;
}

/// What a vendor has of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// It has it, under these ids.
    Sent(Sent),
    /// It does not have it.
    NotSent,
    /// It is not known, for this reason: a person decides.
    Unclear(String),
}

/// Looks right before a follow-up of a campaign whether its recipient replied, in the vendor's own conversation: a webhook may be late, and not
/// every vendor has one.
///
/// Its calls count under the account's rate limit.
pub trait Replies: fmt::Debug + Send + Sync {
    /// Whether the recipient of `follow_up` wrote since the step before it.
    ///
    /// An error leaves the message queued, as one of [`Eligibility::check`] does.
    fn look<'a>(&'a self, client: &'a AccountClient, follow_up: &'a FollowUp<'a>) -> BoxFuture<'a, Result<Replied, Error>>;
}

/// A follow-up that is about to be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FollowUp<'a> {
    /// What is to be sent.
    pub envelope: &'a Envelope,
    /// The vendor's id of the conversation that the step before is in, where its response named one.
    pub conversation_id: Option<String>,
    /// What the recipient wrote before is no reply to it.
    pub since: DateTime<Utc>,
}

/// Whether somebody replied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replied {
    /// They did: the sequence ends for them.
    Yes,
    /// They did not, or the vendor has nothing in which that could be seen.
    No,
    /// What the vendor said is not understood, for this reason: it is asked again later, and after
    /// [`Runner::attempts`](crate::Runner::attempts) times the message is [`Failed`](crate::State::Failed).
    Unclear(String),
}
