//! [`Server`]: the state of a running sandbox.

mod course;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use reachout_document::Document;
use reachout_messenger::Vendor;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::api::refusal::Refusal;
use crate::api::{Api, Operation};
use crate::changes::{Change, Changes, Topic};
use crate::clock::{Clock, ClockReading};
use crate::engine::{Event, ReplyTo, Simulator};
use crate::fault::{self, Fault, FaultQueue, FaultRule, QueuedFault};
use crate::log::Log;
use crate::people::{Cast, People};
use crate::rate_limit::RateLimits;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::verify::{Expected, Verification};
use crate::webhook::Dispatcher;

/// The state of a running sandbox.
#[derive(Debug)]
pub(crate) struct Server {
    simulators: Vec<Simulator>,
    settings: RwLock<Settings>,
    log: Mutex<Log>,
    faults: Mutex<FaultQueue>,
    rate_limits: Mutex<RateLimits>,
    cast: Mutex<Cast>,
    schedule: Mutex<Schedule>,
    /// Held by whoever performs what is due, so that it happens in its order.
    stepping: Mutex<()>,
    /// Something was planned.
    planned: Arc<Notify>,
    /// The task that performs what is due as time passes; it ends with the server.
    driver: Mutex<JoinSet<()>>,
    pub clock: Clock,
    pub webhooks: Dispatcher,
    pub changes: Changes,
}

/// What a panic in another request left behind is whole: no change here takes more than one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(crate) fn new(settings: Settings, simulators: Vec<Simulator>, clock: Clock) -> Self {
        let changes = Changes::default();
        Self {
            simulators,
            settings: RwLock::new(settings),
            log: Mutex::default(),
            faults: Mutex::default(),
            rate_limits: Mutex::default(),
            cast: Mutex::default(),
            schedule: Mutex::default(),
            stepping: Mutex::default(),
            planned: Arc::default(),
            driver: Mutex::default(),
            webhooks: Dispatcher::new(changes.clone(), clock.clone()),
            clock,
            changes,
        }
    }

    pub(crate) fn simulators(&self) -> &[Simulator] {
        &self.simulators
    }

    pub(crate) fn simulator(&self, vendor: Vendor) -> &Simulator {
        // There is a simulator for every vendor, in the same order.
        self.simulators.iter().find(|simulator| simulator.api.vendor == vendor).unwrap_or(&self.simulators[0])
    }

    /// The operation as the other editions of the same platform document it.
    pub(crate) fn other_editions(&self, api: &Api, operation: &str) -> Vec<(&Document, &Operation)> {
        let others = self.simulators.iter().map(|simulator| simulator.api);
        let others = others.filter(|other| api.is_highlevel() && other.is_highlevel() && other.vendor != api.vendor);
        others.filter_map(|other| Some((other.document, other.operation(operation)?))).collect()
    }

    /// The vendor whose mount point `path` is under, and the rest of the path.
    pub(crate) fn simulator_at<'a>(&self, path: &'a str) -> Option<(&Simulator, &'a str)> {
        let rest = |simulator: &Simulator| path.strip_prefix(simulator.api.mount.as_str()).filter(|rest| rest.starts_with('/'));
        self.simulators.iter().find_map(|simulator| rest(simulator).map(|rest| (simulator, rest)))
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        self.changes.changed(Topic::Settings);
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultQueue> {
        lock(&self.faults)
    }

    pub(crate) fn rate_limits(&self) -> MutexGuard<'_, RateLimits> {
        lock(&self.rate_limits)
    }

    /// The first fault that waits for such a request. It counts as met.
    pub(crate) fn take_fault(&self, vendor: Vendor, operation: &str, method: &str, path: &str) -> Option<Fault> {
        self.faults().take(vendor, operation, method, path)
    }

    /// Lets something go wrong with requests to come. The error names the field.
    pub(crate) fn add_fault(&self, rule: FaultRule) -> Result<QueuedFault, String> {
        self.check_fault(&rule)?;
        let queued = self.faults().add(rule);
        self.changes.changed(Topic::Faults);
        Ok(queued)
    }

    /// What is wrong with a rule, with the field.
    pub(crate) fn check_fault(&self, rule: &FaultRule) -> Result<(), String> {
        rule.check()?;
        fault::operations(self.simulators.iter().map(|simulator| simulator.api), &rule.requests).map(drop)
    }

    /// Lets these faults wait instead of those that did.
    pub(crate) fn replace_faults(&self, rules: Vec<FaultRule>) {
        let mut faults = self.faults();
        faults.clear();
        for rule in rules {
            faults.add(rule);
        }
        drop(faults);
        self.changes.changed(Topic::Faults);
    }

    pub(crate) fn clear_faults(&self) {
        self.faults().clear();
        self.changes.changed(Topic::Faults);
    }

    pub(crate) fn clear_log(&self) {
        self.log().clear();
        self.changes.publish(Change::Cleared);
    }

    /// Whether requests were performed this many times. The error names the field.
    pub(crate) fn verify(&self, expected: &Expected, times: usize) -> Result<Verification, String> {
        fault::operations(self.simulators.iter().map(|simulator| simulator.api), &expected.operations())?;
        let entries: Vec<_> = self.log().entries().cloned().collect();
        Ok(Verification::of(expected, times, entries.iter().map(|entry| entry.request())))
    }

    /// Lets somebody outside the API reply in a conversation.
    pub(crate) fn reply(&self, reply: &ReplyTo) -> Result<Value, Refusal> {
        let simulator = self.simulator(reply.vendor);
        let (message, consequences) = simulator.reply(reply, &self.settings())?;
        self.follow(simulator, consequences);
        self.changes.changed(Topic::Objects);
        Ok(message)
    }

    /// Gives an app a code for a grant, and tells subscribers that it is installed; nothing where the vendor has no OAuth.
    pub(crate) fn authorize(&self, simulator: &Simulator, grant: Map<String, Value>) -> Option<String> {
        let mut install: Map<String, Value> =
            ["locationId", "companyId"].into_iter().filter_map(|name| Some((name.to_owned(), grant.get(name)?.clone()))).collect();
        install.insert("appId".to_owned(), grant.get("clientId").cloned().unwrap_or_default());
        install.insert("installType".to_owned(), grant.get("userType").cloned().unwrap_or_default());
        let code = simulator.authorize(grant)?;
        self.announce(simulator.api, vec![Event::new("INSTALL", install)]);
        self.changes.changed(Topic::Objects);
        Some(code)
    }

    /// The scripted people.
    pub(crate) fn cast(&self) -> MutexGuard<'_, Cast> {
        lock(&self.cast)
    }

    /// Lets other people get the messages from now on. The error names the field.
    pub(crate) fn set_people(&self, people: People) -> Result<(), String> {
        people.check()?;
        *self.cast() = Cast::new(people);
        Ok(())
    }

    /// The time, and when something happens next.
    pub(crate) fn reading(&self) -> ClockReading {
        ClockReading { now: self.clock.now(), speed: self.clock.speed(), next: lock(&self.schedule).next() }
    }

    /// As it was at the start. The settings stay.
    pub(crate) fn reset(&self) {
        let _order = lock(&self.stepping);
        lock(&self.schedule).clear();
        let mut cast = self.cast();
        *cast = Cast::new(cast.people.clone());
        drop(cast);
        self.clock.reset();
        self.simulators.iter().for_each(Simulator::reset_to_start);
        self.clear_log();
        self.clear_faults();
        *self.rate_limits() = RateLimits::default();
        self.webhooks.clear();
        self.changes.changed(Topic::Objects);
    }
}
