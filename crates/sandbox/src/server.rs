//! [`Server`]: from a request to its answer.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use reachout_schema::problems;
use serde_json::json;

use crate::Vendor;
use crate::api::{self, Content, Operation, Route};
use crate::check::{self, Checked};
use crate::engine::Stage;
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};
use crate::settings::Settings;

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 10 << 20;

/// Everything a running sandbox knows.
#[derive(Debug)]
pub(crate) struct Server {
    stages: Vec<Stage>,
    settings: RwLock<Settings>,
}

impl Server {
    pub(crate) fn new(settings: Settings) -> Result<Self, String> {
        Ok(Self { stages: Stage::all(&settings)?, settings: RwLock::new(settings) })
    }

    pub(crate) fn mount(&self, vendor: Vendor) -> &'static str {
        self.stages.iter().find(|stage| stage.api.vendor == vendor).map_or("", |stage| stage.api.mount.as_str())
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(vendor).with_state(self)
    }

    /// The vendor whose mount point `path` is under, and the rest of the path.
    fn stage<'a>(&self, path: &'a str) -> Option<(&Stage, &'a str)> {
        let rest = |stage: &Stage| path.strip_prefix(stage.api.mount.as_str()).filter(|rest| rest.starts_with('/'));
        self.stages.iter().find_map(|stage| rest(stage).map(|rest| (stage, rest)))
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(&self, stage: &Stage, request: Request<Body>, path: &str) -> Reply {
        let api = stage.api;
        let said = format!("{} {path}", request.method());
        let (operation, path) = match api.route(request.method(), path) {
            Route::Operation(operation, parameters) => (operation, parameters),
            Route::OtherMethod(allow) => return Refusal::Method { request: said, allow }.into_reply(api.vendor, false),
            Route::Unknown => return Refusal::UnknownPath(said).into_reply(api.vendor, false),
        };
        let upload = operation.body.as_ref().is_some_and(|body| body.media == api::MediaType::Multipart);
        match self.perform(stage, operation, path, request).await {
            Ok(reply) => reply,
            Err(refusal) => refusal.into_reply(api.vendor, upload),
        }
    }

    async fn perform(
        &self,
        stage: &Stage,
        operation: &Operation,
        path: Vec<(String, String)>,
        request: Request<Body>,
    ) -> Result<Reply, Refusal> {
        let (api, settings) = (stage.api, self.settings());
        let (head, body) = request.into_parts();
        if operation.credential.is_some()
            && !check::credential(operation, &head.headers).is_some_and(|key| check::has_form(api, key) && stage.accepts(key))
        {
            return Err(Refusal::Credential);
        }
        let host = head.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let origin = format!("http://{host}");
        let query = head.uri.query().unwrap_or_default();
        let parameters = check::parameters(&api.document, operation, settings.versions, (&head.headers, path, query))?;
        let bytes = Limited::new(body, BODY_LIMIT).collect().await.map_err(|_| Refusal::TooLarge(BODY_LIMIT))?.to_bytes();
        let (body, files) = check::body(&api.document, operation, &head.headers, bytes).await?;
        let (reply, _events) = stage.perform(operation, &Checked { parameters, body, files }, (&settings, &origin))?;
        fits(operation, &reply).map(|()| reply)
    }
}

/// In debug builds every response is checked against its own schema: the sandbox must not teach a client what the document does not say.
fn fits(operation: &Operation, reply: &Reply) -> Result<(), Refusal> {
    let (Content::Json { validator, .. }, ReplyBody::Json(value)) = (&operation.success.content, &reply.body) else { return Ok(()) };
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    match problems(validator, value).as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Refusal::Internal(format!("sandbox: the response of {} does not fit its schema: {first}", operation.id))),
    }
}

async fn vendor(State(server): State<Arc<Server>>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let reply = match server.stage(&path) {
        Some((stage, path)) => server.answer(stage, request, path).await,
        None => {
            let mounts: Vec<&str> = server.stages.iter().map(|stage| stage.api.mount.as_str()).collect();
            let message = format!("Nothing is served at {path}; the vendors are at {}", mounts.join(", "));
            Reply::json(StatusCode::NOT_FOUND, json!({ "error": message }))
        }
    };
    reply.into_response()
}
