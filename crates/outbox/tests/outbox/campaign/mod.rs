//! Campaigns, by a clock that stands still until it is moved, and a vendor that does as a test says.

mod guards;
mod history;
mod killed;
mod replies;
mod sequence;
mod storm;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use reachout_messenger::{Messenger, Receipt};
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Calendar, Channel, Clients, Clock, DateTime, Day, Delay, Eligibility, Envelope, Error,
    FollowUp, Message, Outbox, Person, Recipient, Replied, Replies, Rules, Runner, Sequence, Step, Template, TimeReading, TimeSource, Utc,
    Vendor, Verdict, Window,
};

use crate::database::Database;

/// A Monday morning in UTC.
pub const MONDAY: &str = "2026-01-05T09:00:00Z";

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(text.parse::<DateTime<Utc>>().unwrap().timestamp_millis())))
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub fn forward(&self, hours: i64) {
        self.0.fetch_add(hours * 3_600_000, Ordering::SeqCst);
    }
}

impl TimeSource for TestClock {
    fn read(&self) -> BoxFuture<'_, Result<TimeReading, Error>> {
        Box::pin(async { Ok(TimeReading { now: self.now(), speed: 0.0 }) })
    }
}

/// What the vendor does with the next message to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Rejected,
    Failed,
    /// The client ends without an outcome; the vendor has the message.
    Unknown,
}

/// A message that the vendor has: when, to whom and what.
pub type Delivered = (DateTime<Utc>, String, String);

/// A vendor that does as a test says, and keeps what it has.
#[derive(Clone, Debug)]
pub struct Scripted {
    clock: TestClock,
    pub next: Arc<Mutex<Outcome>>,
    pub delivered: Arc<Mutex<Vec<Delivered>>>,
    pub messages: Arc<Mutex<Vec<(String, Message)>>>,
    /// Who replied, as the vendor's own conversations show.
    pub replied: Arc<Mutex<HashMap<String, DateTime<Utc>>>>,
    /// Whom the vendor has on do-not-disturb.
    pub opted_out: Arc<Mutex<HashSet<String>>>,
}

impl Scripted {
    pub fn new(clock: &TestClock) -> Self {
        let next = Arc::new(Mutex::new(Outcome::Accepted));
        Self {
            clock: clock.clone(),
            next,
            delivered: Arc::default(),
            messages: Arc::default(),
            replied: Arc::default(),
            opted_out: Arc::default(),
        }
    }

    /// The texts that the vendor has, in the order in which they came.
    pub fn texts(&self) -> Vec<String> {
        self.delivered.lock().unwrap().iter().map(|(_, _, text)| text.clone()).collect()
    }

    pub fn runner(&self, outbox: &Outbox) -> Runner {
        Runner::new(outbox, self.clone()).replies(self.clone()).until_none_due().lease(Duration::from_secs(5)).workers(4)
    }
}

impl Accounts for Scripted {
    fn open<'a>(&'a self, account: &'a Account, _: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        let sender = Sender { account: account.clone(), vendor: self.clone() };
        Box::pin(std::future::ready(Ok(AccountClient::new(account.clone(), sender))))
    }
}

impl Eligibility for Scripted {
    fn check<'a>(&'a self, _: &'a AccountClient, envelope: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        let (Recipient::Contact(to) | Recipient::LinkedinProfile(to)) = &envelope.message.to else { panic!() };
        let out = self.opted_out.lock().unwrap().contains(to);
        let refused = || Verdict::Suppressed { code: "dnd".to_owned(), reason: "they opted out".to_owned(), channel: None };
        Box::pin(std::future::ready(Ok(if out { refused() } else { Verdict::Eligible })))
    }
}

impl Replies for Scripted {
    fn look<'a>(&'a self, _: &'a AccountClient, follow_up: &'a FollowUp<'a>) -> BoxFuture<'a, Result<Replied, Error>> {
        let (Recipient::Contact(to) | Recipient::LinkedinProfile(to)) = &follow_up.envelope.message.to else { panic!() };
        let at = self.replied.lock().unwrap().get(to).copied();
        Box::pin(std::future::ready(Ok(if at.is_some_and(|at| at >= follow_up.since) { Replied::Yes } else { Replied::No })))
    }
}

#[derive(Debug)]
struct Sender {
    account: Account,
    vendor: Scripted,
}

impl Messenger for Sender {
    fn vendor(&self) -> Vendor {
        self.account.vendor
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, reachout_messenger::Error>> {
        Box::pin(async move {
            let (Recipient::Contact(to) | Recipient::LinkedinProfile(to)) = &message.to else { panic!() };
            let outcome = *self.vendor.next.lock().unwrap();
            let vendor = self.account.vendor;
            match outcome {
                Outcome::Rejected => return Err(reachout_messenger::Error::Refused { vendor, reason: "no".to_owned() }),
                Outcome::Failed => return Err(reachout_messenger::Unsupported::NoChannel { vendor }.into()),
                Outcome::Accepted | Outcome::Unknown => {}
            }
            let number = {
                let mut delivered = self.vendor.delivered.lock().unwrap();
                delivered.push((self.vendor.clock.now(), to.clone(), message.text.clone().unwrap()));
                delivered.len()
            };
            self.vendor.messages.lock().unwrap().push((self.account.credential.clone(), message.clone()));
            assert_ne!(outcome, Outcome::Unknown, "the client ends without an outcome, as the test wants it");
            let mut receipt = Receipt::new(vendor);
            receipt.message_ids = vec![format!("m{number}")];
            receipt.conversation_id = Some(format!("c-{to}"));
            Ok(receipt)
        })
    }
}

pub fn template(name: &str, text: &str) -> Template {
    Template::parse(name, text).unwrap()
}

pub fn step(number: usize) -> Step {
    Step::new(template("step.md", &format!("{{{{ name }}}} {number}"))).channel(Channel::Sms)
}

/// Four steps, two days apart, in office hours.
pub fn sequence(name: &str) -> Sequence {
    let account = Account::new(Vendor::HoopAi, "acme");
    let sequence = Sequence::new(name, account).calendar(office());
    (2..=4).fold(sequence.step(step(1)), |sequence, number| sequence.step(step(number).after(Delay::days(2))))
}

pub fn office() -> Calendar {
    let mut calendar = Calendar::new(Clock::utc());
    let time = |hour| Time::new(hour, 0, 0, 0).unwrap();
    calendar.windows = vec![Window::new(Day::WORKING, time(8), time(18)).unwrap()];
    calendar
}

pub fn person(name: &str) -> Person {
    Person::new(format!("contact-{name}")).field("name", name).address(format!("{name}@example.org"))
}

/// An outbox and a vendor that go by a clock.
pub async fn world(database: &Database) -> (Outbox, TestClock, Scripted) {
    let clock = TestClock::at(MONDAY);
    let outbox = database.open().await.with_clock(clock.clone()).await.unwrap();
    // Rate limits go by the machine's clock.
    let fast = Rules::new().limit(10_000, Duration::from_secs(1));
    outbox.set_rules(&Account::new(Vendor::HoopAi, "acme"), &fast).await.unwrap();
    let vendor = Scripted::new(&clock);
    (outbox, clock, vendor)
}

/// Lets days pass, hour by hour, with a run in each.
pub async fn pass(outbox: &Outbox, clock: &TestClock, vendor: &Scripted, days: i64) {
    for _ in 0..days * 4 {
        vendor.runner(outbox).run().await.unwrap();
        clock.forward(6);
    }
}

/// What must be so of all that a vendor has: nobody got two messages on a day or one outside office hours, and steps are in their order.
pub fn check_deliveries(delivered: &[Delivered]) {
    let mut people: HashMap<&str, Vec<(Date, usize)>> = HashMap::new();
    for (at, to, text) in delivered {
        let local = jiff::Timestamp::from_millisecond(at.timestamp_millis()).unwrap().to_zoned(TimeZone::UTC);
        assert!(
            office().windows[0].from <= local.time() && local.time() < office().windows[0].to,
            "{to} got {text} outside the window at {at}"
        );
        assert!(local.date().weekday().to_monday_zero_offset() < 5, "{to} got {text} on a weekend");
        people.entry(to).or_default().push((local.date(), text.rsplit(' ').next().unwrap().parse().unwrap()));
    }
    for (to, steps) in people {
        for pair in steps.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{to} got two messages on {}", pair[1].0);
            assert_eq!(pair[0].1 + 1, pair[1].1, "{to} got {steps:?}");
        }
    }
}
