//! [`Exchange`]: one request to a vendor and its response.

use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header, request};
use reachout_document::Strictness;
use serde_json::json;

use super::body;
use super::listen::ConnectionReset;
use crate::api::check::{self, Checked};
use crate::api::refusal::Refusal;
use crate::api::response::{Reply, ReplyBody};
use crate::api::{Api, Operation, Route};
use crate::changes::Change;
use crate::engine::Simulator;
use crate::fault::{self, Fault, FaultKind};
use crate::log::{RecordedRequest, SentResponse};
use crate::server::Server;
use crate::settings::Versions;

/// One request to a vendor.
pub(crate) struct Exchange<'a> {
    server: &'a Server,
    simulator: &'a Simulator,
    path: &'a str,
    head: request::Parts,
    body: Option<Body>,
    entry: RecordedRequest,
    started: Instant,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(server: &'a Server, simulator: &'a Simulator, path: &'a str, request: Request<Body>) -> Self {
        // What is due happens before the request.
        server.run_due();
        let (head, body) = request.into_parts();
        let entry = RecordedRequest::new(simulator.api.vendor, path, &head, server.clock.now());
        Self { server, simulator, path, head, body: Some(body), entry, started: Instant::now() }
    }

    pub(crate) async fn run(mut self) -> Response<Body> {
        let simulator = self.simulator;
        let request = format!("{} {}", self.head.method, self.path);
        let (operation, path) = match simulator.api.route(self.head.method.as_str(), self.path) {
            Route::Operation(operation, path) => (operation, path),
            Route::OtherMethod(allow) => return self.refuse(Refusal::Method { request, allow }),
            Route::Unknown => return self.refuse(Refusal::UnknownPath(request)),
        };
        self.entry.operation = Some(operation.id.to_owned());
        match self.fault(operation) {
            Ok(None) => {
                let reply = self.reply(operation, path).await;
                self.finish(reply)
            }
            Ok(Some(fault)) => self.run_faulty(operation, path, fault).await,
            Err(message) => self.finish(Reply::json(StatusCode::BAD_REQUEST, json!({ "error": format!("X-Sandbox-Fault: {message}") }))),
        }
    }

    /// The fault that this request is to meet: the one its header asks for, or one that waits for it.
    fn fault(&self, operation: &Operation) -> Result<Option<Fault>, String> {
        match self.head.headers.get("x-sandbox-fault") {
            Some(header) => fault::parse(&String::from_utf8_lossy(header.as_bytes())).map(Some),
            None => Ok(self.server.take_fault(self.simulator.api.vendor, operation.id, self.head.method.as_str(), self.path)),
        }
    }

    async fn run_faulty(mut self, operation: &Operation, path: Vec<(String, String)>, fault: Fault) -> Response<Body> {
        self.entry.fault = serde_json::to_value(&fault.kind).ok().and_then(|kind| kind["kind"].as_str().map(str::to_owned));
        let wait = Duration::from_millis(fault.latency_milliseconds.unwrap_or(0));
        let vendor = self.simulator.api.vendor;
        let document = self.simulator.api.document;
        // Where nothing is performed, the fault is the response, however the reading of the body ends.
        let reply = match fault.kind {
            FaultKind::ResetBefore => {
                tokio::time::sleep(wait).await;
                return self.reset().await;
            }
            FaultKind::Status { status, body, headers } => {
                let _ = self.read(operation, &path).await;
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut reply = Refusal::Fault(status).into_reply(vendor, false);
                match body {
                    None => {}
                    Some(serde_json::Value::String(text)) => {
                        reply.body = ReplyBody::Bytes { media_type: "text/plain".to_owned(), bytes: text.into() }
                    }
                    Some(body) => reply.body = ReplyBody::Json(body),
                }
                let headers = headers
                    .into_iter()
                    .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)));
                reply.headers.extend(headers);
                reply
            }
            FaultKind::RateLimit { retry_after } => {
                let _ = self.read(operation, &path).await;
                Refusal::RateLimited(retry_after).into_reply(vendor, false)
            }
            FaultKind::Html { status } => {
                let _ = self.read(operation, &path).await;
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                let page = format!(
                    "<html>\r\n<head><title>{status}</title></head>\r\n<body><center><h1>{status}</h1></center></body>\r\n</html>\r\n"
                );
                Reply::new(status, ReplyBody::Bytes { media_type: "text/html".to_owned(), bytes: page.into() })
            }
            FaultKind::ResetAfter => {
                self.reply(operation, path).await;
                tokio::time::sleep(wait).await;
                return self.reset().await;
            }
            FaultKind::Truncate => {
                let reply = self.reply(operation, path).await;
                tokio::time::sleep(wait).await;
                return self.truncate(reply);
            }
            FaultKind::Latency => self.reply(operation, path).await,
            FaultKind::InvalidJson => {
                let mut reply = self.reply(operation, path).await;
                let text = reply.bytes();
                // A body without its last character is never whole JSON, but for numbers, which no vendor returns.
                reply.body =
                    ReplyBody::Bytes { media_type: "application/json".to_owned(), bytes: text.slice(..text.len().saturating_sub(1)) };
                reply
            }
            kind @ (FaultKind::UnknownEnum | FaultKind::NullFields) => {
                let mut reply = self.reply(operation, path).await;
                if let (ReplyBody::Json(value), Some(content)) = (&mut reply.body, operation.response()) {
                    let rewrite = if kind == FaultKind::NullFields { fault::nulls } else { fault::unknown_values };
                    rewrite(document, content.schema, value);
                }
                reply
            }
        };
        tokio::time::sleep(wait).await;
        self.finish(reply)
    }

    /// The body, which is recorded.
    async fn read(&mut self, operation: &Operation, path: &[(String, String)]) -> Result<Bytes, Refusal> {
        let bytes = body::read(self.body.take().unwrap_or_default()).await;
        if let Ok(bytes) = &bytes {
            self.entry.record_body(bytes);
        }
        self.entry.record_contact(operation.path, path);
        bytes
    }

    /// The response, as the vendor gives it.
    async fn reply(&mut self, operation: &Operation, path: Vec<(String, String)>) -> Reply {
        let upload = operation.body.is_some_and(|body| body.content.is_multipart());
        let api = self.simulator.api;
        // A body that is never read would have to be skipped before the next request of the connection anyway.
        let bytes = self.read(operation, &path).await;
        if let Err(slow @ Refusal::TooSlow(_)) = bytes {
            return self.refusal(slow, upload);
        }
        let credential = check::credential(api, &self.head.headers).filter(|_| operation.is_authenticated());
        if operation.is_authenticated() && !credential.is_some_and(|key| check::has_form(api, key) && self.simulator.accepts(key)) {
            return self.refusal(Refusal::Credential, upload);
        }
        if credential.is_some_and(|key| !self.simulator.permits(key, operation)) {
            return self.refusal(Refusal::TokenOwner, upload);
        }
        // Counted in any case, for the meters; refused and told of only where the limits are enforced.
        let counted = credential.and_then(|key| self.server.rate_limits().count(api, key));
        let counted = counted.filter(|_| self.server.settings().rate_limits);
        let reply = match &counted {
            Some((_, true)) => Err(Refusal::RateLimited(None)),
            _ => self.perform(operation, path, bytes).await,
        };
        let mut reply = match reply {
            Ok(reply) => reply,
            Err(refusal) => self.refusal(refusal, upload),
        };
        if let Some((headers, _)) = counted {
            reply.headers.extend(headers);
        }
        reply
    }

    async fn perform(
        &mut self,
        operation: &Operation,
        path: Vec<(String, String)>,
        bytes: Result<Bytes, Refusal>,
    ) -> Result<Reply, Refusal> {
        let (api, settings, headers) = (self.simulator.api, self.server.settings(), &self.head.headers);
        let query = self.head.uri.query().unwrap_or_default();
        let parameters = check::parameters(api.document, operation, settings.versions, (headers, path, query))?;
        let others = if settings.versions == Versions::Published { self.server.other_editions(api, operation.id) } else { Vec::new() };
        let (body, files) = check::body(api.document, operation, &others, headers, bytes?).await?;
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let origin = format!("http://{host}");
        let (reply, consequences) = self.simulator.perform(operation, &Checked { parameters, body, files }, (&settings, &origin))?;
        fits(api, operation, &reply)?;
        self.server.follow(self.simulator, consequences);
        Ok(reply)
    }

    /// The response that refuses the request, for a reason that is recorded.
    fn refusal(&mut self, refusal: Refusal, upload: bool) -> Reply {
        let vendor = self.simulator.api.vendor;
        self.entry.refusal = Some(refusal.sentence(vendor));
        refusal.into_reply(vendor, upload)
    }

    fn refuse(mut self, refusal: Refusal) -> Response<Body> {
        let reply = self.refusal(refusal, false);
        self.finish(reply)
    }

    fn finish(self, reply: Reply) -> Response<Body> {
        let bytes = reply.bytes();
        let response = reply.into_response_with(bytes.clone().into());
        self.record(Some((&response, bytes)));
        response
    }

    fn record(mut self, response: Option<(&Response<Body>, Bytes)>) {
        self.entry.status = response.as_ref().map(|(response, _)| response.status().as_u16());
        self.entry.milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let sent = response.map(|(response, bytes)| SentResponse::new(response, bytes));
        let capacity = self.server.settings().log_capacity;
        let entry = self.server.log().add(self.entry, sent, capacity);
        self.server.changes.publish(Change::Request(entry));
    }

    /// Resets the connection. A router in another server cannot; there the response's body breaks off at its beginning.
    async fn reset(self) -> Response<Body> {
        let connection = self.head.extensions.get::<ConnectionReset>().cloned();
        self.record(None);
        match connection {
            Some(connection) => match connection.reset().await {},
            None => Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(broken())]))),
        }
    }

    /// The head of the response and half of its body.
    fn truncate(self, reply: Reply) -> Response<Body> {
        let bytes = reply.bytes();
        let half = bytes.slice(..bytes.len() / 2);
        let end = stream::once(async {
            // The half must be on its way before the connection ends.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(broken())
        });
        let body = Body::from_stream(stream::iter([Ok(half.clone())]).chain(end));
        let length = bytes.len();
        let mut response = reply.into_response_with(body);
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        self.record(Some((&response, half)));
        response
    }
}

fn broken() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::ConnectionReset, "a fault that was asked for")
}

/// In debug builds every response is checked against its own schema: the sandbox must not teach a client what the document does not say.
fn fits(api: &Api, operation: &Operation, reply: &Reply) -> Result<(), Refusal> {
    let (Some(content), ReplyBody::Json(value)) = (operation.response(), &reply.body) else { return Ok(()) };
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    match api.document.problems(content.schema, value, Strictness::Exact).as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Refusal::Internal(format!("sandbox: the response of {} does not fit its schema: {first}", operation.id))),
    }
}
