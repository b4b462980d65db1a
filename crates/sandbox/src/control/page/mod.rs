//! The pages: the dashboard at `/`, and Swagger UI over the documents of all vendors; all from files in the binary.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use swagger_ui_dist::{ApiDefinition, OpenApiSource};

use super::refused::{Refused, Shared, SharedServer};

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The files beside the pages: name under `/_sandbox/ui/`, media type, content.
const FILES: [(&str, &str, &str); 17] = [
    ("sandbox.css", "text/css; charset=utf-8", include_str!("sandbox.css")),
    ("api.js", JAVASCRIPT, include_str!("api.js")),
    ("app.js", JAVASCRIPT, include_str!("app.js")),
    ("controls.js", JAVASCRIPT, include_str!("controls.js")),
    ("conversations.js", JAVASCRIPT, include_str!("conversations.js")),
    ("objects.js", JAVASCRIPT, include_str!("objects.js")),
    ("parts.js", JAVASCRIPT, include_str!("parts.js")),
    ("repeat-request.js", JAVASCRIPT, include_str!("repeat-request.js")),
    ("requests.js", JAVASCRIPT, include_str!("requests.js")),
    ("send.js", JAVASCRIPT, include_str!("send.js")),
    ("state.js", JAVASCRIPT, include_str!("state.js")),
    ("views.js", JAVASCRIPT, include_str!("views.js")),
    ("webhooks.js", JAVASCRIPT, include_str!("webhooks.js")),
    ("lit-html.js", JAVASCRIPT, include_str!("lit-html/lit-html.js")),
    ("directive.js", JAVASCRIPT, include_str!("lit-html/directive.js")),
    ("directive-helpers.js", JAVASCRIPT, include_str!("lit-html/directive-helpers.js")),
    ("directives/repeat.js", JAVASCRIPT, include_str!("lit-html/directives/repeat.js")),
];

/// No model, style or address but those of the sandbox itself, and no place in a frame of another page, where a click meant for that page
/// would land here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; form-action 'none'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// Swagger UI writes styles into the elements that it makes, and shows itself in pictures of its own.
const API_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; \
                          form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router<SharedServer> {
    // The crate brings a page of its own for one document; only the files beside it are used.
    let swagger = ApiDefinition {
        uri_prefix: "/_sandbox/ui",
        api_definition: OpenApiSource::Uri("/_sandbox/openapi/leonar.json"),
        title: Some("Reachout sandbox"),
    };
    let files = FILES.into_iter().fold(Router::new(), |router, (name, media_type, content)| {
        router.route(&format!("/_sandbox/ui/{name}"), get(move || async move { ([(header::CONTENT_TYPE, media_type)], content) }))
    });
    Router::new()
        .route("/", get(|| async { page(POLICY, include_str!("index.html")) }))
        .route("/_sandbox/api", get(|| async { page(API_POLICY, include_str!("api.html")) }))
        .route("/_sandbox/openapi/{file}", get(openapi))
        .merge(files)
        .merge(swagger_ui_dist::generate_routes(swagger).with_state(()))
}

fn page(policy: &'static str, html: &'static str) -> impl IntoResponse {
    let header = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    ([header(header::CONTENT_SECURITY_POLICY, policy), header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(html))
}

/// The document of a vendor, with the sandbox as its server.
async fn openapi(State(server): Shared, Path(file): Path<String>) -> Result<Response, Refused> {
    let slug = file.strip_suffix(".json").unwrap_or(&file);
    let simulator = server.simulators().iter().find(|simulator| simulator.api.vendor.id() == slug);
    let simulator = simulator.ok_or_else(|| Refused(StatusCode::NOT_FOUND, format!("{file} is not a document of the sandbox")))?;
    let mut document: Value = simulator.api.document.json().clone();
    document["servers"] = json!([{ "url": simulator.api.mount, "description": "The sandbox" }]);
    // Where the vendor prints no code, the one that the sandbox responds with.
    for operation in &simulator.api.operations {
        let responses = document.pointer_mut(&operation.pointer()).map(|operation| &mut operation["responses"]);
        let Some((responses, success)) = responses.and_then(Value::as_object_mut).zip(operation.success) else { continue };
        if let Some(response) = responses.remove("2XX") {
            responses.insert(success.code().to_string(), response);
        }
    }
    Ok(axum::Json(document).into_response())
}
