//! The pages: the dashboard at `/`, and Swagger UI over the documents of all vendors; all from files in the binary.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reachout_dashboard::{File, POLICY, files, page};
use serde_json::{Value, json};
use swagger_ui_dist::{ApiDefinition, OpenApiSource};

use super::refused::{Refused, Shared, SharedServer};

/// The files of the sandbox's own beside those that all pages have, under `/_sandbox/ui/`.
const FILES: [File; 13] = [
    ("sandbox.css", include_str!("sandbox.css")),
    ("api.js", include_str!("api.js")),
    ("app.js", include_str!("app.js")),
    ("controls.js", include_str!("controls.js")),
    ("conversations.js", include_str!("conversations.js")),
    ("objects.js", include_str!("objects.js")),
    ("repeat-request.js", include_str!("repeat-request.js")),
    ("request-parts.js", include_str!("request-parts.js")),
    ("requests.js", include_str!("requests.js")),
    ("send.js", include_str!("send.js")),
    ("state.js", include_str!("state.js")),
    ("views.js", include_str!("views.js")),
    ("webhooks.js", include_str!("webhooks.js")),
];

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
    Router::new()
        .route("/", get(|| async { page(POLICY, include_str!("index.html")) }))
        .route("/_sandbox/api", get(|| async { page(API_POLICY, include_str!("api.html")) }))
        .route("/_sandbox/openapi/{file}", get(openapi))
        .merge(files("/_sandbox/ui", &FILES))
        .merge(swagger_ui_dist::generate_routes(swagger).with_state(()))
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
