//! [`Server`]: everything a running sandbox knows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::engine::Stage;
use crate::exchange::Exchange;
use crate::fault::{Fault, FaultRule};
use crate::limit::Limits;
use crate::log::Log;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::webhook::Hub;
use crate::{ReplyTo, Settings, Vendor, control, guard};

/// Everything a running sandbox knows.
#[derive(Debug)]
pub(crate) struct Server {
    stages: Vec<Stage>,
    settings: RwLock<Settings>,
    log: Mutex<Log>,
    faults: Mutex<VecDeque<FaultRule>>,
    limits: Mutex<Limits>,
    /// Names of the sandbox beside those of the loopback interface.
    hosts: Vec<String>,
    pub hub: Hub,
}

/// What a panic in another request left behind is whole: no change here takes more than one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(crate) fn new(settings: Settings, hosts: Vec<String>) -> Result<Self, String> {
        Ok(Self {
            stages: Stage::all(&settings)?,
            settings: RwLock::new(settings),
            log: Mutex::default(),
            faults: Mutex::default(),
            limits: Mutex::default(),
            hosts,
            hub: Hub::default(),
        })
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        let guard = middleware::from_fn_with_state(Arc::clone(&self), guard::guard);
        control::router().fallback(simulate).with_state(self).layer(guard)
    }

    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    pub(crate) fn stages(&self) -> &[Stage] {
        &self.stages
    }

    pub(crate) fn stage(&self, vendor: Vendor) -> &Stage {
        // There is a stage for every vendor, in the same order.
        self.stages.iter().find(|stage| stage.api.vendor == vendor).unwrap_or(&self.stages[0])
    }

    /// The vendor whose mount point `path` is under, and the rest of the path.
    fn stage_at<'a>(&self, path: &'a str) -> Option<(&Stage, &'a str)> {
        let rest = |stage: &Stage| path.strip_prefix(stage.api.mount.as_str()).filter(|rest| rest.starts_with('/'));
        self.stages.iter().find_map(|stage| rest(stage).map(|rest| (stage, rest)))
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, VecDeque<FaultRule>> {
        lock(&self.faults)
    }

    pub(crate) fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }

    /// The first fault that waits for such a request. It counts as met.
    pub(crate) fn take_fault(&self, vendor: Vendor, operation: &str, method: &str, path: &str) -> Option<Fault> {
        let mut faults = self.faults();
        let place = faults.iter().position(|rule| rule.meets(vendor, operation, method, path))?;
        let rule = faults.get_mut(place)?;
        rule.times = rule.times.saturating_sub(1);
        let fault = rule.fault.clone();
        if rule.times == 0 {
            faults.remove(place);
        }
        Some(fault)
    }

    /// Lets somebody outside the API reply in a conversation.
    pub(crate) fn reply(&self, reply: &ReplyTo) -> Result<Value, Refusal> {
        let stage = self.stage(reply.vendor);
        let (message, events) = stage.reply(reply, &self.settings())?;
        self.hub.announce(stage.api, events);
        Ok(message)
    }

    /// As it was at the start. The settings stay.
    pub(crate) fn reset(&self) {
        let settings = self.settings();
        self.stages.iter().for_each(|stage| stage.reset(&settings));
        self.log().clear();
        self.faults().clear();
        *self.limits() = Limits::default();
        self.hub.clear();
    }
}

/// Responds to what is neither a page nor a control of the sandbox: a vendor's operation, or nothing.
async fn simulate(State(server): State<Arc<Server>>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    match server.stage_at(&path) {
        Some((stage, path)) => Exchange::new(&server, stage, path, request).run().await,
        None => {
            let mounts: Vec<&str> = server.stages.iter().map(|stage| stage.api.mount.as_str()).collect();
            let message = format!("Nothing is served at {path}; the vendors are at {}", mounts.join(", "));
            Reply::json(StatusCode::NOT_FOUND, json!({ "error": message })).into_response()
        }
    }
}
