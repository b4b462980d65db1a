//! What vendors are asked beside sending: whether somebody may be written to, whether a message arrived, and what happened to it later.

#[cfg(any(feature = "sendpilot", feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
mod absent;
#[cfg(any(feature = "leonar", feature = "sendpilot"))]
mod cached;
mod candidate;
#[cfg(any(feature = "highlevel", feature = "hoop-ai", feature = "leadway"))]
mod highlevel;
#[cfg(feature = "leonar")]
mod leonar;
mod replies;
#[cfg(feature = "sendpilot")]
mod sendpilot;
mod settle;
mod signal;

use std::fmt;

use reachout_messenger::Vendor;
use reachout_runtime::BoxFuture;

use crate::{AccountClient, Attempt, Eligibility, Entry, Envelope, Error, Found, Outbox, Reconcile, Verdict};

pub use replies::VendorReplies;
pub use settle::{Settled, Settler};
#[cfg(feature = "webhooks")]
pub(crate) use signal::interpret;
pub use signal::{Handled, Signal, SignalKind};

/// Asks each vendor what it knows: contacts marked do-not-contact at Leonar, leads that unsubscribed at SendPilot, and do-not-disturb by
/// channel at HighLevel and its editions. What each has is in the [README](crate#vendors).
#[derive(Default)]
pub struct VendorEligibility {
    #[cfg(feature = "leonar")]
    leonar: leonar::Contacts,
    #[cfg(feature = "sendpilot")]
    sendpilot: sendpilot::Leads,
}

impl VendorEligibility {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for VendorEligibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VendorEligibility")
    }
}

impl Eligibility for VendorEligibility {
    fn check<'a>(&'a self, client: &'a AccountClient, envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        Box::pin(async move {
            let vendor = envelope.account.vendor;
            let Some(core) = client.core() else {
                let reason = "the account comes without a client that reads, so the vendor cannot be asked about the recipient";
                return Err(Error::Other(reason.to_owned()));
            };
            match vendor {
                #[cfg(feature = "leonar")]
                Vendor::Leonar => leonar::check(&self.leonar, core, envelope).await,
                #[cfg(feature = "highlevel")]
                Vendor::HighLevel => highlevel::check(&highlevel::HIGHLEVEL, core, envelope).await,
                #[cfg(feature = "hoop-ai")]
                Vendor::HoopAi => highlevel::check(&highlevel::HOOP_AI, core, envelope).await,
                #[cfg(feature = "leadway")]
                Vendor::Leadway => highlevel::check(&highlevel::LEADWAY, core, envelope).await,
                #[cfg(feature = "sendpilot")]
                Vendor::SendPilot => sendpilot::check(&self.sendpilot, core, envelope).await,
                vendor => Err(reachout_messenger::Unsupported::NotCompiled { vendor }.into()),
            }
        })
    }
}

/// Looks for a message in the vendor's own lists, and compares content, recipient and time. What each vendor has is in the
/// [README](crate#vendors).
#[derive(Clone, Debug)]
pub struct VendorReconcile {
    outbox: Outbox,
}

impl VendorReconcile {
    /// For the messages of this outbox: the other messages show where to look, and what is another message's.
    pub fn new(outbox: &Outbox) -> Self {
        Self { outbox: outbox.clone() }
    }
}

impl Reconcile for VendorReconcile {
    fn look<'a>(&'a self, client: &'a AccountClient, entry: &'a Entry, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(async move {
            let Some(core) = client.core() else { return Ok(Found::Unclear("the account comes without a client that reads".to_owned())) };
            let Some(envelope) = &entry.envelope else { return Ok(Found::Unclear("its content was purged".to_owned())) };
            let look = candidate::Look::new(&self.outbox, entry, envelope, attempt);
            match entry.account.vendor {
                #[cfg(feature = "leonar")]
                Vendor::Leonar => leonar::look(core, &look).await,
                #[cfg(feature = "sendpilot")]
                Vendor::SendPilot => sendpilot::look(core, &look).await,
                #[cfg(feature = "highlevel")]
                Vendor::HighLevel => highlevel::look(&highlevel::HIGHLEVEL, core, &look).await,
                #[cfg(feature = "hoop-ai")]
                Vendor::HoopAi => highlevel::look(&highlevel::HOOP_AI, core, &look).await,
                #[cfg(feature = "leadway")]
                Vendor::Leadway => highlevel::look(&highlevel::LEADWAY, core, &look).await,
                vendor => Ok(Found::Unclear(format!("what {} has cannot be read by this program", vendor.name()))),
            }
        })
    }
}
