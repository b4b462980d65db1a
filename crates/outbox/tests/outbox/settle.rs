//! Settling what is unknown: what the vendor has is never sent again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reachout_outbox::{
    Account, AccountClient, Attempt, BoxFuture, Channel, Entry, Envelope, Error, Filter, Found, Message, Outbox, Reconcile, Resolution,
    Sent, Settled, Settler, State, Vendor,
};
use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox};
use serde_json::json;

use crate::both;
use crate::database::{Database, in_time};
use crate::vendor::{AtSandbox, by_key, fault, performed, runner, sandbox};

fn sms(text: &str) -> Envelope {
    Envelope::new(Account::new(Vendor::HoopAi, "acme"), Message::to("contact1").channel(Channel::Sms).text(text))
}

fn email(text: &str) -> Envelope {
    let message = Message::to("contact1").channel(Channel::Email).subject("A role").text(text).thread("thread-1");
    Envelope::new(Account::new(Vendor::HoopAi, "acme"), message)
}

/// Queues a message whose sending ends with this fault.
async fn unknown(outbox: &Outbox, sandbox: &Sandbox, envelope: &Envelope, key: &str, kind: FaultKind) {
    fault(sandbox, kind);
    outbox.enqueue(envelope, key).await.unwrap();
    runner(outbox, sandbox).run().await.unwrap();
    assert_eq!(by_key(outbox, key).await.state, State::Unknown, "{key}");
}

async fn settle(outbox: &Outbox, sandbox: &Sandbox) -> Vec<Settled> {
    Settler::new(outbox, AtSandbox::of(sandbox)).grace(Duration::ZERO).settle(&Filter::all()).await.unwrap()
}

fn found(settled: &[Settled]) -> Vec<&str> {
    settled.iter().map(|settled| settled.found).collect()
}

/// The vendor lists one entry for all emails of a thread, whose id the outbox knows from the first of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_email_in_a_thread_is_found() {
    in_time(async {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = database.open().await;
        outbox.enqueue(&email("first"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        unknown(&outbox, &sandbox, &email("second"), "second", FaultKind::ResetAfter).await;
        unknown(&outbox, &sandbox, &email("third"), "third", FaultKind::ResetBefore).await;
        let settled = settle(&outbox, &sandbox).await;
        assert_eq!(found(&settled), ["sent", "not-sent"], "{settled:?}");
        let [first, second] = [by_key(&outbox, "first").await.vendor_ids, by_key(&outbox, "second").await.vendor_ids];
        assert_eq!(first.iter().filter(|id| second.contains(id)).count(), 1, "the thread's id: {first:?} {second:?}");
        runner(&outbox, &sandbox).run().await.unwrap();
        let counts = performed(&sandbox);
        assert_eq!(counts, ["first", "second", "third"].map(|text| (text.to_owned(), 1)).into(), "each once");
    })
    .await;
}

/// Three hours before or after: then words and recipient are all that is known to be the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_words_at_another_time_are_unclear() {
    in_time(async {
        for shift in [
            "UPDATE reachout_outbox_attempts SET started_at = started_at - 10800000",
            "UPDATE reachout_outbox_attempts SET started_at = started_at + 10800000",
        ] {
            for (name, envelope) in [("sms", sms("Hi")), ("email", email("Hi"))] {
                let (database, sandbox) = (Database::sqlite(), sandbox().await);
                let outbox = database.open().await;
                unknown(&outbox, &sandbox, &envelope, "key", FaultKind::ResetAfter).await;
                database.change(shift).await;
                // As if the database had that clock.
                if shift.contains('+') {
                    set_clock(&database, "+ 10800000").await;
                }
                let settled = settle(&outbox, &sandbox).await;
                assert_eq!(found(&settled), ["unclear"], "{name}: {settled:?}");
                assert!(settled[0].reason.as_ref().unwrap().contains("the same words"), "{settled:?}");
                assert_eq!(by_key(&outbox, "key").await.state, State::Unknown);
            }
        }
    })
    .await;
}

async fn set_clock(database: &Database, by: &str) {
    let pool = database.sqlite_pool().await;
    let clock = format!(
        "DROP VIEW reachout_outbox_clock;
         CREATE VIEW reachout_outbox_clock AS SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) {by} AS ms"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(clock)).execute(&pool).await.unwrap();
}

/// The attempt's time is the database's, whatever this machine's clock says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_grace_is_counted_by_the_databases_clock() {
    in_time(async {
        for (clock, grace, expected) in [("- 3600000", 600, "too-early"), ("+ 3600000", 0, "unclear")] {
            let (database, sandbox) = (Database::sqlite(), sandbox().await);
            let outbox = database.open().await;
            set_clock(&database, clock).await;
            unknown(&outbox, &sandbox, &sms("Hi"), "key", FaultKind::ResetAfter).await;
            let settler = Settler::new(&outbox, AtSandbox::of(&sandbox)).grace(Duration::from_secs(grace));
            let settled = settler.settle(&Filter::all()).await.unwrap();
            assert_eq!(found(&settled), [expected], "{clock}: {settled:?}");
        }
    })
    .await;
}

/// What is not understood of the vendor's lists does not prove that they do not have a message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_not_understood_proves_nothing() {
    in_time(async {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = database.open().await;
        unknown(&outbox, &sandbox, &sms("Hi"), "key", FaultKind::ResetAfter).await;
        for (operation, body) in [
            ("get_contact", json!({})),
            ("get_contact", json!({ "contact": { "id": "merged", "locationId": "l" } })),
            ("search_conversations", json!({})),
            ("search_conversations", json!({ "conversations": null, "total": 0 })),
            ("search_conversations", json!({ "conversations": [], "total": 1 })),
            ("search_conversations", json!({ "conversations": [{ "id": "x", "contactId": "another" }], "total": 1 })),
            ("list_messages", json!({})),
            ("list_messages", json!({ "messages": { "messages": null } })),
            ("list_messages", json!({ "messages": { "messages": [], "nextPage": true } })),
            ("list_messages", json!({ "messages": { "messages": [{ "id": "e", "messageType": "TYPE_EMAIL" }], "nextPage": true } })),
        ] {
            let response = FaultKind::Status { status: 200, body: Some(body.clone()), headers: BTreeMap::new() };
            sandbox.add_fault(FaultRule::new(Fault::new(response)).operation(operation).times(2)).unwrap();
            let settled = settle(&outbox, &sandbox).await;
            sandbox.clear_faults();
            assert_eq!(found(&settled), ["unclear"], "{operation} {body}: {settled:?}");
        }
        assert_eq!(found(&settle(&outbox, &sandbox).await), ["sent"]);
    })
    .await;
}

/// While it looks, another settles the message and it is sent again, which nobody knows the end of either.
#[derive(Debug)]
struct Slow(Outbox, Arc<Sandbox>);

impl Reconcile for Slow {
    fn look<'a>(&'a self, _account: &'a AccountClient, entry: &'a Entry, attempt: &'a Attempt) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(async move {
            let Self(outbox, sandbox) = self;
            outbox.resolve(entry.id, attempt.number, Resolution::Resend).await?;
            fault(sandbox, FaultKind::ResetAfter);
            runner(outbox, sandbox).run().await?;
            assert_eq!(outbox.get(entry.id).await?.state, State::Unknown);
            // It was true of the first attempt.
            Ok(Found::NotSent)
        })
    }
}

both! {
    async fn what_is_known_of_an_earlier_attempt_settles_nothing(database) {
        let (outbox, vendor) = (database.open().await, Arc::new(sandbox().await));
        unknown(&outbox, &vendor, &sms("once"), "key", FaultKind::ResetBefore).await;
        let settler = Settler::new(&outbox, AtSandbox::of(&vendor)).grace(Duration::ZERO);
        let settler = settler.reconcile(Slow(outbox.clone(), Arc::clone(&vendor)));
        let settled = settler.settle(&Filter::all()).await.unwrap();
        assert_eq!(found(&settled), ["changed"], "{settled:?}");
        let entry = by_key(&outbox, "key").await;
        assert_eq!((entry.state, entry.attempts), (State::Unknown, 2));
        let stale = outbox.resolve(entry.id, 1, Resolution::Sent(Sent::new())).await.unwrap_err().to_string();
        assert!(stale.contains("attempt 2 is its last"), "{stale}");
        assert_eq!(found(&settle(&outbox, &vendor).await), ["sent"]);
        runner(&outbox, &vendor).run().await.unwrap();
        assert_eq!(performed(&vendor).get("once"), Some(&1));
    }

    /// Two messages of the same words to the same person; one arrived. Two look at once.
    async fn what_the_vendor_has_once_settles_one_message(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        for round in 0..4 {
            let text = format!("Hi {round}");
            let arrives = |first: bool| if first == (round % 2 == 0) { FaultKind::ResetAfter } else { FaultKind::ResetBefore };
            unknown(&outbox, &sandbox, &sms(&text), &format!("one {round}"), arrives(true)).await;
            unknown(&outbox, &sandbox, &sms(&text), &format!("two {round}"), arrives(false)).await;
            let other = database.open().await;
            tokio::join!(settle(&outbox, &sandbox), settle(&other, &sandbox));
            // Who lost the race looks again.
            settle(&outbox, &sandbox).await;
            runner(&outbox, &sandbox).run().await.unwrap();
            assert_eq!(performed(&sandbox).get(&text), Some(&2), "round {round}: neither lost nor sent twice");
            assert_eq!(by_key(&outbox, &format!("one {round}")).await.state, State::Accepted);
            assert_eq!(by_key(&outbox, &format!("two {round}")).await.state, State::Accepted);
        }
        let ids = "SELECT COUNT(*) FROM (SELECT vendor_id FROM reachout_outbox_ids GROUP BY vendor_id HAVING COUNT(*) > 1) AS shared";
        assert_eq!(database.number(ids).await, 0);
    }

    async fn the_same_id_settles_one_message(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let vendor_id = "vendor-1".to_owned();
        let mut ids = Vec::new();
        for key in ["one", "two"] {
            unknown(&outbox, &sandbox, &sms(key), key, FaultKind::ResetBefore).await;
            ids.push(by_key(&outbox, key).await.id);
        }
        let other = database.open().await;
        let sent = || Resolution::Sent(Sent::new().message_id(&vendor_id));
        let (one, two) = tokio::join!(outbox.resolve(ids[0], 1, sent()), other.resolve(ids[1], 1, sent()));
        let refused = one.err().xor(two.err()).expect("one of them").to_string();
        assert!(refused.contains("is not what the vendor has by this id"), "{refused}");
        assert_eq!(outbox.find_message(Vendor::HoopAi, &vendor_id).await.unwrap().len(), 1);
    }

    /// What the vendor took without telling its id may be what is found.
    async fn what_may_be_another_message_is_unclear(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        fault(&sandbox, FaultKind::Truncate);
        outbox.enqueue(&sms("Hi"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let first = by_key(&outbox, "first").await;
        assert!(first.state == State::Accepted && first.vendor_ids.is_empty(), "{first:?}");
        unknown(&outbox, &sandbox, &sms("Hi"), "second", FaultKind::ResetBefore).await;
        let settled = settle(&outbox, &sandbox).await;
        assert_eq!(found(&settled), ["unclear"], "{settled:?}");
        assert!(settled[0].reason.as_ref().unwrap().contains(&format!("may be message {}", first.id)), "{settled:?}");
    }
}
