//! [`RequestStream`]: the requests of a running sandbox, as they come.

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::changes::Change;
use crate::log::RecordedRequest;

/// The requests of a running sandbox, as they come: [`Sandbox::watch`](crate::Sandbox::watch).
#[derive(Debug)]
pub struct RequestStream(Receiver<Change>);

/// What a [`RequestStream`] gives.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "the large one is nearly every one")]
pub enum RequestEvent {
    /// A request, with its response.
    Request(RecordedRequest),
    /// This many events were dropped because nobody read them in time; the log may still have the requests among them.
    Missed(u64),
}

impl RequestStream {
    pub(crate) fn new(changes: Receiver<Change>) -> Self {
        Self(changes)
    }

    /// The next; nothing once the sandbox has ended.
    pub async fn next(&mut self) -> Option<RequestEvent> {
        loop {
            match self.0.recv().await {
                Ok(Change::Request(entry)) => return Some(RequestEvent::Request(entry.show())),
                Ok(Change::Cleared | Change::Changed(_)) => {}
                Err(RecvError::Lagged(count)) => return Some(RequestEvent::Missed(count)),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
