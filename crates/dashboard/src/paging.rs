//! Lists that are cut, with a link to what follows.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use url::form_urlencoded;

/// `Link: <…>; rel="next"` with `parameter` in the query of `uri`; nothing where nothing follows.
pub fn next_link(uri: &Uri, next: Option<(&str, String)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some((parameter, value)) = next {
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let kept = query.filter(|(name, _)| name != parameter);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair(parameter, &value).finish();
        // A query that was serialized holds nothing that a header may not.
        if let Ok(link) = HeaderValue::try_from(format!("<{}?{query}>; rel=\"next\"", uri.path())) {
            headers.insert(header::LINK, link);
        }
    }
    headers
}
