//! What each end of an attempt does to its message.

use std::collections::BTreeMap;
use std::time::Duration;

use reachout_outbox::{Event, Filter, Resolution, Sent, State};
use reachout_sandbox::FaultKind;

use crate::both;
use crate::vendor::{account, by_key, envelope, fault, performed, runner, sandbox};

fn status(status: u16) -> FaultKind {
    FaultKind::Status { status, body: None, headers: BTreeMap::new() }
}

const LATER: FaultKind = FaultKind::RateLimit { retry_after: Some(0) };

both! {
    async fn the_end_of_an_attempt_leads_to_a_state(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        // Faults, the state they lead to, how many attempts began, how often the vendor has the message, and whether its account is paused.
        let cases = [
            ("nothing goes wrong", vec![], State::Accepted, 1, 1, false),
            ("refused", vec![status(422)], State::Rejected, 1, 0, false),
            ("no such contact", vec![status(404)], State::Rejected, 1, 0, false),
            ("forbidden", vec![status(403)], State::Rejected, 1, 0, false),
            ("an error of the server", vec![status(503)], State::Unknown, 1, 0, false),
            ("a proxy's error", vec![FaultKind::Html { status: 502 }], State::Unknown, 1, 0, false),
            ("no response", vec![FaultKind::ResetAfter], State::Unknown, 1, 1, false),
            ("half a response", vec![FaultKind::Truncate], State::Accepted, 1, 1, false),
            ("a broken response", vec![FaultKind::InvalidJson], State::Accepted, 1, 1, false),
            ("too many at first", vec![LATER, LATER], State::Accepted, 3, 1, false),
            ("too many for ever", vec![LATER, LATER, LATER], State::Failed, 3, 0, false),
            ("another credential", vec![status(401)], State::Queued, 1, 0, true),
            ("a used-up balance", vec![status(402)], State::Queued, 1, 0, true),
        ];
        for (name, faults, state, attempts, count, paused) in cases {
            for kind in faults {
                fault(&sandbox, kind);
            }
            outbox.enqueue(&envelope(name), name).await.unwrap();
            let summary = runner(&outbox, &sandbox).attempts(3).run().await.unwrap();
            let entry = by_key(&outbox, name).await;
            let reached = (entry.state, entry.attempts, performed(&sandbox).get(name).copied().unwrap_or(0));
            assert_eq!(reached, (state, attempts, count), "{name}: {:?}", entry.reason);
            assert_eq!(outbox.attempts(entry.id).await.unwrap().len(), attempts as usize, "{name}: each attempt is a row");
            assert_eq!(outbox.attempts(entry.id).await.unwrap().last().unwrap().outcome, Some(state), "{name}");
            assert_eq!(outbox.status().await.unwrap().accounts[0].paused, paused, "{name}");
            assert_eq!(summary.count(state), u64::from(state != State::Queued), "{name}");
            outbox.cancel(&Filter::all()).await.unwrap();
            outbox.resume(None).await.unwrap();
        }
        let refused = by_key(&outbox, "refused").await;
        assert!(refused.reason.unwrap().contains("Leonar"), "the vendor's words are kept");
        let accepted = by_key(&outbox, "nothing goes wrong").await;
        assert_eq!(outbox.find_message(account().vendor, &accepted.vendor_ids[0]).await.unwrap()[0].id, accepted.id);
        let conversation = outbox.find_conversation(account().vendor, &accepted.conversation_id.unwrap()).await.unwrap();
        assert!(conversation.iter().any(|entry| entry.id == accepted.id));
    }

    async fn a_message_waits_as_long_as_the_vendor_asks(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        fault(&sandbox, FaultKind::RateLimit { retry_after: Some(90) });
        outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        runner(&outbox, &sandbox).until_none_due().run().await.unwrap();
        let entry = by_key(&outbox, "key").await;
        let attempt = outbox.attempts(entry.id).await.unwrap().remove(0);
        let wait = (entry.due_at - attempt.started_at).num_seconds();
        assert_eq!(entry.state, State::Queued);
        assert!((89..120).contains(&wait), "{wait} s");
    }

    async fn a_vendor_that_is_not_there_is_tried_again(database) {
        let outbox = database.open().await;
        outbox.enqueue(&envelope("hello"), "key").await.unwrap();
        let nowhere = crate::vendor::AtSandbox("http://127.0.0.1:1".to_owned());
        let runner = reachout_outbox::Runner::new(&outbox, nowhere).until_empty().attempts(2);
        runner.run().await.unwrap();
        let entry = by_key(&outbox, "key").await;
        assert_eq!((entry.state, entry.attempts, entry.code.as_deref()), (State::Failed, 2, Some("connect")));
        let wait = outbox.attempts(entry.id).await.unwrap();
        assert!(wait[1].started_at - wait[0].started_at >= chrono::TimeDelta::seconds(1), "it waits before it tries again");
    }

    async fn what_people_do(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        fault(&sandbox, status(422));
        fault(&sandbox, FaultKind::ResetAfter);
        fault(&sandbox, status(503));
        for key in ["rejected", "unknown", "not sent"] {
            outbox.enqueue(&envelope(key), key).await.unwrap();
            runner(&outbox, &sandbox).run().await.unwrap();
        }
        let id = async |key| by_key(&outbox, key).await.id;
        // What may be with the vendor is never queued again by a sweep.
        for state in [State::Unknown, State::Accepted, State::Sending, State::Queued] {
            assert!(outbox.retry(state, &Filter::all()).await.unwrap_err().to_string().contains("not sent again"), "{state}");
        }
        assert_eq!(outbox.retry(State::Rejected, &Filter::account(&account())).await.unwrap(), 1);
        outbox.resolve(id("unknown").await, 1, Resolution::Sent(Sent::new().message_id("by-hand"))).await.unwrap();
        outbox.resolve(id("not sent").await, 1, Resolution::Resend).await.unwrap();
        let again = outbox.resolve(id("unknown").await, 1, Resolution::Resend).await.unwrap_err();
        assert!(again.to_string().contains("only one that is unknown"), "{again}");
        assert!(outbox.resolve(12345, 1, Resolution::Resend).await.unwrap_err().to_string().contains("no message 12345"));
        outbox.pause(Some(&account())).await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        assert_eq!(outbox.status().await.unwrap().count(State::Queued), 2, "a pause holds");
        outbox.resume(Some(&account())).await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let status = outbox.status().await.unwrap();
        assert_eq!((status.count(State::Accepted), status.total()), (3, 3), "{status:?}");
        assert!(performed(&sandbox).values().all(|count| *count == 1));
        assert_eq!(outbox.find_message(account().vendor, "by-hand").await.unwrap().len(), 1);
    }

    async fn a_reply_stops_the_follow_ups(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let later = chrono::Utc::now() + chrono::TimeDelta::days(3);
        outbox.enqueue(&envelope("first").sequence("sophie"), "1").await.unwrap();
        outbox.enqueue(&envelope("second").sequence("sophie").not_before(later), "2").await.unwrap();
        outbox.enqueue(&envelope("other").sequence("john").not_before(later), "3").await.unwrap();
        let stop = tokio::time::sleep(Duration::from_secs(2));
        reachout_outbox::Runner::new(&outbox, crate::vendor::AtSandbox::of(&sandbox)).run_until(stop).await.unwrap();
        let first = by_key(&outbox, "1").await;
        assert_eq!(first.state, State::Accepted);
        assert_eq!(outbox.stop_follow_ups(first.id, "replied").await.unwrap(), 1);
        let states = [by_key(&outbox, "2").await.state, by_key(&outbox, "3").await.state];
        assert_eq!(states, [State::Cancelled, State::Queued], "not before their time, and not after a reply");
    }

    /// As where the database fails in the moment in which a claim is committed.
    async fn what_is_held_and_forgotten_is_found(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let later = chrono::Utc::now() + chrono::TimeDelta::hours(1);
        outbox.enqueue(&envelope("hello").not_before(later), "key").await.unwrap();
        let forget = async {
            let claim = "UPDATE reachout_outbox_messages SET due_at = 0, worker = (SELECT id FROM reachout_outbox_workers)
                WHERE EXISTS (SELECT 1 FROM reachout_outbox_workers)";
            while database.change(claim).await == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let (summary, ()) = tokio::join!(runner(&outbox, &sandbox).run(), forget);
        assert_eq!(summary.unwrap().count(State::Accepted), 1);
    }

    async fn stopping_finishes_what_is_in_flight(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let slow = reachout_sandbox::Fault::new(FaultKind::Latency).after_milliseconds(400);
        sandbox.add_fault(reachout_sandbox::FaultRule::new(slow).times(1000)).unwrap();
        let messages = (0..100).map(|n| (format!("{n}"), envelope(&format!("m{n}"))));
        outbox.enqueue_all(messages).await.unwrap();
        let (began, first) = tokio::sync::oneshot::channel();
        let began = std::sync::Mutex::new(Some(began));
        let runner = runner(&outbox, &sandbox).on_event(move |event| {
            if let (Event::Settled { .. }, Some(began)) = (event, began.lock().unwrap().take()) {
                began.send(()).unwrap();
            }
        });
        let summary = runner.run_until(async { first.await.unwrap() }).await.unwrap();
        let status = outbox.status().await.unwrap();
        assert_eq!(status.count(State::Accepted), summary.count(State::Accepted));
        assert_eq!(status.count(State::Accepted) + status.count(State::Queued), 100, "nothing is left half-done: {status:?}");
        assert!((1..=8).contains(&status.count(State::Accepted)), "{status:?}");
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_messages WHERE worker IS NOT NULL").await, 0);
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_workers").await, 0);
    }
}
