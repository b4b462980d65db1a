//! What HighLevel and its editions do beyond making, listing and changing objects.

mod calendars;
mod contacts;
mod dispatch;
mod emails;
mod messages;
mod oauth;
mod opportunities;
mod outcome;
mod search;
mod uploads;

use super::call::Handler;

pub(crate) use self::messages::reply;
pub(crate) use self::oauth::{accepts, accounts, authorize, token_owner};
pub(crate) use self::outcome::react;

pub(crate) fn handler(operation: &str) -> Option<Handler> {
    contacts::handler(operation)
        .or_else(|| messages::handler(operation))
        .or_else(|| emails::handler(operation))
        .or_else(|| uploads::handler(operation))
        .or_else(|| oauth::handler(operation))
        .or_else(|| opportunities::handler(operation))
        .or_else(|| calendars::handler(operation))
}
