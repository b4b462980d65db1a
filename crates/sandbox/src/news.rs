//! [`News`]: what watchers are told of while the sandbox runs.

use std::sync::Arc;

use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::log::Entry;

/// How much a watcher may fall behind before it has to look at the whole again.
const BACKLOG: usize = 1_024;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A vendor received a request and responded.
    Request(Arc<Entry>),
    /// The log was cleared.
    Cleared,
    /// Something else changed, by the name of its control.
    Changed(Topic),
}

/// What can change without a request to a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Faults,
    Objects,
    Settings,
    Webhooks,
}

impl Topic {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Objects => "objects",
            Self::Settings => "settings",
            Self::Webhooks => "webhooks",
        }
    }
}

/// Tells watchers of what happens. Clones tell the same watchers.
#[derive(Clone, Debug)]
pub(crate) struct News(Sender<Item>);

impl Default for News {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

impl News {
    pub(crate) fn watch(&self) -> Receiver<Item> {
        self.0.subscribe()
    }

    pub(crate) fn tell(&self, item: Item) {
        // Without watchers there is nobody to tell.
        let _ = self.0.send(item);
    }

    pub(crate) fn changed(&self, topic: Topic) {
        self.tell(Item::Changed(topic));
    }
}
