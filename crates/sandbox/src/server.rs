//! [`Server`]: everything a running sandbox knows.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::engine::{Event, Stage};
use crate::exchange::Exchange;
use crate::fault::{self, Fault, FaultRule, Waiting, WaitingRule};
use crate::guard::Access;
use crate::limit::Limits;
use crate::log::Log;
use crate::news::{Item, News, Topic};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::webhook::Hub;
use crate::{ReplyTo, Settings, StartError, Vendor, api, control, guard, state};

/// Everything a running sandbox knows.
#[derive(Debug)]
pub(crate) struct Server {
    stages: Vec<Stage>,
    settings: RwLock<Settings>,
    log: Mutex<Log>,
    faults: Mutex<Waiting>,
    limits: Mutex<Limits>,
    access: Access,
    pub hub: Hub,
    pub news: News,
}

/// What a panic in another request left behind is whole: no change here takes more than one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(crate) fn new(settings: Settings, access: Access, seed: Option<&Path>) -> Result<Self, StartError> {
        let mut stages = Stage::all(&settings).map_err(StartError::Document)?;
        if let Some(path) = seed {
            state::seed(&mut stages, path)?;
        }
        let news = News::default();
        Ok(Self {
            stages,
            settings: RwLock::new(settings),
            log: Mutex::default(),
            faults: Mutex::default(),
            limits: Mutex::default(),
            access,
            hub: Hub::new(news.clone()),
            news,
        })
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        let guard = middleware::from_fn_with_state(Arc::clone(&self), guard::guard);
        control::router().fallback(simulate).with_state(self).layer(guard)
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
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
        self.news.changed(Topic::Settings);
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Waiting> {
        lock(&self.faults)
    }

    pub(crate) fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }

    /// The first fault that waits for such a request. It counts as met.
    pub(crate) fn take_fault(&self, vendor: Vendor, operation: &str, method: &str, path: &str) -> Option<Fault> {
        self.faults().take(vendor, operation, method, path)
    }

    /// Lets something go wrong with requests to come. The error names the field.
    pub(crate) fn add_fault(&self, rule: FaultRule) -> Result<WaitingRule, String> {
        rule.check()?;
        fault::operations(api::all()?, &rule.requests)?;
        let waiting = self.faults().add(rule);
        self.news.changed(Topic::Faults);
        Ok(waiting)
    }

    pub(crate) fn clear_faults(&self) {
        self.faults().clear();
        self.news.changed(Topic::Faults);
    }

    pub(crate) fn clear_log(&self) {
        self.log().clear();
        self.news.tell(Item::Cleared);
    }

    /// Lets somebody outside the API reply in a conversation.
    pub(crate) fn reply(&self, reply: &ReplyTo) -> Result<Value, Refusal> {
        let stage = self.stage(reply.vendor);
        let (message, events) = stage.reply(reply, &self.settings())?;
        self.hub.announce(stage.api, events);
        self.news.changed(Topic::Objects);
        Ok(message)
    }

    /// Gives an app a code for a grant, and tells subscribers that it is installed; nothing where the vendor has no OAuth.
    pub(crate) fn authorize(&self, stage: &Stage, grant: Map<String, Value>) -> Option<String> {
        let mut install: Map<String, Value> =
            ["locationId", "companyId"].into_iter().filter_map(|name| Some((name.to_owned(), grant.get(name)?.clone()))).collect();
        install.insert("appId".to_owned(), grant.get("clientId").cloned().unwrap_or_default());
        install.insert("installType".to_owned(), grant.get("userType").cloned().unwrap_or_default());
        let code = stage.authorize(grant)?;
        self.hub.announce(stage.api, vec![Event::new("INSTALL", install)]);
        self.news.changed(Topic::Objects);
        Some(code)
    }

    /// As it was at the start. The settings stay.
    pub(crate) fn reset(&self) {
        self.stages.iter().for_each(Stage::reset_to_start);
        self.clear_log();
        self.clear_faults();
        *self.limits() = Limits::default();
        self.hub.clear();
        self.news.changed(Topic::Objects);
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
