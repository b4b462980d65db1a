//! What HighLevel and its editions do beyond making, listing and changing objects.

mod contacts;
mod messages;
mod oauth;
mod outcome;
mod search;
mod uploads;

use super::call::Handler;

pub(crate) use self::messages::reply;
pub(crate) use self::oauth::{accepts, accounts, authorize};
pub(crate) use self::outcome::react;

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    contacts::handler(operation)
        .or_else(|| messages::handler(operation))
        .or_else(|| uploads::handler(operation))
        .or_else(|| oauth::handler(operation))
}
