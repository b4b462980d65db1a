//! Vendors' webhooks: kept once, with all that follows from them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use reachout_outbox::{Filter, Forwarder, Outbox, ReceiveError, Received, Receiver, SignalKind, State, Utc, Vendor, Verifier};
use reachout_webhooks::{ReplayGuard as _, Signer};
use serde_json::{Value, json};

use crate::both;
use crate::campaign::{Scripted, TestClock, pass, person, sequence, world};
use crate::database::Database;

const SECRET: &str = "webhook secret";

fn receiver(outbox: &Outbox) -> Receiver {
    Receiver::new(outbox).verifier(Vendor::HoopAi, Verifier::hoop([SECRET]).unwrap())
}

fn headers(body: &[u8]) -> HeaderMap {
    Signer::hoop(SECRET).unwrap().sign("", Utc::now(), body).unwrap()
}

async fn deliver(outbox: &Outbox, event: &Value) -> Received {
    let body = event.to_string();
    receiver(outbox).receive(Vendor::HoopAi, &headers(body.as_bytes()), body.as_bytes()).await.unwrap()
}

fn reply(webhook: &str, message: &str) -> Value {
    json!({ "type": "InboundMessage", "messageType": "SMS", "contactId": "contact1-ada", "messageId": message, "webhookId": webhook, "body": "Yes" })
}

/// A campaign whose first step was sent to Ada.
async fn begun(database: &Database) -> (Outbox, TestClock, Scripted) {
    let (outbox, clock, vendor) = world(database).await;
    outbox.add_people(&sequence("spring"), [person("ada")], false).await.unwrap();
    vendor.runner(&outbox).run().await.unwrap();
    assert_eq!(vendor.texts(), ["ada 1"]);
    (outbox, clock, vendor)
}

/// Serves until the test ends, and responds with a status that the test decides: the address.
async fn serve(respond: impl Fn(HeaderMap, Bytes) -> StatusCode + Clone + Send + Sync + 'static) -> String {
    let handle = move |headers: HeaderMap, body: Bytes| std::future::ready(respond(headers, body));
    listen(Router::new().fallback(handle)).await
}

async fn listen(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn post(url: String, headers: HeaderMap, body: Vec<u8>) -> u16 {
    reqwest::Client::new().post(url).headers(headers).body(body).send().await.unwrap().status().as_u16()
}

both! {
    async fn a_reply_ends_the_sequence_once_whoever_delivers_it(database) {
        let (outbox, clock, vendor) = begun(&database).await;
        let received = deliver(&outbox, &reply("w1", "in1")).await;
        assert_eq!((received.is_duplicate, received.handled.stopped), (false, 1), "{received:?}");
        // A person finds that it was no reply. What is delivered again says nothing new, by its delivery or by its message.
        outbox.resume_follow_ups(&Filter::all()).await.unwrap();
        for (webhook, message) in [("w1", "in1"), ("w2", "in1")] {
            let again = deliver(&outbox, &reply(webhook, message)).await;
            assert_eq!((again.is_duplicate, again.event, again.handled.stopped), (true, received.event, 0), "{webhook} {again:?}");
        }
        clock.forward(3 * 24);
        vendor.runner(&outbox).run().await.unwrap();
        assert_eq!(vendor.texts().len(), 2, "what came before ends nothing again");
        // An id of a delivery that comes with another message is another reply.
        let other = deliver(&outbox, &reply("w1", "in2")).await;
        assert_eq!((other.is_duplicate, other.handled.stopped), (false, 1), "{other:?}");
        pass(&outbox, &clock, &vendor, 10).await;
        assert_eq!(vendor.texts().len(), 2);
        let events = outbox.events(0, 10).await.unwrap();
        assert_eq!(events.iter().map(|event| (event.kind, event.stopped)).collect::<Vec<_>>(), [(Some(SignalKind::Replied), 1); 2]);
        let body: Value = serde_json::from_slice(events[0].body.as_deref().unwrap()).unwrap();
        assert_eq!(body, reply("w1", "in1"));
    }

    async fn deliveries_at_once_are_one_event(database) {
        let (outbox, ..) = begun(&database).await;
        let event = reply("w1", "in1");
        let all = futures_util::future::join_all((0..8).map(|_| deliver(&outbox, &event))).await;
        assert_eq!(all.iter().filter(|received| !received.is_duplicate).count(), 1);
        assert_eq!((outbox.events(0, 10).await.unwrap().len(), all.iter().map(|received| received.handled.stopped).sum::<u64>()), (1, 1));
    }

    async fn an_application_of_its_own_knows_what_it_saw(database) {
        let (one, two) = (database.open().await, database.open().await);
        let seen = async |outbox: &Outbox, id: &str| outbox.first_seen(id, Utc::now()).await.unwrap();
        assert_eq!((seen(&one, "w1").await, seen(&two, "w1").await, seen(&two, "w2").await), (true, false, true));
        two.forget("w1").await.unwrap();
        assert!(seen(&one, "w1").await);
        one.purge(Duration::ZERO).await.unwrap();
        assert!(!seen(&database.open().await, "w1").await, "also after a purge, for two days");
    }

    async fn what_is_not_the_vendors_is_not_kept(database) {
        let (outbox, ..) = begun(&database).await;
        let body = reply("w1", "in1").to_string();
        let forged = receiver(&outbox).receive(Vendor::HoopAi, &headers(b"another body"), body.as_bytes()).await;
        assert!(matches!(forged, Err(ReceiveError::Signature(_))), "{forged:?}");
        let unsigned = receiver(&outbox).receive(Vendor::HoopAi, &HeaderMap::new(), body.as_bytes()).await;
        assert!(matches!(unsigned, Err(ReceiveError::Signature(_))), "{unsigned:?}");
        let other = receiver(&outbox).receive(Vendor::Leadway, &headers(body.as_bytes()), body.as_bytes()).await;
        assert!(matches!(other, Err(ReceiveError::NoVerifier(Vendor::Leadway))), "{other:?}");
        assert!(outbox.events(0, 10).await.unwrap().is_empty());
        assert_eq!(outbox.counts(&Filter::all()).await.unwrap(), [(State::Queued, 1), (State::Accepted, 1)]);
    }

    async fn what_is_not_understood_is_kept_and_listed(database) {
        let (outbox, ..) = begun(&database).await;
        for (body, has_problem) in [
            (json!({ "type": "SomethingNew", "contactId": "contact1-ada" }).to_string(), false),
            ("stop writing to me".to_owned(), true),
            (json!({ "type": "InboundMessage", "contactId": { "id": "contact1-ada" } }).to_string(), true),
            (json!({ "type": "InboundMessage", "body": "no more" }).to_string(), true),
            (json!({ "type": "LCEmailStats", "webhookPayload": { "event": "complained", "recipient": "ada at home" } }).to_string(), true),
        ] {
            let received = receiver(&outbox).receive(Vendor::HoopAi, &headers(body.as_bytes()), body.as_bytes()).await.unwrap();
            assert_eq!(received.problem.is_some(), has_problem, "{body}: {received:?}");
            let again = receiver(&outbox).receive(Vendor::HoopAi, &headers(body.as_bytes()), body.as_bytes()).await.unwrap();
            assert!(again.is_duplicate && again.event == received.event, "{body}");
            let last = outbox.events(received.event - 1, 10).await.unwrap().pop().unwrap();
            assert_eq!((last.problem, last.body.as_deref()), (received.problem, Some(body.as_bytes())));
        }
    }

    async fn opt_outs_and_complaints_put_people_on_the_list(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let mut spring = sequence("spring");
        spring.stop_on = [SignalKind::Replied].into();
        outbox.add_people(&spring, ["ada", "bob", "eve", "dan"].map(person), false).await.unwrap();
        vendor.runner(&outbox).run().await.unwrap();
        let dnd = |id: &str, rest: Value| {
            let mut event = json!({ "type": "ContactDndUpdate", "id": id });
            event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            event
        };
        let complaint = json!({ "event": "complained", "id": "e1", "recipient": "Eve@Example.org", "message": { "headers": { "message-id": "<x>" } } });
        for (event, kind) in [
            (dnd("contact1-ada", json!({ "dnd": true })), SignalKind::Unsubscribed),
            (dnd("contact1-bob", json!({ "dnd": false, "dndSettings": { "SMS": { "status": "permanent" }, "Email": { "status": "inactive" } } })), SignalKind::Unsubscribed),
            (json!({ "type": "LCEmailStats", "webhookPayload": complaint }), SignalKind::Complained),
        ] {
            let received = deliver(&outbox, &event).await;
            assert_eq!((received.handled.stopped, received.problem), (1, None), "{event}");
            assert_eq!(outbox.events(received.event - 1, 1).await.unwrap()[0].kind, Some(kind));
        }
        for event in [
            dnd("contact1-dan", json!({ "dnd": false, "dndSettings": { "SMS": { "status": "inactive" } } })),
            json!({ "type": "InboundMessage", "contactId": "contact1-dan", "messageId": "m", "subject": "Automatic reply: Hi" }),
            json!({ "type": "LCEmailStats", "webhookPayload": { "event": "failed", "severity": "temporary", "recipient": "dan@example.org" } }),
        ] {
            assert_eq!(deliver(&outbox, &event).await.handled.stopped, 0, "{event}");
        }
        let listed: Vec<_> = outbox.suppressed(None, 10).await.unwrap().into_iter().map(|listed| (listed.address, listed.channel, listed.reason)).collect();
        let row = |address: &str, channel: Option<&str>, reason: &str| (address.to_owned(), channel.map(str::to_owned), reason.to_owned());
        assert_eq!(listed, [
            row("ada@example.org", None, "unsubscribed"),
            row("bob@example.org", Some("sms"), "unsubscribed"),
            row("contact1-ada", None, "unsubscribed"),
            row("contact1-bob", Some("sms"), "unsubscribed"),
            row("contact1-eve", Some("email"), "complained"),
            row("eve@example.org", Some("email"), "complained"),
        ]);
        pass(&outbox, &clock, &vendor, 10).await;
        let to = |name: &str| vendor.texts().iter().filter(|text| text.starts_with(name)).count();
        assert_eq!(["ada", "bob", "eve", "dan"].map(to), [1, 1, 1, 4]);
    }

    async fn what_cannot_be_done_whole_is_not_done(database) {
        let (outbox, ..) = begun(&database).await;
        let address = listen(receiver(&outbox).router()).await;
        let body = json!({ "type": "ContactDndUpdate", "id": "contact1-ada", "dnd": true, "webhookId": "w1" }).to_string().into_bytes();
        database.change("ALTER TABLE reachout_outbox_suppressed RENAME TO elsewhere").await;
        let status = post(format!("{address}/webhooks/hoop-ai"), headers(&body), body.clone()).await;
        assert_eq!(status, 429, "after anything else HighLevel does not deliver it again");
        assert!(outbox.events(0, 10).await.unwrap().is_empty());
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_stops").await, 0);
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_messages WHERE state = 'queued'").await, 1);
        database.change("ALTER TABLE elsewhere RENAME TO reachout_outbox_suppressed").await;
        assert_eq!(post(format!("{address}/webhooks/hoop-ai"), headers(&body), body).await, 200);
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_messages WHERE state = 'cancelled'").await, 1);
    }

    async fn the_routes_say_what_was_done(database) {
        let (outbox, ..) = begun(&database).await;
        let address = listen(receiver(&outbox).router()).await;
        let body = reply("w1", "in1").to_string().into_bytes();
        let large = vec![b' '; 3 * 1024 * 1024];
        for (vendor, headers, body, status) in [
            ("hoop-ai", headers(b"forged"), body.clone(), 401),
            ("leadway", headers(&body), body.clone(), 404),
            ("nobody", headers(&body), body.clone(), 404),
            ("hoop-ai", headers(&large), large.clone(), 413),
            ("hoop-ai", headers(&body), body.clone(), 200),
            ("hoop-ai", headers(&body), body.clone(), 200),
        ] {
            assert_eq!(post(format!("{address}/webhooks/{vendor}"), headers, body).await, status, "{vendor}");
        }
        assert_eq!(outbox.events(0, 10).await.unwrap().len(), 1);
    }

    async fn events_are_forwarded_in_order_and_none_is_lost(database) {
        let (outbox, ..) = begun(&database).await;
        deliver(&outbox, &reply("w0", "before")).await;
        let (taken, failures) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(2)));
        let (log, left) = (Arc::clone(&taken), Arc::clone(&failures));
        let url = serve(move |headers, body: Bytes| {
            let verifier = Verifier::svix(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).unwrap();
            assert_eq!(verifier.verify(&headers, &body).unwrap().message_id().unwrap(), format!("event_{}", headers["reachout-event"].to_str().unwrap()));
            if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            log.lock().unwrap().push(serde_json::from_slice::<Value>(&body).unwrap()["messageId"].as_str().unwrap().to_owned());
            StatusCode::NO_CONTENT
        })
        .await;
        let forwarder = || Forwarder::new(&outbox, &url).unwrap().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let forward = async |wanted: usize| {
            let forwarder = forwarder();
            let done = async {
                while taken.lock().unwrap().len() < wanted {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                // What was taken is recorded.
                while outbox.forwarding().await.unwrap().is_none_or(|forwarding| forwarding.waiting > 0) {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::select! { ended = forwarder.run() => ended.unwrap(), () = done => {} }
        };
        forward(0).await;
        for number in 1..=3 {
            deliver(&outbox, &reply(&format!("w{number}"), &format!("in{number}"))).await;
        }
        assert_eq!(outbox.forwarding().await.unwrap().unwrap().waiting, 3);
        // What waits is not purged.
        outbox.purge(Duration::ZERO).await.unwrap();
        assert_eq!(outbox.events(0, 10).await.unwrap().iter().filter(|event| event.body.is_some()).count(), 3);
        forward(3).await;
        deliver(&outbox, &reply("w4", "in4")).await;
        forward(4).await;
        assert_eq!(*taken.lock().unwrap(), ["in1", "in2", "in3", "in4"]);
        assert!(Forwarder::new(&outbox, "http://192.0.2.1/events").is_err(), "in plain text to another machine");
        Forwarder::end(&outbox).await.unwrap();
        outbox.purge(Duration::ZERO).await.unwrap();
        assert!(outbox.events(0, 10).await.unwrap().iter().all(|event| event.body.is_none()));
        assert!(deliver(&outbox, &reply("w4", "in4")).await.is_duplicate, "what was purged is known");
    }
}
