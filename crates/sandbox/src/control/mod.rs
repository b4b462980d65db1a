//! The controls of the sandbox, under `/_sandbox`, and its pages.

mod clock;
mod consent;
mod conversations;
mod events;
mod faults;
mod objects;
mod overview;
mod page;
mod paging;
mod people;
mod refused;
mod replies;
mod requests;
mod state;
mod verify;
mod webhooks;

use std::sync::Arc;

use axum::Router;

use crate::server::Server;

pub(crate) fn router() -> Router<Arc<Server>> {
    Router::new()
        .merge(clock::router())
        .merge(consent::router())
        .merge(conversations::router())
        .merge(events::router())
        .merge(faults::router())
        .merge(objects::router())
        .merge(overview::router())
        .merge(page::router())
        .merge(people::router())
        .merge(replies::router())
        .merge(requests::router())
        .merge(state::router())
        .merge(verify::router())
        .merge(webhooks::router())
}

/// Whether people follow links to this path from pages elsewhere: to the dashboard, or to the consent page.
pub(crate) fn is_page(path: &str) -> bool {
    path == "/" || path.ends_with(consent::CONSENT)
}
