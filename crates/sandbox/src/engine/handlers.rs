//! What performs the operations that are more than their plan.

use super::call::Handler;
use super::{highlevel, leonar, sendpilot};
use crate::vendor::Vendor;

/// What performs an operation that is more than its plan. A vendor without a module of its own has none.
pub(crate) fn handler(vendor: Vendor, operation: &str) -> Option<Handler> {
    match vendor {
        Vendor::Leonar => leonar::handler(operation),
        Vendor::SendPilot => sendpilot::handler(operation),
        vendor if vendor.is_highlevel() => highlevel::handler(operation),
        _ => None,
    }
}
