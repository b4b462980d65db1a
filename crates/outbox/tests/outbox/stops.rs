//! Whoever replied gets no follow-up, in whatever state it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reachout_messenger::{hoop_ai, sendpilot};
use reachout_outbox::{
    Account, AccountClient, BoxFuture, Channel, Daily, Eligibility, Envelope, Error, Filter, Message, Outbox, Resolution, Rules, Settler,
    Signal, SignalKind, State, Vendor, Verdict,
};
use reachout_sandbox::{Fault, FaultKind, FaultRule};
use serde_json::json;

use crate::both;
use crate::vendor::{AtSandbox, account, by_key, envelope, fault, performed, runner, sandbox};

pub fn sms(to: &str, text: &str) -> Envelope {
    Envelope::new(Account::new(Vendor::HoopAi, "acme"), Message::to(to).channel(Channel::Sms).text(text))
}

fn inbound(conversation: Option<&str>, contact: &str) -> Signal {
    let event =
        json!({ "type": "InboundMessage", "messageType": "SMS", "conversationId": conversation, "contactId": contact, "messageId": "m" });
    Signal::from_hoop_ai(&serde_json::from_value::<hoop_ai::WebhookEvent>(event).unwrap()).remove(0)
}

/// Does something between the claim of a message and its step to `sending`.
#[derive(Debug)]
struct Meanwhile(Outbox, What);

#[derive(Clone, Copy, Debug)]
enum What {
    PauseAll,
    PauseOne,
    Stop(i64),
}

impl Eligibility for Meanwhile {
    fn check<'a>(&'a self, _: &'a AccountClient, _: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        Box::pin(async move {
            match self.1 {
                What::PauseAll => self.0.pause(None).await?,
                What::PauseOne => self.0.pause(Some(&account())).await?,
                What::Stop(id) => drop(self.0.stop_follow_ups(id, "replied").await?),
            }
            Ok(Verdict::Eligible)
        })
    }
}

async fn stopped(outbox: &Outbox, key: &str) {
    let entry = by_key(outbox, key).await;
    assert_eq!((entry.state, entry.code.as_deref()), (State::Cancelled, Some("follow-up-stopped")), "{key}");
}

both! {
    async fn a_reply_while_the_follow_up_is_being_sent(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        outbox.enqueue(&envelope("follow-up").sequence("s"), "follow").await.unwrap();
        let late = Fault::new(FaultKind::RateLimit { retry_after: Some(1) }).after_milliseconds(500);
        sandbox.add_fault(FaultRule::new(late).operation("send_message")).unwrap();
        let first = by_key(&outbox, "first").await.id;
        let reply = async {
            while by_key(&outbox, "follow").await.state != State::Sending {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            outbox.stop_follow_ups(first, "replied").await.unwrap();
        };
        let (ran, ()) = tokio::join!(runner(&outbox, &sandbox).run(), reply);
        ran.unwrap();
        stopped(&outbox, "follow").await;
        assert!(!performed(&sandbox).contains_key("follow-up"));
    }

    async fn a_reply_while_the_follow_up_is_unknown(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&sms("c1", "first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        for key in ["reconciled", "resolved"] {
            fault(&sandbox, FaultKind::ResetBefore);
            outbox.enqueue(&sms("c1", key).sequence("s"), key).await.unwrap();
            runner(&outbox, &sandbox).run().await.unwrap();
            assert_eq!(by_key(&outbox, key).await.state, State::Unknown);
        }
        let conversation = by_key(&outbox, "first").await.conversation_id;
        outbox.receive(&inbound(conversation.as_deref(), "c1")).await.unwrap();
        let unknown = by_key(&outbox, "resolved").await;
        outbox.resolve(unknown.id, unknown.attempts, Resolution::Resend).await.unwrap();
        Settler::new(&outbox, AtSandbox::of(&sandbox)).grace(Duration::ZERO).settle(&Filter::all()).await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        for key in ["reconciled", "resolved"] {
            assert!(!performed(&sandbox).contains_key(key), "{key}");
        }
        stopped(&outbox, "resolved").await;
    }

    async fn a_reply_in_the_conversation_of_an_older_message(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&sms("c1", "older"), "older").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        fault(&sandbox, FaultKind::ResetAfter);
        outbox.enqueue(&sms("c1", "first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let later = reachout_outbox::Utc::now() + Duration::from_hours(1);
        outbox.enqueue(&sms("c1", "follow-up").sequence("s").not_before(later), "follow").await.unwrap();
        outbox.enqueue(&sms("c2", "another's").sequence("t").not_before(later), "other").await.unwrap();
        let conversation = by_key(&outbox, "older").await.conversation_id;
        let handled = outbox.receive(&inbound(conversation.as_deref(), "C1")).await.unwrap();
        assert_eq!((handled.messages.len(), handled.stopped), (3, 1), "{handled:?}");
        stopped(&outbox, "follow").await;
        assert_eq!(by_key(&outbox, "other").await.state, State::Queued);
    }

    async fn a_reply_from_a_profile_that_is_written_otherwise(database) {
        let outbox = database.open().await;
        let to = |url: &str| Envelope::new(Account::new(Vendor::SendPilot, "acme"), Message::to(url).from("sender_abc123").text("Hi"));
        for (n, (ours, theirs)) in [
            ("https://www.linkedin.com/in/john-doe", "https://linkedin.com/in/John-Doe/"),
            ("https://www.linkedin.com/in/jane-doe?utm=1", "http://fr.linkedin.com/in/jane-doe"),
            ("https://www.linkedin.com/in/ANDRÉ", "https://www.linkedin.com/in/andr%C3%A9"),
        ].into_iter().enumerate() {
            outbox.enqueue(&to(ours).sequence(format!("s{n}")), &format!("k{n}")).await.unwrap();
            let reply = json!({ "eventType": "reply.received", "data": { "linkedinUrl": theirs, "reply": "Hi" } });
            let signal = Signal::from_sendpilot(&serde_json::from_value::<sendpilot::WebhookEvent>(reply).unwrap()).remove(0);
            assert_eq!(outbox.receive(&signal).await.unwrap().stopped, 1, "{theirs}");
        }
        // The lead, whose profile is one of the further addresses.
        outbox.enqueue(&to("lead_1").address("https://www.linkedin.com/in/lea").sequence("lead"), "lead").await.unwrap();
        let mut signal = Signal::new(Vendor::SendPilot, SignalKind::Replied);
        signal.recipients = vec!["linkedin.com/in/Lea".to_owned()];
        assert_eq!(outbox.receive(&signal).await.unwrap().stopped, 1);
    }

    async fn a_sequence_stays_stopped(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let first = by_key(&outbox, "first").await.id;
        let later = reachout_outbox::Utc::now() + Duration::from_hours(1);
        for key in ["stopped", "withdrawn"] {
            outbox.enqueue(&envelope(key).sequence("s").not_before(later), key).await.unwrap();
            if key == "withdrawn" {
                // By a person, after the reply.
                outbox.enqueue(&envelope("mistake"), "mistake").await.unwrap();
                outbox.cancel(&Filter::all()).await.unwrap();
            } else {
                assert_eq!(outbox.stop_follow_ups(first, "replied").await.unwrap(), 1);
                assert_eq!(outbox.stop_follow_ups(first, "again").await.unwrap(), 0);
            }
        }
        assert_eq!(outbox.retry(State::Cancelled, &Filter::all()).await.unwrap(), 1, "what a person withdrew by mistake, and no more");
        // Its content is gone, and still it is known.
        outbox.purge(Duration::ZERO).await.unwrap();
        outbox.enqueue(&envelope("later").sequence("s"), "later").await.unwrap();
        let hoop = sms("c1", "by another vendor").sequence("s");
        outbox.enqueue(&hoop, "hoop").await.unwrap();
        let mut tenant = envelope("of another tenant").sequence("s");
        tenant.account = Account::new(Vendor::Leonar, "other");
        outbox.enqueue(&tenant, "tenant").await.unwrap();
        let mut person = envelope("to another person").sequence("s");
        person.message.to = "b1b2c3d4-5678-90ab-cdef-1234567890ab".into();
        outbox.enqueue(&person, "person").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        stopped(&outbox, "later").await;
        stopped(&outbox, "hoop").await;
        for key in ["mistake", "tenant", "person"] {
            let entry = by_key(&outbox, key).await;
            assert_eq!(entry.state, State::Accepted, "{key}: {:?}", entry.reason);
        }
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_stops").await, 1, "it is written once");
    }

    async fn what_happens_after_the_claim_counts(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("first").sequence("s"), "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        let first = by_key(&outbox, "first").await.id;
        for (key, what, state) in [
            ("all", What::PauseAll, State::Queued),
            ("one", What::PauseOne, State::Queued),
            ("stopped", What::Stop(first), State::Cancelled),
        ] {
            outbox.enqueue(&envelope(key).sequence(if key == "stopped" { "s" } else { key }), key).await.unwrap();
            runner(&outbox, &sandbox).eligibility(Meanwhile(outbox.clone(), what)).run().await.unwrap();
            assert_eq!(by_key(&outbox, key).await.state, state, "{key}");
            assert!(!performed(&sandbox).contains_key(key), "{key}");
            outbox.cancel(&Filter::all()).await.unwrap();
            outbox.resume(None).await.unwrap();
        }
    }

    /// A step that waits for the rate limit, and is tried again, counts once in the sender's day.
    async fn a_step_that_is_refused_uses_nothing_of_the_day(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let rules = Rules::new().limit(1, Duration::from_millis(300)).daily_cap(Daily::new(3, "UTC").unwrap());
        outbox.set_rules(&account(), &rules).await.unwrap();
        for key in ["a", "b", "c"] {
            outbox.enqueue(&envelope(key), key).await.unwrap();
        }
        let seen = Arc::new(Mutex::new(0));
        let count = Arc::clone(&seen);
        let runner = reachout_outbox::Runner::new(&outbox, AtSandbox::of(&sandbox)).on_event(move |event| {
            if matches!(event, reachout_outbox::Event::Settled { .. }) {
                *count.lock().unwrap() += 1;
            }
        });
        let done = async {
            while *seen.lock().unwrap() < 3 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = async { runner.run_until(done).await.map(drop).unwrap() } => {}
            () = tokio::time::sleep(Duration::from_secs(30)) => panic!("some wait for the next day: {:?}", outbox.status().await),
        }
        assert_eq!(performed(&sandbox).len(), 3);
        assert_eq!(database.number("SELECT MAX(used) FROM reachout_outbox_daily").await, 3);
    }
}
