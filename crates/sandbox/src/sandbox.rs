//! [`Sandbox`]: the library's way in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reachout_messenger::Vendor;
use serde_json::Value;

use crate::clock::ClockReading;
use crate::credentials;
use crate::discovery::Announcement;
use crate::engine::ReplyTo;
use crate::fault::FaultRule;
use crate::http::listen::Listener;
use crate::log::{RecordedRequest, har};
use crate::people::{People, Reaction};
use crate::request_stream::RequestStream;
use crate::server::Server;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::state::Saver;
use crate::verify::{Expected, Verification};
use crate::webhook::{Delivery, Subscription, Webhook};

/// A running sandbox. It serves until it is dropped.
#[derive(Debug)]
#[must_use = "a sandbox ends when it is dropped"]
pub struct Sandbox {
    server: Arc<Server>,
    url: String,
    _listener: Listener,
    state: Option<Saver>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Err(error) = self.save() {
            tracing::error!(%error, "the state is not written");
        }
    }
}

impl Sandbox {
    pub(crate) fn new(server: Arc<Server>, url: String, listener: Listener, state: Option<Saver>) -> Self {
        Self { server, url, _listener: listener, state }
    }

    /// The address of the sandbox itself, such as `http://127.0.0.1:4010`: its page and, under `/_sandbox`, its controls.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL to give the vendor's client, such as `http://127.0.0.1:4010/leonar/api/v1`.
    pub fn base_url(&self, vendor: Vendor) -> String {
        format!("{}{}", self.url, self.server.simulator(vendor).api.mount)
    }

    /// A credential that the vendor accepts. So is every other that has the vendor's form, but [`refused_key`](Self::refused_key).
    pub const fn api_key(vendor: Vendor) -> &'static str {
        credentials::api_key(vendor)
    }

    /// The one credential that has the vendor's form and is always refused with 401: a revoked key, for tests.
    pub const fn refused_key(vendor: Vendor) -> &'static str {
        credentials::refused_key(vendor)
    }

    /// The requests that the vendors received, the newest last.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.log().entries().map(|entry| entry.show()).collect()
    }

    /// The requests to come, as they come.
    pub fn watch(&self) -> RequestStream {
        RequestStream::new(self.server.changes.watch())
    }

    /// Whether such requests were performed this many times, and which request of the log comes nearest where they were not. What was refused or
    /// met a fault beforehand was not performed. The error says what is wrong with the question itself.
    pub fn verify(&self, expected: &Expected, times: usize) -> Result<Verification, InvalidControl> {
        self.server.verify(expected, times).map_err(InvalidControl)
    }

    /// The log as an HTTP archive (HAR 1.2), without secrets.
    pub fn har(&self) -> Value {
        let entries: Vec<Value> = self.requests().iter().map(|request| har::entry(request, &self.base_url(request.vendor))).collect();
        har::archive(&entries)
    }

    /// Forgets the requests.
    pub fn clear_requests(&self) {
        self.server.clear_log();
    }

    /// Lets something go wrong with requests to come. The error says what is wrong with the rule itself.
    pub fn add_fault(&self, rule: FaultRule) -> Result<(), InvalidControl> {
        self.server.add_fault(rule).map(drop).map_err(InvalidControl)
    }

    /// Forgets the faults that still wait for requests.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }

    /// Delivers the events of a vendor to an address of this machine, signed as the vendor signs them.
    pub fn add_webhook(&self, webhook: Webhook) -> Result<Subscription, InvalidControl> {
        self.server.webhooks.subscribe(self.server.simulator(webhook.vendor).api, webhook).map_err(InvalidControl)
    }

    /// How the last deliveries went, the newest last.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.server.webhooks.deliveries()
    }

    /// Sends what a delivery sent once more, under the same event id.
    pub fn resend(&self, delivery: u64) -> Result<(), InvalidControl> {
        let known = self.server.webhooks.resend(delivery);
        if known { Ok(()) } else { Err(InvalidControl(format!("delivery {delivery} is not known, or not any more"))) }
    }

    /// Lets a contact or a lead write. The message as the conversation keeps it.
    pub fn reply(&self, reply: &ReplyTo) -> Result<Value, InvalidControl> {
        self.server.reply(reply).map_err(|refusal| InvalidControl(refusal.sentence(reply.vendor)))
    }

    /// Lets programs of this user find the sandbox, by [`Running::find`](crate::Running::find), until the announcement is dropped, whatever
    /// other sandboxes run. Nothing where the system has no place for it.
    pub fn announce(&self) -> io::Result<Option<Announcement>> {
        Announcement::write(&self.url)
    }

    /// The time in the sandbox, and when something happens there by itself next.
    pub fn clock(&self) -> ClockReading {
        self.server.reading()
    }

    /// Moves the sandbox's time forward to this one. What is due until then has happened, at its own time and in its order, when this returns;
    /// the webhooks that follow from it are on their way.
    pub fn set_clock(&self, time: DateTime<Utc>) -> Result<(), InvalidControl> {
        self.server.move_clock(time).map_err(InvalidControl)
    }

    /// Moves the sandbox's time forward by this duration, as [`Sandbox::set_clock`] does.
    pub fn advance(&self, duration: Duration) -> Result<(), InvalidControl> {
        let time = TimeDelta::from_std(duration).ok().and_then(|duration| self.server.clock.now().checked_add_signed(duration));
        self.set_clock(time.ok_or_else(|| InvalidControl(format!("there is no time {duration:?} from now")))?)
    }

    /// Lets time pass at another speed: [`Builder::clock_speed`](crate::Builder::clock_speed).
    pub fn set_clock_speed(&self, speed: f64) -> Result<(), InvalidControl> {
        self.server.set_clock_speed(speed).map_err(InvalidControl)
    }

    /// The people who react to messages.
    pub fn people(&self) -> People {
        self.server.cast().people.clone()
    }

    /// Lets other people react to the messages that are sent from now on. What those before them were to do still happens.
    pub fn set_people(&self, people: People) -> Result<(), InvalidControl> {
        self.server.set_people(people).map_err(InvalidControl)
    }

    /// What people did and the outcomes of messages, the first one first; of more than 100,000, the last ones.
    pub fn reactions(&self) -> Vec<Reaction> {
        self.server.cast().reactions().cloned().collect()
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.server.settings()
    }

    /// Other settings, from the next request on.
    pub fn set_settings(&self, settings: Settings) {
        self.server.set_settings(settings);
    }

    /// Writes the file of [`Builder::state_file`](crate::Builder::state_file) now. It is written a second after each change, and when the sandbox is dropped, too.
    pub fn save(&self) -> Result<(), StartError> {
        self.state.as_ref().map_or(Ok(()), |saver| saver.save(&self.server))
    }

    /// Forgets all that happened: only the documented objects and those of the seed file are left, and it is the time of the start again. The settings stay.
    pub fn reset(&self) {
        self.server.reset();
    }
}

/// A control that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidControl(pub(crate) String);
