//! [`VendorReplies`]: whether somebody replied, by the vendor's own conversations.

use chrono::{DateTime, Utc};
use reachout_messenger::Vendor;
use reachout_runtime::BoxFuture;

use crate::{AccountClient, Error, FollowUp, Replied, Replies};

/// Looks for replies in each vendor's own conversations. What each has is in the [README](crate#vendors).
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct VendorReplies;

impl VendorReplies {
    /// Looks anew each time.
    pub const fn new() -> Self {
        Self
    }
}

impl Replies for VendorReplies {
    fn look<'a>(&'a self, client: &'a AccountClient, follow_up: &'a FollowUp<'a>) -> BoxFuture<'a, Result<Replied, Error>> {
        Box::pin(async move {
            let Some(core) = client.core() else {
                let reason = "the account comes without a client that reads, so the conversation cannot be looked at";
                return Err(Error::Other(reason.to_owned()));
            };
            match follow_up.envelope.account.vendor {
                #[cfg(feature = "leonar")]
                Vendor::Leonar => super::leonar::replied(core, follow_up).await,
                #[cfg(feature = "highlevel")]
                Vendor::HighLevel => super::highlevel::replied(&super::highlevel::HIGHLEVEL, core, follow_up).await,
                #[cfg(feature = "hoop-ai")]
                Vendor::HoopAi => super::highlevel::replied(&super::highlevel::HOOP_AI, core, follow_up).await,
                #[cfg(feature = "leadway")]
                Vendor::Leadway => super::highlevel::replied(&super::highlevel::LEADWAY, core, follow_up).await,
                #[cfg(feature = "sendpilot")]
                Vendor::SendPilot => super::sendpilot::replied(core, follow_up).await,
                vendor => Err(reachout_messenger::Unsupported::NotCompiled { vendor }.into()),
            }
        })
    }
}

/// A message that the recipient wrote.
pub(super) struct Inbound<'a> {
    pub(super) subject: Option<&'a str>,
    pub(super) text: Option<&'a str>,
    pub(super) at: Option<DateTime<Utc>>,
}

impl Inbound<'_> {
    /// Whether it answers the step before a follow-up. What has no time may do so.
    pub(super) fn is_reply(&self, follow_up: &FollowUp<'_>) -> bool {
        self.at.is_none_or(|at| at >= follow_up.since) && !crate::automatic::is_automatic(self.subject, self.text)
    }
}
