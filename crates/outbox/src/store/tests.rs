//! Who may do what to a message: a step is refused to a worker that does not hold it any more.

use std::sync::Arc;
use std::time::Duration;

use reachout_messenger::{Channel, Message, Vendor};

use super::filter::Terms;
use super::select::list_sql;
use super::{BudgetTerms, Claimed, Finish, Listing, NewRow, Outcome, Pool, Resolved, Step, StepRequest, Store, Taken, Used};
use crate::refusal::Refusal;
use crate::{Account, Address, Envelope, Filter, Resolution, Sent, State};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(1);

fn account() -> Account {
    Account::new(Vendor::SendPilot, Account::DEFAULT)
}

/// An outbox with one message, and the workers `one` and `two`.
async fn store() -> (tempfile::TempDir, Store, i64) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", directory.path().join("outbox.db").display()).into()).await.unwrap();
    store.migrate().await.unwrap();
    let message = Message::to("lead_1").channel(Channel::Linkedin).from("sender_1").text("Hi");
    let row = NewRow::of(1, "key", &Envelope::new(account(), message), None).unwrap();
    let id = store.insert_one(&row).await.unwrap().id;
    store.register("one", LONG).await.unwrap();
    store.register("two", LONG).await.unwrap();
    (directory, store, id)
}

async fn claim(store: &Store, worker: &str) -> Option<Claimed> {
    store.claim(worker, &[account()], 10).await.unwrap().pop()
}

async fn begin(store: &Store, claimed: &Claimed) -> Step {
    begin_with(store, claimed, None).await
}

async fn begin_with(store: &Store, claimed: &Claimed, terms: Option<&BudgetTerms>) -> Step {
    store.begin_all(&[StepRequest { claimed, terms, caps: &[], permitted: false }]).await.unwrap().remove(0)
}

fn outcome(state: State) -> Outcome {
    Outcome { state, wait: Duration::ZERO, reason: None, code: None, http_status: None, request_id: None, sent: Sent::new() }
}

async fn finish(store: &Store, claimed: &Claimed, outcome: Outcome) -> bool {
    finish_with(store, claimed, outcome, Used::default()).await
}

async fn finish_with(store: &Store, claimed: &Claimed, outcome: Outcome, used: Used) -> bool {
    let finish = Finish { claimed: Arc::new(claimed.clone()), outcome, used };
    store.finish_all(&[Arc::new(finish)]).await.unwrap().remove(0)
}

async fn state(store: &Store, id: i64) -> State {
    store.get(id).await.unwrap().unwrap().state
}

/// SQLite ends a transaction by itself that finds the disk full, of which sqlx does not know.
#[tokio::test]
async fn a_full_disk_leaves_no_transaction_open() {
    let (_directory, store, _) = store().await;
    let Pool::Sqlite { write, .. } = &*store.0 else { panic!("it is of SQLite") };
    let long = "x".repeat(100_000);
    for round in 0..2 {
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(write).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).execute(write).await.unwrap();
        let address = Address::parse(&format!("{round}@example.org"), None).unwrap();
        let listing = |reason: &str| [Listing { address: address.clone(), channel: None, reason: reason.to_owned() }];
        let full = match round {
            0 => store.suppress(&listing(&long)).await,
            _ => store.set_rules(&account(), &crate::Rules::new().budget(&long)).await,
        };
        let error = full.unwrap_err().to_string();
        assert!(error.contains("full"), "{error}");
        sqlx::query("PRAGMA max_page_count = 1000000").execute(write).await.unwrap();
        store.suppress(&listing("there is space again")).await.unwrap();
    }
}

/// As if the worker was silent for longer than its lease.
async fn silence(store: &Store, worker: &str) {
    store.extend(worker, SHORT).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
}

#[tokio::test]
async fn one_worker_holds_a_message_and_one_attempt_begins() {
    let (_directory, store, id) = store().await;
    let held = claim(&store, "one").await.unwrap();
    assert!(claim(&store, "two").await.is_none() && claim(&store, "one").await.is_none(), "it is held");
    let other = Claimed { worker: "two".to_owned(), ..held.clone() };
    let stale = Claimed { attempt: 1, ..held.clone() };
    for (claimed, begun) in [(&other, Step::Lost), (&stale, Step::Lost), (&held, Step::Begun(None)), (&held, Step::Lost)] {
        assert_eq!(begin(&store, claimed).await, begun);
    }
    assert_eq!(state(&store, id).await, State::Sending);
    assert!(!finish(&store, &other, outcome(State::Rejected)).await);
    assert!(finish(&store, &held, outcome(State::Accepted)).await);
    assert!(!finish(&store, &held, outcome(State::Queued)).await, "what is settled stays so");
    assert_eq!(state(&store, id).await, State::Accepted);
}

#[tokio::test]
async fn a_lease_that_ended_lets_nothing_begin() {
    let (_directory, store, id) = store().await;
    let held = claim(&store, "one").await.unwrap();
    silence(&store, "one").await;
    assert_eq!(begin(&store, &held).await, Step::Lost, "before anybody noticed");
    assert!(claim(&store, "one").await.is_none());
    assert_eq!(store.reap().await.unwrap(), 0, "it was not sending");
    assert!(!store.extend("one", LONG).await.unwrap(), "it is gone");
    let next = claim(&store, "two").await.expect("it is free");
    assert_eq!(begin(&store, &held).await, Step::Lost);
    assert_eq!(begin(&store, &next).await, Step::Begun(None));
    assert_eq!(state(&store, id).await, State::Sending);
}

#[tokio::test]
async fn what_a_dead_worker_was_sending_is_unknown_and_never_sent_again() {
    let (_directory, store, id) = store().await;
    let held = claim(&store, "one").await.unwrap();
    begin(&store, &held).await;
    assert_eq!(store.reap().await.unwrap(), 0, "it lives");
    silence(&store, "one").await;
    assert_eq!(store.reap().await.unwrap(), 1);
    assert_eq!(state(&store, id).await, State::Unknown);
    assert!(claim(&store, "two").await.is_none());
    assert_eq!(store.attempts(id).await.unwrap()[0].outcome, Some(State::Unknown));
    // It was only suspended, and knows the outcome.
    assert!(finish(&store, &held, outcome(State::Accepted)).await);
    assert_eq!((state(&store, id).await, store.attempts(id).await.unwrap()[0].outcome), (State::Accepted, Some(State::Accepted)));
}

#[tokio::test]
async fn a_late_outcome_does_not_undo_what_a_person_decided() {
    let (_directory, store, id) = store().await;
    let held = claim(&store, "one").await.unwrap();
    begin(&store, &held).await;
    silence(&store, "one").await;
    store.reap().await.unwrap();
    assert_eq!(store.resolve(id, 1, &Resolution::Resend).await.unwrap(), Resolved::Done);
    assert!(!finish(&store, &held, outcome(State::Accepted)).await);
    assert_eq!(state(&store, id).await, State::Queued);
    assert_eq!(store.attempts(id).await.unwrap()[0].outcome, Some(State::Accepted), "but the attempt's row tells");
    let again = claim(&store, "two").await.unwrap();
    assert_eq!((again.attempt, begin(&store, &again).await), (1, Step::Begun(None)));
}

#[tokio::test]
async fn a_pause_of_all_accounts_refuses_the_step_of_a_held_message() {
    let (_directory, store, id) = store().await;
    let held = claim(&store, "one").await.unwrap();
    store.set_paused(None, true, Some("a holiday")).await.unwrap();
    assert_eq!(begin(&store, &held).await, Step::Refused(Refusal::Paused(Some("a holiday".to_owned()))));
    assert_eq!(state(&store, id).await, State::Queued);
    store.set_paused(None, false, None).await.unwrap();
    let again = claim(&store, "two").await.expect("it is nobody's");
    assert_eq!(begin(&store, &again).await, Step::Begun(None));
}

#[tokio::test]
async fn a_step_that_is_refused_takes_no_slot() {
    let (_directory, store, _) = store().await;
    let limit = reachout_runtime::RateLimit::new(1, LONG);
    let terms = BudgetTerms { key: "k".to_owned(), limit, follows_vendor: true, steady: false };
    let held = claim(&store, "one").await.unwrap();
    let other = Claimed { worker: "two".to_owned(), ..held.clone() };
    assert_eq!(begin_with(&store, &other, Some(&terms)).await, Step::Lost);
    let Step::Begun(Some(slot)) = begin_with(&store, &held, Some(&terms)).await else { panic!("there is a slot") };
    let full = store.take_slot(&terms, "two").await.unwrap();
    assert!(matches!(full, Taken::Wait(wait) if wait < Duration::from_secs(1)), "it may come back unused: {full:?}");
    let used = Used { slot: Some((terms.clone(), slot, false)), caps: Vec::new() };
    finish_with(&store, &held, outcome(State::Queued), used).await;
    let Taken::Slot(slot) = store.take_slot(&terms, "two").await.unwrap() else { panic!("nothing was sent with it") };
    store.give_slot(&terms, slot, true).await.unwrap();
    let cooling = store.take_slot(&terms, "two").await.unwrap();
    assert!(matches!(cooling, Taken::Wait(wait) if wait > LONG / 2), "it is free a period later: {cooling:?}");
}

#[tokio::test]
async fn a_dead_worker_gives_its_slots_back_as_used() {
    let (_directory, store, _) = store().await;
    let limit = reachout_runtime::RateLimit::new(1, Duration::from_millis(100));
    let terms = BudgetTerms { key: "k".to_owned(), limit, follows_vendor: true, steady: false };
    assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Slot(_)));
    silence(&store, "one").await;
    store.reap().await.unwrap();
    assert!(matches!(store.take_slot(&terms, "two").await.unwrap(), Taken::Wait(wait) if wait <= limit.per));
    tokio::time::sleep(2 * limit.per).await;
    assert!(matches!(store.take_slot(&terms, "two").await.unwrap(), Taken::Slot(_)));
}

#[tokio::test]
async fn the_vendor_says_what_is_left() {
    let (_directory, store, _) = store().await;
    let limit = reachout_runtime::RateLimit::new(10, LONG);
    let terms = BudgetTerms { key: "k".to_owned(), limit, follows_vendor: true, steady: false };
    let Taken::Slot(slot) = store.take_slot(&terms, "one").await.unwrap() else { panic!("there is a slot") };
    store.give_slot(&terms, slot, true).await.unwrap();
    // Of 5, one is ours and three are others'.
    let mut status = reachout_runtime::RateLimitStatus::default();
    (status.limit, status.remaining, status.interval) = (Some(5), Some(1), Some(LONG));
    store.observe(&terms, status).await.unwrap();
    assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Slot(_)));
    assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Wait(_)));
    let terms = BudgetTerms { key: "other".to_owned(), ..terms };
    store.take_slot(&terms, "one").await.unwrap();
    store.pause_budget(&terms, LONG).await.unwrap();
    assert!(matches!(store.take_slot(&terms, "two").await.unwrap(), Taken::Wait(wait) if wait > LONG / 2), "a 429 holds everybody");
}

#[tokio::test]
async fn headers_lower_a_chosen_limit_and_never_raise_it() {
    let (_directory, store, _) = store().await;
    for (chosen, stated) in [(1, 10), (10, 1)] {
        let limit = reachout_runtime::RateLimit::new(chosen, LONG);
        let terms = BudgetTerms { key: chosen.to_string(), limit, follows_vendor: false, steady: false };
        assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Slot(_)));
        let mut status = reachout_runtime::RateLimitStatus::default();
        (status.limit, status.remaining, status.interval) = (Some(stated), Some(stated - 1), Some(LONG));
        store.observe(&terms, status).await.unwrap();
        let second = store.take_slot(&terms, "one").await.unwrap();
        assert!(matches!(second, Taken::Wait(_)), "chosen {chosen}, stated {stated}: {second:?}");
    }
}

#[tokio::test]
async fn a_steady_budget_spreads_its_slots() {
    let (_directory, store, _) = store().await;
    let limit = reachout_runtime::RateLimit::new(10, Duration::from_secs(10));
    let terms = BudgetTerms { key: "k".to_owned(), limit, follows_vendor: true, steady: true };
    assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Slot(_)));
    let next = store.take_slot(&terms, "two").await.unwrap();
    assert!(matches!(next, Taken::Wait(wait) if wait <= Duration::from_secs(1) && wait > Duration::from_millis(500)), "{next:?}");
    tokio::time::sleep(Duration::from_millis(1300)).await;
    assert!(matches!(store.take_slot(&terms, "one").await.unwrap(), Taken::Slot(_)));
    let next = store.take_slot(&terms, "two").await.unwrap();
    assert!(matches!(next, Taken::Wait(wait) if wait <= Duration::from_millis(700)), "who was late does not delay the next: {next:?}");
}

#[tokio::test]
async fn a_late_outcome_takes_its_id_back_from_the_message_that_was_settled_by_it() {
    let (_directory, store, late) = store().await;
    let message = Message::to("lead_1").channel(Channel::Linkedin).from("sender_1").text("Hi");
    let held = claim(&store, "one").await.unwrap();
    begin(&store, &held).await;
    silence(&store, "one").await;
    store.reap().await.unwrap();
    let other = store.insert_one(&NewRow::of(1, "other", &Envelope::new(account(), message), None).unwrap()).await.unwrap().id;
    let second = claim(&store, "two").await.unwrap();
    begin(&store, &second).await;
    finish(&store, &second, outcome(State::Unknown)).await;
    // Of the same words, so that a look at the vendor takes the one for the other.
    let sent = || Sent::new().message_id("vendor-1").message_id("thread");
    assert_eq!(store.resolve(other, 1, &Resolution::Sent(sent())).await.unwrap(), Resolved::Done);
    let accepted = Outcome { sent: sent(), ..outcome(State::Accepted) };
    assert!(finish(&store, &held, accepted).await);
    assert_eq!((state(&store, late).await, state(&store, other).await), (State::Accepted, State::Unknown));
    let named = store.find_message(Vendor::SendPilot, "vendor-1").await.unwrap();
    assert_eq!(named.iter().map(|entry| entry.id).collect::<Vec<_>>(), [late]);
    assert_eq!(store.resolve(other, 1, &Resolution::Sent(sent())).await.unwrap(), Resolved::Taken(late));
}

/// Of a million messages those in a rare state are a few.
#[tokio::test]
async fn messages_in_a_state_are_found_by_an_index() {
    let (_directory, store, _) = store().await;
    let Pool::Sqlite { read, .. } = &*store.0 else { panic!("it is of SQLite") };
    let sql = list_sql(&Terms::of(&Filter::all().state(State::Unknown)));
    let plan = sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
    let plan: Vec<(i64, i64, i64, String)> = plan.fetch_all(read).await.unwrap();
    assert!(plan.iter().any(|(.., step)| step.contains("reachout_outbox_state (state=? AND id>?)")), "{plan:?}");
}
