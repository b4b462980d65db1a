//! The files of the pages.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// A file beside a page: its name, and its content. What its name ends with is its media type, JavaScript or CSS.
pub type File = (&'static str, &'static str);

/// What all pages have.
const SHARED: [File; 7] = [
    ("dashboard.css", include_str!("../ui/dashboard.css")),
    ("frame.js", include_str!("../ui/frame.js")),
    ("parts.js", include_str!("../ui/parts.js")),
    ("lit-html.js", include_str!("../ui/lit-html/lit-html.js")),
    ("directive.js", include_str!("../ui/lit-html/directive.js")),
    ("directive-helpers.js", include_str!("../ui/lit-html/directive-helpers.js")),
    ("directives/repeat.js", include_str!("../ui/lit-html/directives/repeat.js")),
];

/// No script, style or address but those of the page itself, and no place in a frame of another page, where a click meant for that page
/// would land here.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; form-action 'none'; \
                          base-uri 'none'; frame-ancestors 'none'";

/// Serves the shared files, and those of a page's own, under `prefix`.
pub fn files<S: Clone + Send + Sync + 'static>(prefix: &str, own: &[File]) -> Router<S> {
    SHARED.iter().chain(own).fold(Router::new(), |router, &(name, content)| {
        let media_type = if matches!(name.rsplit_once('.'), Some((_, "css"))) { CSS } else { JAVASCRIPT };
        let file = move || async move { ([(header::CONTENT_TYPE, media_type), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], content) };
        router.route(&format!("{prefix}/{name}"), get(file))
    })
}

/// A page under a policy such as [`POLICY`]. Its address is not told to whatever it links to.
pub fn page(policy: &'static str, html: &'static str) -> impl IntoResponse {
    let header = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    let headers = [
        header(header::CONTENT_SECURITY_POLICY, policy),
        header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        header(header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(html))
}

/// The style that all pages have, for a file that is complete in itself.
pub const fn style() -> &'static str {
    SHARED[0].1
}
