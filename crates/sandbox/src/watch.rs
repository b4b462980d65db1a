//! [`Requests`]: the requests of a running sandbox, as they come.

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::RecordedRequest;
use crate::news::Item;

/// The requests of a running sandbox, as they come: [`Sandbox::watch`](crate::Sandbox::watch).
#[derive(Debug)]
pub struct Requests(Receiver<Item>);

/// The next of the [`Requests`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "the large one is nearly every one")]
pub enum Watched {
    /// A request, with its response.
    Request(RecordedRequest),
    /// So many things happened while nobody looked that they are not kept; the log may still have the requests among them.
    Missed(u64),
}

impl Requests {
    pub(crate) fn new(news: Receiver<Item>) -> Self {
        Self(news)
    }

    /// The next; nothing once the sandbox has ended.
    pub async fn next(&mut self) -> Option<Watched> {
        loop {
            match self.0.recv().await {
                Ok(Item::Request(entry)) => return Some(Watched::Request(entry.show())),
                Ok(Item::Cleared | Item::Changed(_)) => {}
                Err(RecvError::Lagged(count)) => return Some(Watched::Missed(count)),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
