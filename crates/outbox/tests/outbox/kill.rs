//! Workers that are killed, and a database that is restarted: nothing is lost, and nothing is sent twice.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::time::{Duration, Instant};

use reachout_outbox::{Entry, Filter, Outbox, Resolution, Rules, Sent, State};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox};

use crate::database::Database;
use crate::processes::{LEASE, signal, spawn};
use crate::vendor::{account, delivered, envelope, performed, sandbox};

/// Numbers that look random, from a seed that is printed.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = u64::try_from(since.as_nanos()).unwrap() | 1;
        println!("seed {seed}");
        Self(seed)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// How bad it gets.
struct Storm {
    messages: usize,
    processes: usize,
    kills: usize,
    restarts: usize,
    /// A process lives for up to so long.
    life: Duration,
    /// The longest latency in milliseconds.
    latency: u64,
}

/// Of a hundred requests, how many meet a fault of each kind; the others meet latency alone.
const FAULTS: [(u64, fn() -> FaultKind); 4] = [
    (4, || FaultKind::RateLimit { retry_after: Some(0) }),
    (3, || FaultKind::ResetAfter),
    (2, || FaultKind::ResetBefore),
    (2, || FaultKind::Status { status: 503, body: None, headers: BTreeMap::new() }),
];

fn bad_weather(sandbox: &Sandbox, requests: usize, latency: u64, random: &mut Random) {
    for _ in 0..requests {
        let mut at = random.below(100);
        let kind = FAULTS.iter().find_map(|(share, kind)| match at.checked_sub(*share) {
            Some(rest) => {
                at = rest;
                None
            }
            None => Some(kind()),
        });
        let fault = Fault::new(kind.unwrap_or(FaultKind::Latency)).after_milliseconds(random.below(latency));
        sandbox.add_fault(FaultRule::new(fault).operation("send_message")).unwrap();
    }
}

async fn all(outbox: &Outbox) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let page = outbox.list(&Filter::all(), entries.last().map_or(0, |entry| entry.id), 1000).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

/// The text that tells a message from others.
fn text(entry: &Entry) -> String {
    entry.envelope.as_ref().unwrap().message.text.clone().unwrap()
}

async fn weather(database: &Database, storm: Storm) {
    let mut random = Random::new();
    let (outbox, sandbox) = (database.open().await, sandbox().await);
    outbox.set_rules(&account(), &Rules::new().limit(2000, Duration::from_secs(1))).await.unwrap();
    let messages = (0..storm.messages).map(|n| (format!("key-{n}"), envelope(&format!("m{n}"))));
    outbox.enqueue_all(messages).await.unwrap();
    bad_weather(&sandbox, 2 * storm.messages, storm.latency, &mut random);

    let begun = Instant::now();
    let start = || spawn(&database.address(), sandbox.url(), 6, LEASE);
    let mut processes: Vec<Child> = (0..storm.processes).map(|_| start()).collect();
    let (mut kills, mut restarts) = (0, 0);
    for event in 0..storm.kills {
        tokio::time::sleep(Duration::from_millis(20 + random.below(u64::try_from(storm.life.as_millis()).unwrap()))).await;
        let victim = &mut processes[usize::try_from(random.below(storm.processes as u64)).unwrap()];
        let alive = victim.try_wait().unwrap().is_none();
        victim.kill().unwrap();
        victim.wait().unwrap();
        *victim = start();
        kills += usize::from(alive);
        if let (Database::Postgres(server, _), true) = (database, (event + 1) * storm.restarts / storm.kills.max(1) > restarts) {
            server.restart(if restarts % 2 == 0 { "immediate" } else { "fast" });
            restarts += 1;
        }
    }
    finish(&mut processes, &sandbox).await;
    let stormy = begun.elapsed();

    // What was in flight when its worker died may still be on its way in the sandbox.
    tokio::time::sleep(Duration::from_millis(2 * storm.latency)).await;
    sandbox.clear_faults();
    let entries = all(&outbox).await;
    let conversations: BTreeSet<String> = entries.iter().filter_map(|entry| entry.conversation_id.clone()).collect();
    let kept = delivered(&sandbox, conversations.iter().cloned()).await;
    let logged = performed(&sandbox);
    assert_eq!(entries.len(), storm.messages, "none is missing");
    let (mut accepted, mut unknown, mut sent) = (0, 0, 0);
    for entry in &entries {
        let text = text(entry);
        let count = kept.get(&text).copied().unwrap_or(0);
        assert!(count <= 1, "{text} was sent {count} times");
        assert!(logged.get(&text).copied().unwrap_or(0) <= 1, "{text} was sent twice by the log");
        match entry.state {
            State::Accepted => {
                assert_eq!(count, 1, "{text} is accepted");
                accepted += 1;
            }
            State::Unknown => {
                unknown += 1;
                sent += count;
                // As a person, or what reads it from the vendor, would.
                let resolution = if count == 1 { Resolution::Sent(Sent::new()) } else { Resolution::Resend };
                outbox.resolve(entry.id, entry.attempts, resolution).await.unwrap();
            }
            state => panic!("{text} is {state}: {:?}", entry.reason),
        }
    }
    let mut last = vec![start()];
    finish(&mut last, &sandbox).await;
    let kept = delivered(&sandbox, conversations).await;
    assert_eq!(kept.len(), storm.messages, "none is lost");
    assert!(kept.values().all(|count| *count == 1), "none was sent twice");
    assert_eq!(outbox.status().await.unwrap().count(State::Accepted), storm.messages as u64);
    println!(
        "{} messages, {} processes, {kills} killed, {restarts} restarts of the database, {stormy:.1?}: {accepted} accepted, {unknown} unknown, \
         of which the vendor had {sent}; after they were settled, lost 0, sent twice 0",
        storm.messages, storm.processes
    );
    if storm.kills > 100 {
        assert!(kills >= storm.kills * 9 / 10, "only {kills} were alive when they were killed: more messages, or more latency");
    }
}

/// Waits for the processes to end, for as long as they do something: how fast that is depends on what else the machine does.
async fn finish(processes: &mut [Child], sandbox: &Sandbox) {
    let (mut seen, mut changed) = (0, Instant::now());
    for process in processes {
        while process.try_wait().unwrap().is_none() {
            let requests = sandbox.requests().len();
            if requests != std::mem::replace(&mut seen, requests) {
                changed = Instant::now();
            }
            assert!(changed.elapsed() < Duration::from_mins(1), "the outbox does not become empty");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

const SHORT: Storm = Storm { messages: 120, processes: 1, kills: 8, restarts: 0, life: Duration::from_millis(400), latency: 60 };
const LONG: Storm = Storm { messages: 2000, processes: 1, kills: 200, restarts: 0, life: Duration::from_millis(500), latency: 500 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_sqlite() {
    weather(&Database::sqlite(), SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_on_postgres_which_is_restarted() {
    let Some(database) = Database::postgres_alone().await else { return };
    weather(&database, Storm { processes: 3, restarts: 1, ..SHORT }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: 2,000 messages, 200 kills"]
async fn killed_two_hundred_times_on_sqlite() {
    weather(&Database::sqlite(), LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: 2,000 messages, 3 processes, 200 kills, 10 restarts of Postgres"]
async fn killed_two_hundred_times_on_postgres_which_is_restarted_ten_times() {
    let Some(database) = Database::postgres_alone().await else { return };
    weather(&database, Storm { processes: 3, restarts: 10, latency: 1600, ..LONG }).await;
}

/// A worker that is suspended for longer than its lease goes on afterwards: not with what was another's meanwhile.
async fn suspended(database: Database) {
    let (outbox, sandbox) = (database.open().await, sandbox().await);
    outbox.set_rules(&account(), &Rules::new().limit(2000, Duration::from_secs(1))).await.unwrap();
    outbox.enqueue_all((0..150).map(|n| (format!("key-{n}"), envelope(&format!("m{n}"))))).await.unwrap();
    sandbox.add_fault(FaultRule::new(Fault::new(FaultKind::Latency).after_milliseconds(30)).times(10_000)).unwrap();
    let mut first = spawn(&database.address(), sandbox.url(), 6, LEASE);
    let give_up = Instant::now() + Duration::from_secs(30);
    while performed(&sandbox).len() < 20 {
        assert!(Instant::now() < give_up, "nothing is sent");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    signal(&first, "STOP");
    // In the middle of a transaction it keeps SQLite's lock from everybody, for as long as it is suspended: not what is tested here.
    while database.is_locked().await {
        signal(&first, "CONT");
        tokio::time::sleep(Duration::from_millis(7)).await;
        signal(&first, "STOP");
    }
    assert!(database.number("SELECT COUNT(*) FROM reachout_outbox_messages WHERE worker IS NOT NULL").await > 0, "it holds some");
    let mut second = spawn(&database.address(), sandbox.url(), 6, LEASE);
    tokio::time::sleep(2 * LEASE).await;
    println!("the other goes on");
    finish(std::slice::from_mut(&mut second), &sandbox).await;
    println!("the suspended one goes on");
    let before = outbox.status().await.unwrap();
    assert_eq!(before.count(State::Accepted) + before.count(State::Unknown), 150, "{before:?}");
    signal(&first, "CONT");
    finish(std::slice::from_mut(&mut first), &sandbox).await;
    let counts = performed(&sandbox);
    assert!(counts.values().all(|count| *count == 1), "none was sent twice");
    let after = outbox.status().await.unwrap();
    assert!(after.count(State::Unknown) <= before.count(State::Unknown), "who sent knows better: {after:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_worker_on_sqlite() {
    suspended(Database::sqlite()).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_worker_on_postgres() {
    let Some(database) = Database::postgres().await else { return };
    suspended(database).await;
}
