//! The sandbox as one router: the guard, the controls with their pages, and the vendors.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware;
use http::{Request, Response, StatusCode};
use reachout_dashboard::{Access, Guard};
use serde_json::json;

use crate::api::response::Reply;
use crate::control;
use crate::http::exchange::Exchange;
use crate::http::guard::guard;
use crate::server::Server;

pub(crate) fn router(server: Arc<Server>, access: Access) -> Router {
    let guard = middleware::from_fn_with_state(Arc::new(Guard { name: "the sandbox", access, is_page: control::is_page }), guard);
    control::router().fallback(simulate).with_state(server).layer(guard)
}

/// Responds to what is neither a page nor a control of the sandbox: a vendor's operation, or nothing.
async fn simulate(State(server): State<Arc<Server>>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match server.simulator_at(&path) {
        Some((simulator, path)) => Exchange::new(&server, simulator, path, request).run().await,
        None => {
            let mounts: Vec<&str> = server.simulators().iter().map(|simulator| simulator.api.mount.as_str()).collect();
            let message = format!("Nothing is served at {path}; the vendors are at {}", mounts.join(", "));
            Reply::json(StatusCode::NOT_FOUND, json!({ "error": message })).into_response()
        }
    }
}
