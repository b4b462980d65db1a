//! Lists that are cut.

use axum::http::{HeaderMap, Uri};
use reachout_dashboard::next_link;

/// The part of a list that is asked for.
pub(super) fn cut<T>(uri: &Uri, mut rest: Vec<T>, offset: usize, limit: usize) -> (HeaderMap, Vec<T>) {
    let next = (rest.len() > limit).then(|| ("offset", offset.saturating_add(limit).to_string()));
    rest.truncate(limit);
    (next_link(uri, next), rest)
}
