//! [`Changes`]: what happens while the sandbox runs, for whoever watches.

use std::sync::Arc;

use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::log::Entry;

/// How much a watcher may fall behind before it has to look at the whole again.
const BACKLOG: usize = 1_024;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Change {
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
    Clock,
    Faults,
    Objects,
    Settings,
    Webhooks,
}

impl Topic {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Faults => "faults",
            Self::Objects => "objects",
            Self::Settings => "settings",
            Self::Webhooks => "webhooks",
        }
    }
}

/// A broadcast of what happens. Clones have the same watchers.
#[derive(Clone, Debug)]
pub(crate) struct Changes(Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

impl Changes {
    pub(crate) fn watch(&self) -> Receiver<Change> {
        self.0.subscribe()
    }

    pub(crate) fn publish(&self, change: Change) {
        // Without watchers it reaches nobody.
        let _ = self.0.send(change);
    }

    pub(crate) fn changed(&self, topic: Topic) {
        self.publish(Change::Changed(topic));
    }
}
