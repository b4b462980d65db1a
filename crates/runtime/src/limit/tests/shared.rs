//! Budgets that several clients, as of several processes, share.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use crate::RateLimit;
use crate::limit::{
    Acquired, Budget, BudgetError, BudgetKey, BudgetStore, Budgets, Denied, LocalBudgets, Pacer, Pacing, RateLimitStatus, Slot, TooLong,
};

const SECOND: Duration = Duration::from_secs(1);
const PERIOD: Duration = Duration::from_secs(10);

/// A store as it would be on another machine: each request to it takes a while, and it knows slots by their ids.
#[derive(Debug, Default)]
struct Remote {
    budgets: Mutex<HashMap<BudgetKey, State>>,
    broken: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    granted: u128,
    /// Ids in use, and when the others are free again.
    taken: Vec<u128>,
    cooling: VecDeque<Instant>,
    paused_until: Option<Instant>,
    seen: Vec<RateLimitStatus>,
}

const WAY: Duration = Duration::from_millis(5);

impl Remote {
    fn state<T>(&self, key: &BudgetKey, read: impl FnOnce(&mut State) -> T) -> T {
        read(self.budgets.lock().unwrap().entry(key.clone()).or_default())
    }
}

impl State {
    fn acquire(&mut self, limit: RateLimit, now: Instant) -> Acquired {
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Acquired::Wait(until - now);
        }
        self.cooling.retain(|free| *free > now);
        if self.taken.len() + self.cooling.len() >= limit.requests as usize {
            return Acquired::Wait(self.cooling.front().map_or(WAY, |free| *free - now));
        }
        self.granted += 1;
        self.taken.push(self.granted);
        Acquired::Granted(Slot::new(self.granted))
    }
}

impl BudgetStore for Remote {
    fn acquire<'a>(&'a self, budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
        Box::pin(async move {
            sleep(WAY).await;
            if self.broken.load(Ordering::Relaxed) {
                return Err("no route to the store".into());
            }
            Ok(self.state(&budget.key, |state| state.acquire(budget.limit, Instant::now())))
        })
    }

    fn release<'a>(&'a self, budget: &'a Budget, slot: Slot, sent: bool) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async move {
            sleep(WAY).await;
            self.state(&budget.key, |state| {
                let index = state.taken.iter().position(|id| *id == slot.id()).ok_or("a slot that nobody has")?;
                state.taken.swap_remove(index);
                if sent {
                    state.cooling.push_back(Instant::now() + budget.limit.per);
                }
                Ok(())
            })
        })
    }

    fn observe<'a>(&'a self, budget: &'a Budget, status: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> {
        self.state(&budget.key, |state| state.seen.push(status));
        Box::pin(async { Ok(()) })
    }

    fn pause<'a>(&'a self, budget: &'a Budget, wait: Duration) -> BoxFuture<'a, Result<(), BudgetError>> {
        self.state(&budget.key, |state| state.paused_until = Some(Instant::now() + wait));
        Box::pin(async { Ok(()) })
    }
}

/// The budget `key` of a client in a process of its own.
fn process(store: &Arc<impl BudgetStore + 'static>, key: &str, requests: u32) -> Arc<Pacer> {
    let store = Arc::clone(store) as Arc<dyn BudgetStore>;
    let budgets = Budgets::new(Pacing::documented(), Some(RateLimit::new(requests, PERIOD)), Some(store)).unwrap();
    budgets.named(&key.into()).unwrap()
}

fn far() -> Instant {
    Instant::now() + 1000 * SECOND
}

async fn request(pacer: &Arc<Pacer>) -> Instant {
    let mut permit = pacer.acquire(far()).await.unwrap();
    permit.mark_sent();
    let left = Instant::now();
    sleep(Duration::from_millis(100)).await;
    permit.complete(RateLimitStatus::default());
    left
}

/// Two processes with 60 calls each, under a limit of 20 in 10 s: in which order they left, and how long it took.
async fn two_processes(store: Arc<impl BudgetStore + 'static>) -> Vec<Instant> {
    let processes = [process(&store, "acme", 20), process(&store, "acme", 20)];
    let mut left = join_all((0..120).map(|n| request(&processes[n % 2]))).await;
    left.sort();
    left
}

#[tokio::test(start_paused = true)]
async fn two_processes_keep_one_limit() {
    let begun = Instant::now();
    let lists = [two_processes(Arc::new(Remote::default())).await, two_processes(Arc::new(LocalBudgets::new())).await];
    for left in &lists {
        assert!(left.windows(21).all(|window| window[20] - window[0] >= PERIOD), "never more than 20 in 10 s");
    }
    let total = begun.elapsed();
    assert!(total < 2 * (5 * PERIOD + 4 * SECOND), "no slower than it must be: {total:?}");
}

#[tokio::test(start_paused = true)]
async fn each_key_has_a_budget_of_its_own() {
    for store in [Arc::new(Remote::default()) as Arc<dyn BudgetStore>, Arc::new(LocalBudgets::new())] {
        let budgets = Budgets::new(Pacing::new(1, PERIOD), None, Some(store)).unwrap();
        let [a, again, b] = ["a", "a", "b"].map(|key| budgets.named(&key.into()).unwrap());
        assert!(Arc::ptr_eq(&a, &again), "one queue for each key");
        request(&a).await;
        let in_a_second = Instant::now() + SECOND;
        assert!(again.acquire(in_a_second).await.is_err());
        assert!(b.acquire(in_a_second + SECOND).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_is_told_what_the_vendor_says() {
    let store = Arc::new(Remote::default());
    let (one, other) = (process(&store, "acme", 100), process(&store, "acme", 100));
    let status = RateLimitStatus { remaining: Some(7), daily_remaining: Some(9), ..RateLimitStatus::default() };
    one.acquire(far()).await.unwrap().complete(status);
    one.acquire(far()).await.unwrap().complete(RateLimitStatus::default());
    sleep(SECOND).await;
    assert_eq!(store.state(&"acme".into(), |state| state.seen.clone()), [status]);
    // A 429 to one process holds all.
    one.pause(7 * SECOND);
    sleep(WAY).await;
    let begun = Instant::now();
    drop(other.acquire(far()).await.unwrap());
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_was_not_used_comes_back() {
    let store = Arc::new(Remote::default());
    let pacer = process(&store, "acme", 1);
    for _ in 0..5 {
        drop(pacer.acquire(Instant::now() + SECOND).await.unwrap());
    }
    sleep(SECOND).await;
    let counts = store.state(&"acme".into(), |state| (state.granted, state.taken.len(), state.cooling.len()));
    assert_eq!(counts, (5, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_ends_the_wait() {
    let store = Arc::new(Remote::default());
    let pacer = process(&store, "acme", 1);
    let late = async |pacer: &Arc<Pacer>| match pacer.acquire(Instant::now() + SECOND).await {
        Err(Denied::TooLong(TooLong(wait))) => wait,
        other => panic!("{:?}", other.err()),
    };
    request(&pacer).await;
    sleep(SECOND).await;
    assert!(late(&pacer).await > 7 * SECOND, "it says how long");
    store.broken.store(true, Ordering::Relaxed);
    match pacer.acquire(far()).await {
        Err(Denied::Store(error)) => assert_eq!(error.to_string(), "no route to the store"),
        other => panic!("{:?}", other.err()),
    }
}

/// One asks the store, or waits for what it said, and is not polled any more.
#[tokio::test(start_paused = true)]
async fn a_caller_that_nobody_polls_stops_nobody() {
    for pauses in [Duration::ZERO, WAY] {
        let store = Arc::new(Remote::default());
        let pacer = process(&store, "acme", 1);
        request(&pacer).await;
        let mut forgotten = pacer.acquire(far());
        assert!((&mut forgotten).now_or_never().is_none());
        sleep(pauses).await;
        assert!((&mut forgotten).now_or_never().is_none());
        for _ in 0..3 {
            let before = Instant::now();
            request(&pacer).await;
            assert!(before.elapsed() < PERIOD + 5 * SECOND, "{:?}", before.elapsed());
        }
        drop(forgotten);
    }
}

/// A store that is told nothing about time, and says so.
#[derive(Debug, Default)]
struct Hasty(Mutex<u32>);

impl BudgetStore for Hasty {
    fn acquire<'a>(&'a self, _budget: &'a Budget) -> BoxFuture<'a, Result<Acquired, BudgetError>> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async { Ok(Acquired::Wait(Duration::ZERO)) })
    }

    fn release<'a>(&'a self, _: &'a Budget, _: Slot, _: bool) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }

    fn observe<'a>(&'a self, _: &'a Budget, _: RateLimitStatus) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }

    fn pause<'a>(&'a self, _: &'a Budget, _: Duration) -> BoxFuture<'a, Result<(), BudgetError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_is_not_asked_in_a_tight_loop() {
    let store = Arc::new(Hasty::default());
    let pacer = process(&store, "acme", 1);
    assert!(pacer.acquire(Instant::now() + SECOND).await.is_err());
    let asked = *store.0.lock().unwrap();
    assert!((50..=101).contains(&asked), "asked {asked} times in a second");
}
