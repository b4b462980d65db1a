//! Performs operations on the objects of a vendor.

mod call;
mod complete;
mod event;
mod example;
mod files;
mod filter;
mod generic;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod highlevel;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod jobs;
#[expect(clippy::unnecessary_wraps, reason = "every handler has the signature of `Handler`")]
mod leonar;
mod page;
mod plan;
mod reply;
mod respond;
mod script;
mod seed;
mod sendpilot;
mod store;
mod view;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

use self::call::Call;
pub(crate) use self::event::Event;
pub(crate) use self::example::request as request_example;
pub use self::reply::ReplyTo;
use self::script::Script;
pub(crate) use self::store::Snapshot;
use self::store::{Fields, Store};
pub(crate) use self::view::Conversation;
use crate::api::{self, Api, Content, Operation};
use crate::check::Checked;
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};
use crate::{Settings, Vendor};

/// Performs an operation and gives its response.
type Handler = fn(&mut Call<'_>) -> Result<Value, Refusal>;

/// What performs an operation that is more than its plan. A vendor without a module of its own has none.
fn handler(vendor: Vendor, operation: &str) -> Option<Handler> {
    match vendor {
        Vendor::Leonar => leonar::handler(operation),
        Vendor::SendPilot => sendpilot::handler(operation),
        vendor if vendor.is_highlevel() => highlevel::handler(operation),
        _ => None,
    }
}

/// One vendor with its objects.
#[derive(Debug)]
pub(crate) struct Stage {
    pub api: &'static Api,
    script: &'static Script,
    /// The objects to start from.
    initial: Store,
    store: Mutex<Store>,
}

impl Stage {
    /// Every vendor, with the documented objects. What follows from the documents alone is worked out once in a process.
    pub(crate) fn all(settings: &Settings) -> Result<Vec<Self>, String> {
        static SCRIPTS: OnceLock<Vec<Script>> = OnceLock::new();
        let apis = api::all()?;
        let scripts = SCRIPTS.get_or_init(|| apis.iter().map(Script::derive).collect());
        let stages = apis.iter().zip(scripts).map(|(api, script)| {
            let mut initial = Store::new(settings.capacity);
            script.seed(&mut initial);
            Self { api, script, store: Mutex::new(initial.clone()), initial }
        });
        Ok(stages.collect())
    }

    /// Forgets every object but those to start from.
    pub(crate) fn reset_to_start(&self) {
        *self.store() = self.initial.clone();
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.store().snapshot()
    }

    pub(crate) fn restore(&self, snapshot: Snapshot, settings: &Settings) {
        *self.store() = Store::restore(snapshot, settings.capacity);
    }

    /// Gives out an authorization code that is good for one token of this grant; nothing where the vendor has no OAuth.
    pub(crate) fn authorize(&self, grant: Fields) -> Option<String> {
        self.api.vendor.is_highlevel().then(|| highlevel::authorize(&mut self.store(), grant))
    }

    /// The sub-accounts that objects belong to, and the agency of the documents.
    pub(crate) fn accounts(&self) -> (Vec<String>, String) {
        highlevel::accounts(self.api, &self.store())
    }

    /// Performs an operation: the response, and what subscribers are told of.
    pub(crate) fn perform(
        &self,
        operation: &Operation,
        checked: &Checked,
        (settings, origin): (&Settings, &str),
    ) -> Result<(Reply, Vec<Event>), Refusal> {
        let (api, script) = (self.api, self.script);
        let plan = script.plan(operation);
        let mut store = self.store();
        store.set_capacity(settings.capacity);
        let mut call = Call { api, operation, script, plan, checked, settings, origin, store: &mut store, events: Vec::new() };
        generic::check_references(&mut call)?;
        let response = match handler(api.vendor, &operation.id) {
            Some(handler) => handler(&mut call)?,
            None => generic::perform(&mut call)?,
        };
        let events = call.events;
        drop(store);
        Ok((self.respond(operation, response), events))
    }

    /// Lets somebody outside the API reply in a conversation: the message, and what subscribers are told of.
    pub(crate) fn reply(&self, reply: &ReplyTo, settings: &Settings) -> Result<(Value, Vec<Event>), Refusal> {
        let (api, script) = (self.api, self.script);
        let Some(operation) = api.operation("send_message") else {
            return Err(Refusal::Internal(format!("sandbox: {} sends no messages", api.vendor)));
        };
        let (plan, checked) = (script.plan(operation), &Checked::default());
        let mut store = self.store();
        let mut call = Call { api, operation, script, plan, checked, settings, origin: "", store: &mut store, events: Vec::new() };
        reply.check(api)?;
        let message = match api.vendor {
            Vendor::Leonar => leonar::reply(&mut call, reply),
            Vendor::SendPilot => sendpilot::reply(&mut call, reply),
            vendor if vendor.is_highlevel() => highlevel::reply(&mut call, reply),
            vendor => Err(Refusal::Internal(format!("sandbox: nobody can reply at {vendor} yet"))),
        }?;
        let message = message.into_iter().filter(|(name, _)| !name.starts_with('~')).collect();
        Ok((message, call.events))
    }

    /// Takes the bytes of an upload that was initiated.
    pub(crate) fn upload(&self, id: &str, size: usize) -> bool {
        match self.store().get_mut("upload", id) {
            Some(upload) => {
                upload.insert("size".to_owned(), size.into());
                true
            }
            None => false,
        }
    }

    /// Whether the vendor gave out this credential, if it is one of those it gives out.
    pub(crate) fn accepts(&self, credential: &str) -> bool {
        !self.api.vendor.is_highlevel() || highlevel::accepts(&mut self.store(), credential)
    }

    fn respond(&self, operation: &Operation, response: Value) -> Reply {
        let body = match &operation.success.content {
            Content::Empty => ReplyBody::Empty,
            Content::Binary(media_type) => ReplyBody::Bytes { media_type: media_type.clone(), bytes: files::of(media_type) },
            Content::Json { .. } => ReplyBody::Json(respond::finish(&self.api.document, operation, self.script.plan(operation), response)),
        };
        Reply::new(operation.success.status, body)
    }

    /// The objects. A panic in another request leaves them as they are: every change is a whole one.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
