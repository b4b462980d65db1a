//! Several processes under one rate limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reachout_messenger::hoop_ai;
use reachout_outbox::{Account, Channel, Envelope, Event, Message, Rules, Runner, State, Vendor};
use reachout_runtime::{CallOptions, Pacing};
use serde_json::json;
use tokio::sync::Notify;

use crate::both;
use crate::database::Database;
use crate::processes::spawn;
use crate::vendor::{AtSandbox, account, envelope, sandbox};

/// Hoop AI documents 100 requests in 10 s, and the sandbox enforces it.
const LIMIT: f64 = 10.0;

/// Three processes send `messages`, and never more than the limit: how much of it they used after the first period, whose requests leave at
/// once. How much that is depends on what else the machine does.
async fn used(database: &Database, messages: usize, rules: Rules) -> f64 {
    let (outbox, sandbox) = (database.open().await, sandbox().await);
    let mut settings = sandbox.settings();
    settings.rate_limits = true;
    sandbox.set_settings(settings);
    let account = Account::new(Vendor::HoopAi, "acme");
    outbox.set_rules(&account, &rules).await.unwrap();
    let to = |n: usize| Message::to(format!("contact{n:013}")).channel(Channel::Sms).text(format!("m{n}"));
    outbox.enqueue_all((0..messages).map(|n| (n.to_string(), Envelope::new(account.clone(), to(n))))).await.unwrap();
    // With a lease that a busy machine does not end.
    let mut processes: Vec<_> = (0..3).map(|_| spawn(&database.address(), sandbox.url(), 8, Duration::from_mins(1))).collect();
    let give_up = Instant::now() + Duration::from_secs(100 + messages as u64 / 8);
    for process in &mut processes {
        while process.try_wait().unwrap().is_none() {
            assert!(Instant::now() < give_up, "it takes too long: {:?}", outbox.status().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(outbox.status().await.unwrap().count(State::Accepted), messages as u64);
    let requests = sandbox.requests();
    assert!(requests.iter().all(|request| request.status == Some(201) || request.status == Some(200)), "no 429");
    assert_eq!(requests.len(), messages);
    let mut times: Vec<DateTime<Utc>> = requests.iter().map(|request| request.received_at.parse().unwrap()).collect();
    times.sort();
    assert!(times.windows(101).all(|window| window[100] - window[0] >= chrono::TimeDelta::seconds(10)), "never more than 100 in 10 s");
    let took = (times[messages - 1] - times[0]).as_seconds_f64();
    let (counted, name) = if rules.steady { (messages - 1, "evenly") } else { (messages - 100, "at once") };
    let share = f64::from(u32::try_from(counted).unwrap()) / took / LIMIT;
    println!("{messages} messages by 3 processes, {name}: {took:.2} s, {:.1} % of the limit, no 429", 100.0 * share);
    share
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_on_sqlite_use_one_limit() {
    used(&Database::sqlite(), 200, Rules::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_on_postgres_use_one_limit() {
    let Some(database) = Database::postgres().await else { return };
    used(&database, 200, Rules::new()).await;
}

both! {
    /// What three take together, at once, is all of the limit and no more, however long it takes them.
    async fn the_whole_limit_can_be_used(database) {
        let limit = Duration::from_mins(10);
        let (address, _) = crate::fake::serve(|_| (200, json!({ "contact": { "id": "c1" } }).to_string())).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let budgets = database.open().await.budgets();
            let client = hoop_ai::Client::builder()
                .base_url(format!("{address}/hoop-ai"))
                .credential("pit-sandbox")
                .pacing(Pacing::new(100, limit))
                .budget_store(budgets, Account::new(Vendor::HoopAi, "acme").budget_key())
                .build()
                .unwrap();
            calls.spawn(async move {
                let mut count = 0;
                while client.with(CallOptions::new().wait_for_rate_limit(Duration::ZERO)).contacts().get("c1").await.is_ok() {
                    count += 1;
                }
                count
            });
        }
        assert_eq!(calls.join_all().await.iter().sum::<usize>(), 100);
    }
}

both! {
    /// The vendor counted it as well.
    async fn a_rejected_request_keeps_its_slot(database) {
        let outbox = database.open().await;
        outbox.set_rules(&account(), &Rules::new().limit(1, Duration::from_mins(10))).await.unwrap();
        for key in ["a", "b"] {
            outbox.enqueue(&envelope(key), key).await.unwrap();
        }
        let (address, _) = crate::fake::serve(|_| (400, json!({}).to_string())).await;
        let (over, settled) = (Arc::new(Notify::new()), AtomicUsize::new(0));
        let ended = Arc::clone(&over);
        let runner = Runner::new(&outbox, AtSandbox(address)).on_event(move |event| {
            let both_were_sent = || matches!(event, Event::Settled { .. }) && settled.fetch_add(1, Ordering::Relaxed) == 1;
            if matches!(event, Event::Waiting { .. }) || both_were_sent() {
                ended.notify_one();
            }
        });
        runner.run_until(over.notified()).await.unwrap();
        let status = outbox.status().await.unwrap();
        assert_eq!((status.count(State::Rejected), status.count(State::Queued)), (1, 1));
    }
}

/// How much of the limit is used is printed; that it is most of it holds on a busy machine, too.
const MOST: f64 = 0.75;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: 600 messages twice"]
async fn three_processes_use_most_of_one_limit() {
    let Some(database) = Database::postgres().await else { return };
    assert!(used(&database, 600, Rules::new()).await >= MOST);
    assert!(used(&Database::sqlite(), 600, Rules::new()).await >= MOST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute: 600 messages"]
async fn three_processes_use_most_of_one_limit_evenly() {
    let Some(database) = Database::postgres().await else { return };
    assert!(used(&database, 600, Rules::new().steady()).await >= MOST);
}
