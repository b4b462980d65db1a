//! The page at `/`: Swagger UI over the documents of all vendors, from files in the binary.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use swagger_ui_dist::{ApiDefinition, OpenApiSource};

use super::{Refused, Shared, SharedServer};

pub(super) fn router() -> Router<SharedServer> {
    // The crate brings a page of its own for one document; only the files beside it are used.
    let files = ApiDefinition {
        uri_prefix: "/_sandbox/ui",
        api_definition: OpenApiSource::Uri("/_sandbox/openapi/leonar.json"),
        title: Some("Reachout sandbox"),
    };
    Router::new()
        // In a frame of another page, a click meant for that page would land here.
        .route("/", get(|| async { ([(header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'")], Html(include_str!("page.html"))) }))
        .route("/_sandbox/openapi/{file}", get(openapi))
        .merge(swagger_ui_dist::generate_routes(files).with_state(()))
}

/// The document of a vendor, with the sandbox as its server.
async fn openapi(State(server): Shared, Path(file): Path<String>) -> Result<Response, Refused> {
    let slug = file.strip_suffix(".json").unwrap_or(&file);
    let stage = server.stages().iter().find(|stage| stage.api.vendor.slug() == slug);
    let stage = stage.ok_or_else(|| Refused(StatusCode::NOT_FOUND, format!("{file} is not a document of the sandbox")))?;
    let mut document: Value = stage.api.document.root().clone();
    document["servers"] = json!([{ "url": stage.api.mount, "description": "The sandbox" }]);
    // Where the vendor prints no code, the one that the sandbox responds with.
    for operation in &stage.api.operations {
        let responses = &mut document["paths"][&operation.template][operation.method.as_str().to_lowercase()]["responses"];
        if let Some(success) = responses.as_object_mut().and_then(|responses| responses.remove("2XX")) {
            responses[operation.success.status.as_str()] = success;
        }
    }
    Ok(axum::Json(document).into_response())
}
