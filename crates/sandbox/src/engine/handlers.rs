//! What performs the operations that are more than their plan.

use reachout_messenger::Vendor;

use super::call::Handler;
use super::{highlevel, leonar, sendpilot};

/// What performs an operation that is more than its plan. A vendor without a module of its own has none.
pub(crate) fn handler(vendor: Vendor, operation: &str) -> Option<Handler> {
    match vendor.platform() {
        Vendor::Leonar => leonar::handler(operation),
        Vendor::SendPilot => sendpilot::handler(operation),
        Vendor::HighLevel => highlevel::handler(operation),
        _ => None,
    }
}
