//! What happens as time passes: what follows from requests, what is planned, and what is due.

use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use super::{Server, lock};
use crate::api::Api;
use crate::changes::Topic;
use crate::clock::{Clock, rfc3339};
use crate::engine::{Consequences, Event, Outcome, SentMessage, Simulator};
use crate::schedule::Planned;

impl Server {
    /// Lets happen what follows from a request: subscribers get events, and people get their messages.
    pub(crate) fn follow(&self, simulator: &Simulator, consequences: Consequences) {
        let vendor = simulator.api.vendor;
        let (later, now): (Vec<Event>, Vec<Event>) = consequences.events.into_iter().partition(|event| !event.after.is_zero());
        self.announce(simulator.api, now);
        for event in later {
            self.plan(event.after, Planned::Event(vendor, event));
        }
        for message in consequences.sent {
            if let Some(time) = message.scheduled {
                let wait = (time - self.clock.now()).to_std().unwrap_or_default();
                self.plan(wait, Planned::Outcome(Box::new(message), Outcome::Sent));
                continue;
            }
            let outcomes = self.cast().receive(&message);
            for (after, outcome) in outcomes {
                self.plan(after, Planned::Outcome(Box::new(message.clone()), outcome));
            }
        }
    }

    /// Tells subscribers of what happened, as late and as often as people's webhooks are delivered.
    pub(super) fn announce(&self, api: &Api, events: Vec<Event>) {
        let later = self.webhooks.announce(api, events, || self.cast().deliveries());
        for (delay, post) in later {
            self.plan(delay, Planned::Delivery(post));
        }
    }

    fn plan(&self, after: Duration, planned: Planned) {
        let after = TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX);
        let time = self.clock.now().checked_add_signed(after).unwrap_or(DateTime::<Utc>::MAX_UTC);
        lock(&self.schedule).add(time, planned);
        self.planned.notify_one();
    }

    /// Performs what is due.
    pub(crate) fn run_due(&self) {
        let is_due = |next: DateTime<Utc>| next <= self.clock.now();
        if !lock(&self.schedule).next().is_some_and(is_due) {
            return;
        }
        let _order = lock(&self.stepping);
        while let Some((_, planned)) = self.take_due(self.clock.now()) {
            self.perform(planned);
        }
    }

    /// Moves the clock forward. What is due until then happens at its own time and in its order. The error is a sentence.
    pub(crate) fn move_clock(&self, time: DateTime<Utc>) -> Result<(), String> {
        let _order = lock(&self.stepping);
        let now = self.clock.now();
        if time < now {
            let (time, now) = (rfc3339(time), rfc3339(now));
            return Err(format!("{time} is before the sandbox's time, {now}, which only moves forward; start it with `--clock {time}`"));
        }
        while let Some((due, planned)) = self.take_due(time) {
            self.clock.forward(due);
            self.perform(planned);
        }
        self.clock.forward(time);
        self.changes.changed(Topic::Clock);
        Ok(())
    }

    /// Lets time pass at another speed. The error is a sentence.
    pub(crate) fn set_clock_speed(&self, speed: f64) -> Result<(), String> {
        self.clock.set_speed(speed)?;
        self.changes.changed(Topic::Clock);
        Ok(())
    }

    fn take_due(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Planned)> {
        lock(&self.schedule).take_due(now)
    }

    fn perform(&self, planned: Planned) {
        match planned {
            Planned::Event(vendor, event) => self.announce(self.simulator(vendor).api, vec![event]),
            Planned::Delivery(post) => self.webhooks.send(post),
            Planned::Outcome(message, outcome) => self.react(&message, outcome),
        }
    }

    fn react(&self, message: &SentMessage, outcome: Outcome) {
        let simulator = self.simulator(message.vendor);
        match simulator.react(message, &outcome, &self.settings()) {
            Ok(consequences) => {
                self.cast().remember(self.clock.now(), message, outcome);
                self.follow(simulator, consequences);
                self.changes.changed(Topic::Objects);
            }
            // Its contact or its conversation was deleted meanwhile.
            Err(refusal) => tracing::debug!(reason = refusal.sentence(message.vendor), "nobody reacts to a message"),
        }
    }

    /// Performs what is due as time passes, where there is a runtime for it; otherwise it is performed before the next request.
    pub(crate) fn drive(self: &Arc<Self>) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (clock, planned) = (self.clock.clone(), Arc::clone(&self.planned));
            lock(&self.driver).spawn_on(drive(Arc::downgrade(self), clock, planned), &runtime);
        }
    }
}

async fn drive(server: Weak<Server>, clock: Clock, planned: Arc<Notify>) {
    loop {
        let Some(next) = server.upgrade().map(|server| server.reading().next) else { return };
        match next {
            Some(next) => tokio::select! {
                () = clock.reach(next) => {}
                () = planned.notified() => continue,
            },
            None => {
                planned.notified().await;
                continue;
            }
        }
        let Some(server) = server.upgrade() else { return };
        server.run_due();
    }
}
