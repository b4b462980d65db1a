//! Random histories of one person, for what must hold in all of them.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reachout_outbox::{Filter, Outbox, Resolution, Sent, Signal, SignalKind, State, Vendor};

use super::{Outcome, Scripted, TestClock, check_deliveries, person, sequence, world};
use crate::database::Database;

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A number of hours pass.
    Hours(u8),
    /// The workers run, and the vendor does this.
    Run(Outcome),
    Signal(SignalKind),
    /// The vendor shows a reply of which no webhook comes.
    Seen,
    Withdraw,
    Pause,
    Resume,
    Suppress,
    /// What is unknown is found at the vendor, where it is.
    Settle,
    /// What was refused, or withdrawn, is queued again by a person.
    Retry(State),
    /// A process ends, and another goes on.
    Reopen,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let outcome =
        prop_oneof![6 => Just(Outcome::Accepted), 1 => Just(Outcome::Rejected), 1 => Just(Outcome::Failed), 1 => Just(Outcome::Unknown)];
    let event = prop_oneof![
        8 => (1_u8..60).prop_map(Event::Hours),
        12 => outcome.prop_map(Event::Run),
        1 => prop_oneof![Just(SignalKind::Replied), Just(SignalKind::Bounced), Just(SignalKind::Unsubscribed)].prop_map(Event::Signal),
        1 => Just(Event::Seen),
        1 => Just(Event::Withdraw),
        1 => Just(Event::Pause),
        2 => Just(Event::Resume),
        1 => Just(Event::Suppress),
        2 => Just(Event::Settle),
        1 => prop_oneof![Just(State::Rejected), Just(State::Failed)].prop_map(Event::Retry),
        1 => Just(Event::Reopen),
    ];
    prop::collection::vec(event, 1..40)
}

/// A person's history, as far as it can be judged.
struct History {
    database: Database,
    outbox: Outbox,
    clock: TestClock,
    vendor: Scripted,
    /// Since when nothing may be sent: how much the vendor had then.
    ended: Option<usize>,
    paused: bool,
}

impl History {
    async fn begin() -> Self {
        let database = Database::sqlite();
        let (outbox, clock, vendor) = world(&database).await;
        outbox.add_people(&sequence("spring"), [person("ada")], false).await.unwrap();
        Self { database, outbox, clock, vendor, ended: None, paused: false }
    }

    fn end(&mut self) {
        let count = self.vendor.texts().len();
        self.ended.get_or_insert(count);
    }

    async fn happen(&mut self, event: Event) {
        let outbox = &self.outbox;
        match event {
            Event::Hours(hours) => self.clock.forward(hours.into()),
            Event::Run(outcome) => {
                *self.vendor.next.lock().unwrap() = outcome;
                let before = self.vendor.texts().len();
                self.vendor.runner(outbox).run().await.unwrap();
                assert!(!self.paused || self.vendor.texts().len() == before, "something was sent during a pause");
            }
            Event::Signal(kind) => {
                let mut signal = Signal::new(Vendor::HoopAi, kind);
                signal.recipients = vec!["contact1-ada".to_owned()];
                outbox.receive(&signal).await.unwrap();
                self.end();
            }
            Event::Seen => {
                // A reply answers a message, and the first step looks at none.
                if !self.vendor.texts().is_empty() {
                    self.vendor.replied.lock().unwrap().insert("contact1-ada".to_owned(), self.clock.now() + chrono::TimeDelta::days(1000));
                    self.end();
                }
            }
            Event::Withdraw => {
                outbox.cancel(&Filter::all().person("ada@example.org")).await.unwrap();
                self.end();
            }
            Event::Pause => {
                outbox.pause_campaign("spring").await.unwrap();
                self.paused = true;
            }
            Event::Resume => {
                outbox.resume_campaign("spring").await.unwrap();
                self.paused = false;
            }
            Event::Suppress => {
                outbox.suppress("Ada@Example.org", None, "asked for it").await.unwrap();
                self.end();
            }
            Event::Settle => {
                for entry in outbox.list(&Filter::all().state(State::Unknown), 0, 10).await.unwrap() {
                    outbox.resolve(entry.id, entry.attempts, Resolution::Sent(Sent::new())).await.unwrap();
                }
            }
            Event::Retry(state) => drop(outbox.retry(state, &Filter::all()).await.unwrap()),
            Event::Reopen => {
                self.outbox.close().await;
                self.outbox = self.database.open().await.with_clock(self.clock.clone()).await.unwrap();
            }
        }
        self.check().await;
    }

    async fn check(&self) {
        let delivered = self.vendor.delivered.lock().unwrap().clone();
        check_deliveries(&delivered);
        if let Some(count) = self.ended {
            assert_eq!(delivered.len(), count, "something was sent after the end: {delivered:?}");
        }
        let waiting = [State::Held, State::Queued, State::Sending, State::Unknown];
        let entries = self.outbox.list(&Filter::all(), 0, 20).await.unwrap();
        assert!(entries.iter().filter(|entry| waiting.contains(&entry.state)).count() <= 1, "two steps are under way: {entries:?}");
    }
}

#[test]
fn what_must_hold_holds_in_every_history_of_a_person() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config)
        .run(&events(), |events| {
            runtime.block_on(async {
                let mut history = History::begin().await;
                for event in events {
                    history.happen(event).await;
                }
                // Whoever did not end gets the rest.
                if history.ended.is_none() {
                    for event in [Event::Resume, Event::Settle, Event::Retry(State::Rejected), Event::Retry(State::Failed)] {
                        history.happen(event).await;
                    }
                    for _ in 0..40 {
                        history.happen(Event::Run(Outcome::Accepted)).await;
                        history.happen(Event::Hours(11)).await;
                    }
                    assert_eq!(history.vendor.texts().len(), 4, "not everything was sent: {:?}", history.vendor.texts());
                }
                history.outbox.close().await;
            });
            Ok(())
        })
        .unwrap();
}
