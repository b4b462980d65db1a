//! [`Receiver`]: the vendors' webhooks, verified, kept once, and acted on.

mod forward;
mod replay;
#[cfg(feature = "axum")]
mod router;

use std::collections::HashMap;

use reachout_messenger::Vendor;
use reachout_webhooks::{HeaderMap, SignatureError, Verifier};

pub use forward::{ForwardError, Forwarder};

use crate::store::{NewEvent, hash};
use crate::vendor::interpret;
use crate::{Error, Handled, Outbox};

/// Receives the vendors' webhooks for an outbox.
///
/// An event is kept, and what follows from it is done, in one transaction: it ends the sequences of whoever replied, and puts whoever wants
/// nothing more on the suppression list. The same event again changes nothing, whoever delivers it and whenever: it is known by the id of the
/// delivery, and by the vendor's id of the message. Events that follow nothing, or that this version does not know, are kept as well, and
/// those that cannot be understood say so ([`VendorEvent::problem`](crate::VendorEvent::problem)).
///
/// ```no_run
/// use reachout_outbox::{HeaderMap, Outbox, Receiver, Vendor, Verifier};
///
/// # async fn example(outbox: &Outbox, headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::new(outbox).verifier(Vendor::SendPilot, Verifier::sendpilot(["secret"])?);
/// let received = receiver.receive(Vendor::SendPilot, headers, body).await?;
/// println!("event {}: {} messages withdrawn", received.event, received.handled.stopped);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a receiver does nothing until a webhook is given to it"]
pub struct Receiver {
    outbox: Outbox,
    verifiers: HashMap<Vendor, Vec<Verifier>>,
}

/// An event that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Its id in the outbox; of a duplicate, that of the first.
    pub event: i64,
    /// It came before, so nothing was changed.
    pub is_duplicate: bool,
    /// What followed.
    pub handled: Handled,
    /// Why it, or whom it names, could not be understood. It is kept all the same.
    pub problem: Option<String>,
}

/// Why a webhook was not received. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// No verifier was given for the vendor.
    #[error("no webhooks of {} are received", .0.name())]
    NoVerifier(Vendor),
    /// It is not the vendor's.
    #[error("the signature does not hold: {0}")]
    Signature(SignatureError),
    /// The outbox failed: the vendor is to deliver it again.
    #[error(transparent)]
    Outbox(#[from] Error),
}

impl Receiver {
    /// Receives nothing yet: each vendor needs a [`verifier`](Self::verifier).
    pub fn new(outbox: &Outbox) -> Self {
        Self { outbox: outbox.clone(), verifiers: HashMap::new() }
    }

    /// Receives a vendor's webhooks that this verifier, or another one that is given for it, finds genuine.
    pub fn verifier(mut self, vendor: Vendor, verifier: Verifier) -> Self {
        self.verifiers.entry(vendor).or_default().push(verifier);
        self
    }

    /// The vendors whose webhooks are received.
    pub fn vendors(&self) -> Vec<Vendor> {
        Vendor::ALL.into_iter().filter(|vendor| self.verifiers.contains_key(vendor)).collect()
    }

    /// Verifies a webhook by its headers and the bytes of its body as they arrived, keeps it and does what follows. Once this returns, that is
    /// committed: respond with 200 then, and not before.
    pub async fn receive(&self, vendor: Vendor, headers: &HeaderMap, body: &[u8]) -> Result<Received, ReceiveError> {
        let delivery = self.delivery(vendor, headers, body)?;
        let event = interpret(vendor, body);
        let (mut all, mut unreadable, mut problem) = (Vec::with_capacity(event.signals.len()), 0, event.problem);
        for signal in &event.signals {
            let (about, not_read) = self.outbox.about(signal);
            all.push(about);
            unreadable += not_read;
        }
        if unreadable > 0 {
            problem.get_or_insert_with(|| format!("{unreadable} of those it names cannot be read as an address"));
        }
        let kept = NewEvent {
            vendor,
            delivery: hash(&format!("{} {}", event.name, delivery.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()))),
            subject: event.subject.as_deref().map(hash),
            name: event.name,
            body: body.to_vec(),
            problem: problem.clone(),
        };
        let (seen, handled) = self.outbox.see(Some(&kept), &all, unreadable).await?;
        // It has one, since an event was given.
        Ok(Received { event: seen.event.unwrap_or_default(), is_duplicate: seen.is_duplicate, handled, problem })
    }

    /// The id of a delivery that is genuine.
    fn delivery(&self, vendor: Vendor, headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, ReceiveError> {
        let mut problem = None;
        for verifier in self.verifiers.get(&vendor).into_iter().flatten() {
            match verifier.verify(headers, body) {
                Ok(verified) => return Ok(verified.message_id()),
                Err(error) => problem = Some(error),
            }
        }
        Err(problem.map_or(ReceiveError::NoVerifier(vendor), ReceiveError::Signature))
    }
}
