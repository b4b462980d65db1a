//! What the vendors tell: who must not be written to, what arrived, and what happened to it later.

use std::time::Duration;

use reachout_messenger::{hoop_ai, leadway, leonar, sendpilot};
use reachout_outbox::{
    Account, Channel, Envelope, Filter, Handled, Message, Settler, Signal, SignalKind, State, Vendor, VendorEligibility,
};
use reachout_sandbox::{FaultKind, Sandbox};
use serde_json::json;

use crate::both;
use crate::database::{Database, in_time};
use crate::vendor::{AtSandbox, account, by_key, envelope, fault, performed, runner, sandbox};

const PROFILE: &str = "https://www.linkedin.com/in/john-doe";

/// A client of the sandbox.
macro_rules! client {
    ($client:ident, $vendor:ident, $sandbox:expr) => {
        $client::Client::builder()
            .base_url($sandbox.base_url(Vendor::$vendor))
            .credential(Sandbox::api_key(Vendor::$vendor))
            .build()
            .unwrap()
    };
}

fn to(vendor: Vendor, channel: Channel, recipient: &str, text: &str) -> Envelope {
    let message = Message::to(recipient).channel(channel).text(text);
    let message = if channel == Channel::Email { message.subject("A role") } else { message };
    let message = if vendor == Vendor::SendPilot { message.from("sender_abc123") } else { message };
    Envelope::new(Account::new(vendor, "acme"), message)
}

/// A contact of each edition that is marked.
async fn marked(sandbox: &Sandbox) -> Vec<(Vendor, String)> {
    let sms = || hoop_ai::types::DndSettings::new().sms(hoop_ai::types::DndSetting::new(hoop_ai::types::DndStatus::Active).message("STOP"));
    let request = hoop_ai::types::CreateContactRequest::new("loc").dnd_settings(sms());
    let first = client!(hoop_ai, HoopAi, sandbox).contacts().create(request).await.unwrap();
    let request = leadway::types::CreateContactRequest::new("loc").dnd(true);
    let second = client!(leadway, Leadway, sandbox).contacts().create(request).await.unwrap();
    vec![(Vendor::HoopAi, first.contact.clone().unwrap().id.unwrap()), (Vendor::Leadway, second.contact.clone().unwrap().id.unwrap())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_a_vendor_has_marked_is_not_written_to() {
    in_time(async {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = database.open().await;
        let leonar = client!(leonar, Leonar, sandbox);
        let contact = |marked: bool| leonar::types::CreateContactRequest::new("Sophie").do_not_contact(marked);
        for (key, marked) in [("leonar no", true), ("leonar yes", false)] {
            let id = leonar.contacts().create(contact(marked)).await.unwrap().data.id.to_string();
            outbox.enqueue(&to(Vendor::Leonar, Channel::Linkedin, &id, key), key).await.unwrap();
        }
        for (vendor, contact) in marked(&sandbox).await {
            for channel in [Channel::Sms, Channel::WhatsApp] {
                let key = format!("{vendor} {channel}");
                outbox.enqueue(&to(vendor, channel, &contact, &key), &key).await.unwrap();
            }
        }
        runner(&outbox, &sandbox).eligibility(VendorEligibility::new()).run().await.unwrap();
        for (key, state, code) in [
            ("leonar no", State::Suppressed, Some("do-not-contact")),
            ("leonar yes", State::Accepted, None),
            ("hoop-ai sms", State::Suppressed, Some("dnd-sms")),
            ("hoop-ai whatsapp", State::Accepted, None),
            ("leadway sms", State::Suppressed, Some("dnd")),
            ("leadway whatsapp", State::Suppressed, Some("dnd")),
        ] {
            let entry = by_key(&outbox, key).await;
            assert_eq!(entry.state, state, "{key}: {:?}", entry.reason);
            assert_eq!(entry.code.as_deref().filter(|_| state == State::Suppressed), code, "{key}");
            assert_eq!(performed(&sandbox).contains_key(key), state == State::Accepted, "{key}");
        }
        let words = by_key(&outbox, "hoop-ai sms").await.reason.unwrap();
        assert!(words.ends_with("by sms: STOP"), "{words}");
    })
    .await;
}

/// Queues a message whose sending ends with this fault.
async fn unknown(outbox: &reachout_outbox::Outbox, sandbox: &Sandbox, envelope: &Envelope, key: &str, kind: FaultKind) {
    fault(sandbox, kind);
    outbox.enqueue(envelope, key).await.unwrap();
    runner(outbox, sandbox).run().await.unwrap();
    assert_eq!(by_key(outbox, key).await.state, State::Unknown, "{key}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unknown_is_looked_for() {
    in_time(async {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = database.open().await;
        let cases = [
            // Leonar lists by conversation, which another message tells.
            (Vendor::Leonar, Channel::Linkedin, "a1b2c3d4-5678-90ab-cdef-1234567890ab", "unclear"),
            (Vendor::SendPilot, Channel::Linkedin, PROFILE, "unclear"),
            (Vendor::HoopAi, Channel::Sms, "contact1", "not-sent"),
            (Vendor::Leadway, Channel::WhatsApp, "contact2", "not-sent"),
        ];
        for (vendor, channel, recipient, _) in cases {
            outbox.enqueue(&to(vendor, channel, recipient, &format!("{vendor} before")), &format!("{vendor} before")).await.unwrap();
            runner(&outbox, &sandbox).run().await.unwrap();
            for (what, kind) in [("arrived", FaultKind::ResetAfter), ("lost", FaultKind::ResetBefore)] {
                let key = format!("{vendor} {what}");
                unknown(&outbox, &sandbox, &to(vendor, channel, recipient, &key), &key, kind).await;
            }
        }
        let early = Settler::new(&outbox, AtSandbox::of(&sandbox)).settle(&Filter::all()).await.unwrap();
        assert!(early.len() == 8 && early.iter().all(|settled| settled.found == "too-early"), "{early:?}");
        let settler = Settler::new(&outbox, AtSandbox::of(&sandbox)).grace(Duration::ZERO);
        let settled = settler.settle(&Filter::all()).await.unwrap();
        for (vendor, _, _, absent) in cases {
            for (what, found, state) in
                [("arrived", "sent", State::Accepted), ("lost", absent, if absent == "unclear" { State::Unknown } else { State::Queued })]
            {
                let entry = by_key(&outbox, &format!("{vendor} {what}")).await;
                let told = settled.iter().find(|settled| settled.id == entry.id).unwrap();
                assert_eq!((told.found, entry.state), (found, state), "{vendor} {what}: {:?}", told.reason);
                assert_eq!(told.reason.is_some(), found == "unclear", "{vendor} {what}");
                assert_eq!(!entry.vendor_ids.is_empty(), found == "sent", "{vendor} {what}");
            }
        }
        runner(&outbox, &sandbox).run().await.unwrap();
        let counts = performed(&sandbox);
        assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        assert_eq!(counts.get("hoop-ai lost"), Some(&1), "it was sent in the end");
    })
    .await;
}

/// Two messages of the same words to the same person are two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_another_messages_does_not_count() {
    in_time(async {
        let (database, sandbox) = (Database::sqlite(), sandbox().await);
        let outbox = database.open().await;
        let same = to(Vendor::HoopAi, Channel::Sms, "contact1", "Hi");
        outbox.enqueue(&same, "first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        unknown(&outbox, &sandbox, &same, "second", FaultKind::ResetBefore).await;
        let settled = Settler::new(&outbox, AtSandbox::of(&sandbox)).grace(Duration::ZERO).settle(&Filter::all()).await.unwrap();
        assert_eq!(settled.iter().map(|settled| settled.found).collect::<Vec<_>>(), ["not-sent"], "{settled:?}");
    })
    .await;
}

fn event<T: serde::de::DeserializeOwned>(json: &serde_json::Value) -> T {
    serde_json::from_value(json.clone()).unwrap()
}

both! {
    async fn webhooks_stop_follow_ups(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let first = |vendor, channel, recipient| to(vendor, channel, recipient, "Hi").sequence(format!("roles/{recipient}"));
        let cases = [(Vendor::SendPilot, Channel::Linkedin, PROFILE), (Vendor::HoopAi, Channel::Sms, "c1"), (Vendor::Leadway, Channel::Email, "c2")];
        for (vendor, channel, recipient) in cases {
            outbox.enqueue(&first(vendor, channel, recipient), &format!("{vendor} first")).await.unwrap();
        }
        runner(&outbox, &sandbox).run().await.unwrap();
        for (vendor, channel, recipient) in cases {
            let next = first(vendor, channel, recipient).not_before(reachout_outbox::Utc::now() + Duration::from_hours(1));
            outbox.enqueue(&next.address("sophie@example.org"), &format!("{vendor} next")).await.unwrap();
        }
        let conversation = by_key(&outbox, "hoop-ai first").await.conversation_id;
        let message = by_key(&outbox, "leadway first").await.vendor_ids[0].clone();
        let reply = json!({ "eventType": "reply.received", "data": { "linkedinUrl": format!("{PROFILE}/"), "reply": "Hi" } });
        let inbound = json!({ "type": "InboundMessage", "messageType": "SMS", "conversationId": conversation, "contactId": "c1", "messageId": "other" });
        let opt_out =
            json!({ "type": "OutboundMessage", "messageType": "Email", "messageId": message, "contactId": "c2", "status": "opt_out" });
        let delivered = json!({ "type": "OutboundMessage", "messageId": message, "status": "delivered" });
        assert_eq!(Signal::from_leadway(&event::<leadway::WebhookEvent>(&delivered)), []);
        let signals = [
            Signal::from_sendpilot(&event::<sendpilot::WebhookEvent>(&reply)).remove(0),
            Signal::from_hoop_ai(&event::<hoop_ai::WebhookEvent>(&inbound)).remove(0),
            Signal::from_leadway(&event::<leadway::WebhookEvent>(&opt_out)).remove(0),
        ];
        assert_eq!(signals[2].kind, SignalKind::Unsubscribed);
        for ((vendor, ..), signal) in cases.iter().zip(&signals) {
            let handled = outbox.receive(signal).await.unwrap();
            assert_eq!(handled.stopped, 1, "{vendor}: {handled:?}");
            let next = by_key(&outbox, &format!("{vendor} next")).await;
            assert_eq!((next.state, next.code.as_deref()), (State::Cancelled, Some("follow-up-stopped")), "{vendor}");
            assert_eq!(outbox.receive(signal).await.unwrap().stopped, 0, "{vendor}: told again");
        }
        let listed: Vec<_> = outbox.suppressed(None, 10).await.unwrap().into_iter().map(|listed| (listed.address, listed.channel)).collect();
        let email = Some("email".to_owned());
        assert_eq!(listed, [("c2".to_owned(), email.clone()), ("sophie@example.org".to_owned(), email)], "only who unsubscribed");
        let nobody = Signal::from_hoop_ai(&event::<hoop_ai::WebhookEvent>(&json!({ "type": "InboundMessage", "conversationId": "?" }))).remove(0);
        assert_eq!(outbox.receive(&nobody).await.unwrap(), Handled::default());
    }

    async fn messages_are_found_by_recipient(database) {
        let outbox = database.open().await;
        outbox.enqueue(&envelope("a"), "a").await.unwrap();
        outbox.enqueue(&to(Vendor::SendPilot, Channel::Linkedin, PROFILE, "b"), "b").await.unwrap();
        let found = outbox.find_recipient(Vendor::SendPilot, "HTTPS://www.linkedin.com/in/john-doe/").await.unwrap();
        assert_eq!(found.iter().map(|entry| entry.key.as_deref()).collect::<Vec<_>>(), [Some("b")]);
        assert_eq!(found[0].account, Account::new(Vendor::SendPilot, "acme"));
        for (key, recipient) in [("c", "c_1"), ("d", "cx1")] {
            outbox.enqueue(&to(Vendor::HoopAi, Channel::Sms, recipient, key), key).await.unwrap();
        }
        let found = outbox.find_recipient(Vendor::HoopAi, "c_1").await.unwrap();
        assert_eq!(found.iter().map(|entry| entry.key.as_deref()).collect::<Vec<_>>(), [Some("c")]);
        assert!(outbox.find_recipient(Vendor::Leonar, "x1").await.unwrap().is_empty());
        assert!(outbox.find_recipient(Vendor::Leonar, "%").await.is_err());
        assert_eq!(outbox.find_recipient(account().vendor, crate::vendor::CONTACT).await.unwrap().len(), 1);
    }
}
