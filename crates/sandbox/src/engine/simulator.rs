//! [`Simulator`]: one vendor with its objects.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use http::StatusCode;
use reachout_messenger::Vendor;
use reachout_runtime::Token;
use serde_json::Value;

use super::call::Call;
use super::handlers::handler;
use super::model::Model;
use super::outcome::Consequences;
use super::reply::ReplyTo;
use super::store::{Fields, Snapshot, Store};
use super::{files, generic, highlevel, leonar, respond, sendpilot};
use crate::api::check::Checked;
use crate::api::refusal::Refusal;
use crate::api::response::{Reply, ReplyBody};
use crate::api::{self, Api, Operation};
use crate::clock::Clock;
use crate::parallel;
use crate::settings::Settings;

/// One vendor with its objects.
#[derive(Debug)]
pub(crate) struct Simulator {
    pub api: &'static Api,
    pub(super) model: &'static Model,
    /// The objects to start from.
    pub(super) initial: Store,
    store: Mutex<Store>,
    clock: Clock,
}

impl Simulator {
    /// Every vendor, with the documented objects. What follows from the documents alone is worked out once in a process.
    pub(crate) fn all(settings: &Settings, clock: &Clock) -> Result<Vec<Self>, String> {
        static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
        let apis = api::all()?;
        let models = MODELS.get_or_init(|| parallel::map(apis, Model::derive));
        let simulators = apis.iter().zip(models).map(|(api, model)| {
            let mut initial = Store::new(settings.capacity, clock.clone());
            model.seed(&mut initial);
            Self { api, model, store: Mutex::new(initial.clone()), initial, clock: clock.clone() }
        });
        Ok(simulators.collect())
    }

    /// Forgets every object but those to start from.
    pub(crate) fn reset_to_start(&self) {
        *self.store() = self.initial.clone();
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.store().snapshot()
    }

    pub(crate) fn restore(&self, snapshot: Snapshot, capacity: usize) {
        *self.store() = Store::restore(snapshot, capacity, self.clock.clone());
    }

    /// Gives out an authorization code that is good for one token of this grant; nothing where the vendor has no OAuth.
    pub(crate) fn authorize(&self, grant: Fields) -> Option<String> {
        self.api.is_highlevel().then(|| highlevel::authorize(&mut self.store(), grant))
    }

    /// The sub-accounts that objects belong to, and the agency of the documents.
    pub(crate) fn accounts(&self) -> (Vec<String>, String) {
        highlevel::accounts(self.api, &self.store())
    }

    /// Performs an operation: the response, and what follows from it.
    pub(crate) fn perform(
        &self,
        operation: &Operation,
        checked: &Checked,
        (settings, origin): (&Settings, &str),
    ) -> Result<(Reply, Consequences), Refusal> {
        let (api, model) = (self.api, self.model);
        let plan = model.plan(operation);
        let mut store = self.store();
        store.set_capacity(settings.capacity);
        let mut call =
            Call { api, operation, model, plan, checked, settings, origin, store: &mut store, events: Vec::new(), sent: Vec::new() };
        generic::check_references(&mut call)?;
        let response = match handler(api.vendor, operation.id) {
            Some(handler) => handler(&mut call)?,
            None => generic::perform(&mut call)?,
        };
        let consequences = Consequences { events: call.events, sent: call.sent };
        drop(store);
        Ok((self.respond(operation, response), consequences))
    }

    /// Lets somebody outside the API reply in a conversation: the message, and what follows from it.
    pub(crate) fn reply(&self, reply: &ReplyTo, settings: &Settings) -> Result<(Value, Consequences), Refusal> {
        reply.check(self.api)?;
        let (message, consequences) = self.outside(settings, |call| match self.api.vendor.platform() {
            Vendor::Leonar => leonar::reply(call, reply),
            Vendor::SendPilot => sendpilot::reply(call, reply),
            Vendor::HighLevel => highlevel::reply(call, reply),
            vendor => Err(Refusal::Internal(format!("sandbox: nobody can reply at {vendor} yet"))),
        })?;
        Ok((message.into_iter().filter(|(name, _)| !name.starts_with('~')).collect(), consequences))
    }

    /// Does something that no request asked for, with what an operation has at hand.
    pub(super) fn outside<T>(
        &self,
        settings: &Settings,
        act: impl FnOnce(&mut Call<'_>) -> Result<T, Refusal>,
    ) -> Result<(T, Consequences), Refusal> {
        let (api, model) = (self.api, self.model);
        let Some(operation) = api.operation("send_message") else {
            return Err(Refusal::Internal(format!("sandbox: {} sends no messages", api.vendor)));
        };
        let (plan, checked) = (model.plan(operation), &Checked::default());
        let mut store = self.store();
        let (events, sent) = (Vec::new(), Vec::new());
        let mut call = Call { api, operation, model, plan, checked, settings, origin: "", store: &mut store, events, sent };
        let result = act(&mut call)?;
        Ok((result, Consequences { events: call.events, sent: call.sent }))
    }

    /// Takes the bytes of an upload that was initiated.
    pub(crate) fn upload(&self, id: &str, size: usize) -> bool {
        self.store().update("upload", id, |upload| upload.insert("size".to_owned(), size.into())).is_some()
    }

    /// Whether the vendor gave out this credential, if it is one of those it gives out.
    pub(crate) fn accepts(&self, credential: &str) -> bool {
        !self.api.is_highlevel() || highlevel::accepts(&mut self.store(), credential)
    }

    /// Whether the operation takes a token of this owner. What the sandbox did not give out is taken for either.
    pub(crate) fn permits(&self, credential: &str, operation: &Operation) -> bool {
        let takes = self.api.route_of(operation).and_then(|route| route.token);
        let Some(takes) = takes.filter(|takes| *takes != Token::Any && self.api.is_highlevel()) else {
            return true;
        };
        highlevel::token_owner(&self.store(), credential).is_none_or(|owner| owner == takes)
    }

    fn respond(&self, operation: &Operation, response: Value) -> Reply {
        let body = match operation.success.and_then(|success| success.content) {
            None => ReplyBody::Empty,
            Some(file) if !file.is_json() => ReplyBody::Bytes { media_type: file.media_type.to_owned(), bytes: files::of(file.media_type) },
            Some(_) => ReplyBody::Json(respond::finish(self.api.document, operation, self.model.plan(operation), response)),
        };
        let status = operation.success.and_then(|success| StatusCode::from_u16(success.code()).ok()).unwrap_or_default();
        Reply::new(status, body)
    }

    /// The objects. A panic in another request leaves them as they are: every change is a whole one.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
