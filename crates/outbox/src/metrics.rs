//! [`Gauges`]: what an outbox holds, for whatever meter provider the program has set. `docs/telemetry.md` names all metrics.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use opentelemetry::metrics::{Counter, Gauge, Meter};
use opentelemetry::{KeyValue, global};

use crate::{Error, Event, Filter, Outbox, State};

/// How many messages whose result is unknown are looked at for the oldest: those that were queued first.
const LOOKED_AT: u32 = 100;

/// What an outbox holds, read each time it is [recorded](Self::record).
#[derive(Debug)]
pub struct Gauges {
    outbox: Outbox,
    messages: Gauge<u64>,
    paused: Gauge<u64>,
    oldest_due: Gauge<f64>,
    oldest_unknown: Gauge<f64>,
}

impl Gauges {
    /// The gauges of an outbox. Set the meter provider before.
    pub fn new(outbox: &Outbox) -> Self {
        let meter = meter();
        Self {
            outbox: outbox.clone(),
            messages: meter.u64_gauge("reachout.outbox.messages").with_unit("{message}").with_description("Messages in a state").build(),
            paused: meter
                .u64_gauge("reachout.outbox.accounts.paused")
                .with_unit("{account}")
                .with_description("Accounts that are paused, with queued messages or without")
                .build(),
            oldest_due: age(&meter, "reachout.outbox.oldest_due.age", "For how long the message that is due first could have been sent"),
            oldest_unknown: age(&meter, "reachout.outbox.oldest_unknown.age", "For how long it is not known whether a message was sent"),
        }
    }

    /// Reads the outbox and records what it holds.
    pub async fn record(&self) -> Result<(), Error> {
        let status = self.outbox.status().await?;
        let unknown = self.outbox.list(&Filter::all().state(State::Unknown), 0, LOOKED_AT).await?;
        for state in State::ALL {
            self.messages.record(status.count(state), &[KeyValue::new("reachout.outbox.state", state.name())]);
        }
        let vendors = crate::Vendor::ALL.into_iter().filter(|vendor| status.accounts.iter().any(|account| account.vendor == *vendor));
        for vendor in vendors {
            let paused = status.accounts.iter().filter(|account| account.vendor == vendor && account.paused).count();
            self.paused.record(paused as u64, &[KeyValue::new("reachout.vendor", vendor.id())]);
        }
        let now = Utc::now();
        self.oldest_due.record(seconds(status.next_due_at, now), &[]);
        self.oldest_unknown.record(seconds(unknown.iter().map(|entry| entry.changed_at).min(), now), &[]);
        Ok(())
    }
}

fn age(meter: &Meter, name: &'static str, description: &'static str) -> Gauge<f64> {
    meter.f64_gauge(name).with_unit("s").with_description(description).build()
}

/// 0 where there is none, or not yet.
fn seconds(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    since.and_then(|since| (now - since).to_std().ok()).map_or(0.0, |age| age.as_secs_f64())
}

struct Counters {
    settled: Counter<u64>,
    requeued: Counter<u64>,
    leases_lost: Counter<u64>,
}

/// Made with the first event, by the provider that is set then.
static COUNTERS: LazyLock<Counters> = LazyLock::new(|| {
    let meter = meter();
    let counter = |name: &'static str, unit: &'static str, description: &'static str| {
        meter.u64_counter(name).with_unit(unit).with_description(description).build()
    };
    Counters {
        settled: counter("reachout.outbox.settled", "{message}", "Messages that came to an end in this process"),
        requeued: counter("reachout.outbox.requeued", "{attempt}", "Attempts that failed and are repeated later"),
        leases_lost: counter("reachout.outbox.leases.lost", "{lease}", "Leases of this process that ended before they were extended"),
    }
});

fn meter() -> Meter {
    global::meter("reachout-outbox")
}

pub(crate) fn event(event: &Event) {
    let coded = |code: &str| KeyValue::new("reachout.outbox.code", code.to_owned());
    match event {
        Event::Settled { state, code, .. } => {
            let attributes: Vec<_> =
                [KeyValue::new("reachout.outbox.state", state.name())].into_iter().chain(code.as_deref().map(coded)).collect();
            COUNTERS.settled.add(1, &attributes);
        }
        Event::Requeued { code, .. } => COUNTERS.requeued.add(1, &[coded(code)]),
        Event::Waiting { .. }
        | Event::Paused { .. }
        | Event::CampaignPaused { .. }
        | Event::DatabaseFailed { .. }
        | Event::DatabaseBack => {}
    }
}

pub(crate) fn lease_lost() {
    COUNTERS.leases_lost.add(1, &[]);
}
