//! What subscribers are told, and how it is signed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use reachout_document::Strictness;
use reachout_sandbox::{HIGHLEVEL_WEBHOOK_KEY, ReplyTo, Sandbox, Settings, Vendor, Webhook};
use reachout_webhooks::{PublicKey, Scheme, Verifier};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::client::{Client, document, fetch, success};

/// A receiver of webhooks: its address, what it received, and the status it responds with.
pub async fn receiver() -> (String, UnboundedReceiver<(HeaderMap, Bytes)>, Arc<AtomicU16>) {
    let (sender, received) = unbounded_channel();
    let status = Arc::new(AtomicU16::new(200));
    let response = Arc::clone(&status);
    let take = move |headers: HeaderMap, body: Bytes| async move {
        sender.send((headers, body)).unwrap();
        StatusCode::from_u16(response.load(Ordering::SeqCst)).unwrap()
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(take)).await });
    (format!("http://{address}/hook"), received, status)
}

pub async fn next(received: &mut UnboundedReceiver<(HeaderMap, Bytes)>) -> (HeaderMap, Bytes) {
    tokio::time::timeout(Duration::from_secs(5), received.recv()).await.expect("no webhook came").unwrap()
}

/// Reads an event, which must be genuine and fit the document.
fn read(vendor: Vendor, verifier: &Verifier, (headers, body): &(HeaderMap, Bytes)) -> (Scheme, String, Value) {
    let genuine = verifier.verify(headers, body).unwrap();
    genuine.check_timestamp().unwrap();
    let body: Value = genuine.json().unwrap();
    let document = document(vendor);
    let envelope = document.envelope();
    let name = body[envelope.name].as_str().unwrap().to_owned();
    let data = envelope.payload.map_or(&body, |place| &body[place]);
    let event = document.event(&name).unwrap();
    assert_eq!(document.problems(event.payload, data, Strictness::Exact), [], "{body}");
    (genuine.scheme(), name, data.clone())
}

#[tokio::test]
async fn sendpilot_tells_of_messages_replies_and_changes() {
    let settings: Settings = serde_json::from_value(json!({ "job_milliseconds": 50 })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let (url, mut received, _) = receiver().await;
    let subscription = sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url)).unwrap();
    let verifier = Verifier::sendpilot([subscription.webhook.secret.unwrap()]).unwrap();
    let profile = "https://www.linkedin.com/in/ada";

    client.post("/v1/leads", json!({ "campaignId": "clxxx123456", "leads": [{ "linkedinUrl": profile }] })).await;
    let sent =
        client.post("/v1/inbox/send", json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": profile, "message": "Hi" })).await;
    let (scheme, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!((scheme, name.as_str(), &data["message"]), (Scheme::SendPilot, "message.sent", &json!("Hi")));

    sandbox.reply(&ReplyTo::profile(Vendor::SendPilot, profile, "Tell me more")).unwrap();
    let (_, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!((name.as_str(), &data["reply"], &data["senderId"]), ("reply.received", &json!("Tell me more"), &json!("sender_abc123")));
    let path = format!("/v1/inbox/conversations/{}/messages?accountId=sender_abc123", sent["conversationId"].as_str().unwrap());
    assert_eq!(client.get(&path).await["messages"][1]["direction"], "received");

    client.patch("/v1/campaigns/clxxx123456", json!({ "action": "pause" })).await;
    let (_, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!((name.as_str(), &data["pausedBy"]), ("campaign.paused", &json!("api")));
    let lead = client.get("/v1/leads?campaignId=clxxx123456").await["leads"][0]["id"].as_str().unwrap().to_owned();
    client.patch(&format!("/v1/leads/{lead}/status"), json!({ "status": "DONE" })).await;
    let (_, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!((name.as_str(), &data["previousStatus"], &data["newStatus"]), ("lead.updated", &json!("REPLY_RECEIVED"), &json!("DONE")));

    let search = client.post("/v1/lead-database/searches", json!({ "name": "F", "limit": 3, "filters": {} })).await;
    let (_, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!(
        (name.as_str(), &data["search_id"], &data["total_leads_found"]),
        ("lead_database.search.completed", &search["id"], &json!(3))
    );
    let stranger = json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": "https://www.linkedin.com/in/bob", "message": "Hello" });
    client.post("/v1/inbox/connect", stranger).await;
    let names = [next(&mut received).await, next(&mut received).await].map(|event| read(Vendor::SendPilot, &verifier, &event).1);
    assert_eq!(names, ["connection_request.sent", "connection_request.accepted"]);
    let extraction = json!({ "name": "F", "urls": ["https://www.linkedin.com/search/"], "limit": 2, "mode": "with_enrichment", "url_type": "linkedin_search" });
    client.post("/v1/lead-extractor/campaigns", extraction).await;
    let (_, name, data) = read(Vendor::SendPilot, &verifier, &next(&mut received).await);
    assert_eq!((name.as_str(), &data["credits_used"]["total"]), ("lead_extractor.job.completed", &json!(4)));
}

#[tokio::test]
async fn highlevel_tells_of_messages_in_both_directions() {
    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(&sandbox, vendor);
        let (url, mut received, _) = receiver().await;
        let subscription = sandbox.add_webhook(Webhook::new(vendor, url).secret("s3cret")).unwrap();
        assert_eq!(subscription.public_key.as_deref(), Some(HIGHLEVEL_WEBHOOK_KEY));
        let platform = Verifier::highlevel_with([PublicKey::from_spki(HIGHLEVEL_WEBHOOK_KEY).unwrap()]).unwrap();
        let contact = client.post("/contacts/", json!({ "locationId": "l", "firstName": "Ada" })).await["contact"]["id"].clone();
        assert_eq!(read(vendor, &platform, &next(&mut received).await).1, "ContactCreate");
        let mut message = json!({ "type": "SMS", "contactId": contact, "message": "Hi" });
        if vendor == Vendor::Leadway {
            message["subType"] = "SMS".into();
            message["status"] = "pending".into();
        }
        let sent = client.post("/conversations/messages", message).await;
        let event = next(&mut received).await;
        let (scheme, name, data) = read(vendor, &platform, &event);
        assert_eq!((scheme, name.as_str(), &data["messageId"]), (Scheme::HighLevel, "OutboundMessage", &sent["messageId"]));
        if vendor == Vendor::HoopAi {
            let own = Verifier::hoop(["s3cret"]).unwrap();
            assert_eq!(read(vendor, &own, &event).0, Scheme::Hoop);
        }

        let url = format!("{}/_sandbox/replies", sandbox.url());
        let reply = json!({ "vendor": vendor, "contact_id": contact, "text": "Hello!" });
        let reply = success(reqwest::Client::new().post(url).json(&reply)).await;
        assert_eq!((&reply["direction"], &reply["body"]), (&json!("inbound"), &json!("Hello!")));
        let mut names = [next(&mut received).await, next(&mut received).await].map(|event| read(vendor, &platform, &event).1);
        names.sort();
        assert_eq!(names, ["ConversationUnreadUpdate", "InboundMessage"]);

        let path = format!("/conversations/messages/{}/status", sent["messageId"].as_str().unwrap());
        client.put(&path, json!({ "status": "delivered" })).await;
        let (_, name, data) = read(vendor, &platform, &next(&mut received).await);
        assert_eq!((name.as_str(), &data["status"]), ("OutboundMessage", &json!("delivered")));
    }
}

#[tokio::test]
async fn leonar_contacts_reply_and_nobody_is_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let contact = client.post("/contacts", json!({ "first_name": "Ada" })).await["data"]["id"].clone();
    let sent = client.post("/messages", json!({ "contact_id": contact, "channel": "whatsapp", "content": "Hi" })).await["data"].clone();
    sandbox.reply(&ReplyTo::conversation(Vendor::Leonar, sent["conversation_id"].as_str().unwrap(), "Hello!")).unwrap();
    let listed = client.get(&format!("/conversations/{}/messages", sent["conversation_id"].as_str().unwrap())).await;
    assert_eq!((&listed["data"][0]["content"], &listed["data"][0]["direction"]), (&json!("Hello!"), &json!("inbound")));
    assert_eq!(client.get("/contacts").await["data"][0]["global_status"], "replied");
    let refused = sandbox.reply(&ReplyTo::contact(Vendor::Leonar, "nobody", "Hi")).unwrap_err();
    assert_eq!(refused.to_string(), "contact_id: contact not found");
}

#[tokio::test]
async fn a_first_message_opens_the_conversation() {
    let sandbox = Sandbox::start().await.unwrap();
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    let contact = leonar.post("/contacts", json!({ "first_name": "Ada" })).await["data"]["id"].as_str().unwrap().to_owned();
    let first = sandbox.reply(&ReplyTo::contact(Vendor::Leonar, &contact, "Hello?").channel("whatsapp")).unwrap();
    assert_eq!((&first["channel"], &first["direction"]), (&json!("whatsapp"), &json!("inbound")));
    let second = sandbox.reply(&ReplyTo::contact(Vendor::Leonar, &contact, "Anybody?")).unwrap();
    assert_eq!(second["conversation_id"], first["conversation_id"], "one that is there is gone on with");
    let path = format!("/conversations/{}/messages", first["conversation_id"].as_str().unwrap());
    assert_eq!(leonar.get(&path).await["data"].as_array().unwrap().len(), 2);

    let sendpilot = Client::new(&sandbox, Vendor::SendPilot);
    let first = sandbox.reply(&ReplyTo::profile(Vendor::SendPilot, "https://www.linkedin.com/in/ada", "Hello?")).unwrap();
    let listed = sendpilot.get("/v1/inbox/conversations?accountId=sender_abc123").await;
    assert_eq!(listed["conversations"][0]["id"], first["conversationId"], "{listed}");

    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let client = Client::new(&sandbox, vendor);
        let contact = client.post("/contacts/", json!({ "locationId": "l", "firstName": "Ada" })).await["contact"]["id"].clone();
        let first = sandbox.reply(&ReplyTo::contact(vendor, contact.as_str().unwrap(), "Hello?").channel("WhatsApp")).unwrap();
        assert_eq!((&first["messageType"], &first["locationId"]), (&json!("TYPE_WHATSAPP"), &json!("l")));
        let found = client.get(&format!("/conversations/search?locationId=l&contactId={}", contact.as_str().unwrap())).await;
        assert_eq!((&found["conversations"][0]["id"], &found["total"]), (&first["conversationId"], &json!(1)));
    }

    for (reply, expected) in [
        (ReplyTo::contact(Vendor::Leadway, "nobody", "Hi"), "contact_id: contact not found"),
        (ReplyTo::conversation(Vendor::Leadway, "none", "Hi"), "conversation_id: conversation not found"),
        (ReplyTo::contact(Vendor::Leonar, &contact, "Hi").channel("fax"), "channel: \"fax\" is not one of "),
        (ReplyTo::contact(Vendor::SendPilot, "lead_1", "Hi"), "contact_id: sendpilot takes linkedin_url or conversation_id"),
        (ReplyTo::profile(Vendor::SendPilot, "ada", "Hi"), "linkedin_url: \"ada\" is not the address of a LinkedIn profile"),
        (ReplyTo::conversation(Vendor::HoopAi, "", "Hi"), "contact_id: contact_id or conversation_id is required"),
    ] {
        let refused = sandbox.reply(&reply).unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
}

#[tokio::test]
async fn highlevel_tells_of_contacts() {
    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(&sandbox, vendor);
        let (url, mut received, _) = receiver().await;
        sandbox.add_webhook(Webhook::new(vendor, url).secret("s")).unwrap();
        let platform = Verifier::highlevel_with([PublicKey::from_spki(HIGHLEVEL_WEBHOOK_KEY).unwrap()]).unwrap();
        let contact = client.post("/contacts/", json!({ "locationId": "l", "firstName": "Ada", "email": "ada@example.com" })).await;
        let id = contact["contact"]["id"].as_str().unwrap().to_owned();
        let path = format!("/contacts/{id}");
        let (_, name, data) = read(vendor, &platform, &next(&mut received).await);
        assert_eq!((name.as_str(), &data["id"], &data["email"]), ("ContactCreate", &json!(id), &json!("ada@example.com")));

        client.put(&path, json!({ "city": "London" })).await;
        let (_, name, data) = read(vendor, &platform, &next(&mut received).await);
        assert_eq!((name.as_str(), &data["city"]), ("ContactUpdate", &json!("London")));
        client.put(&path, json!({ "dnd": true, "tags": ["vip"] })).await;
        let mut names = [next(&mut received).await, next(&mut received).await].map(|event| read(vendor, &platform, &event).1);
        names.sort();
        assert_eq!(names, ["ContactDndUpdate", "ContactTagUpdate"]);
        client.post(&format!("{path}/tags"), json!({ "tags": ["new"] })).await;
        let (_, name, data) = read(vendor, &platform, &next(&mut received).await);
        assert_eq!((name.as_str(), &data["tags"]), ("ContactTagUpdate", &json!(["vip", "new"])));
        // What changes nothing tells of nothing: the next event is that of the deletion.
        client.put(&path, json!({ "city": "London" })).await;
        client.delete(&path).await;
        let (_, name, data) = read(vendor, &platform, &next(&mut received).await);
        assert_eq!((name.as_str(), &data["id"]), ("ContactDelete", &json!(id)));
    }
}

#[tokio::test]
async fn a_delivery_is_sent_again_on_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let (url, mut received, _) = receiver().await;
    let subscription = sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url).secret("s")).unwrap();
    client.patch("/v1/campaigns/clxxx123456", json!({ "action": "pause" })).await;
    let first = next(&mut received).await.1;
    let http = reqwest::Client::new();
    let delivery = loop {
        match sandbox.deliveries().pop() {
            Some(delivery) => break delivery,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    assert_eq!((delivery.id, &delivery.body["eventType"]), (1, &json!("campaign.paused")));
    let (status, _) = fetch(http.post(format!("{}/_sandbox/deliveries/1/resend", sandbox.url()))).await;
    assert_eq!(status, 202);
    assert_eq!(next(&mut received).await.1, first, "the same event");
    let (status, body) = fetch(http.post(format!("{}/_sandbox/deliveries/9/resend", sandbox.url()))).await;
    assert_eq!((status.as_u16(), &body["error"]), (404, &json!("delivery 9 is not known, or not any more")));
    let webhook = format!("{}/_sandbox/webhooks/{}", sandbox.url(), subscription.id);
    assert_eq!(fetch(http.delete(&webhook)).await.0, 204);
    assert_eq!(fetch(http.delete(&webhook)).await.0, 404);
    client.patch("/v1/campaigns/clxxx123456", json!({ "action": "resume" })).await;
    sandbox.resend(1).unwrap();
    assert_eq!(next(&mut received).await.1, first, "whoever is removed is told of nothing new");
}

#[tokio::test]
async fn a_webhook_is_tried_again_with_the_same_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let (url, mut received, status) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url).secret("s")).unwrap();
    status.store(500, Ordering::SeqCst);
    client.patch("/v1/campaigns/clxxx123456", json!({ "action": "pause" })).await;
    let first = next(&mut received).await.1;
    status.store(204, Ordering::SeqCst);
    assert_eq!(next(&mut received).await.1, first, "byte for byte, so that a receiver can tell");
    let delivery = loop {
        match sandbox.deliveries().pop() {
            Some(delivery) => break delivery,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let statuses: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!((statuses, delivery.is_accepted()), (vec![Some(500), Some(204)], true));
    assert!(delivery.attempts.iter().all(|attempt| attempt.headers["webhook-signature"].starts_with("v1,t=")), "{delivery:?}");
}

#[tokio::test]
async fn only_this_machine_is_told_and_only_of_what_is_documented() {
    let sandbox = Sandbox::start().await.unwrap();
    let (http, url) = (reqwest::Client::new(), format!("{}/_sandbox/webhooks", sandbox.url()));
    let hook = "http://127.0.0.1:9/hook";
    for (webhook, expected) in [
        (json!({ "vendor": "leonar", "url": hook }), "vendor: leonar documents no webhooks"),
        (
            json!({ "vendor": "sendpilot", "url": "http://example.com/hook" }),
            "url: the sandbox delivers to http addresses of this machine only",
        ),
        (
            json!({ "vendor": "sendpilot", "url": "https://127.0.0.1/hook" }),
            "url: the sandbox delivers to http addresses of this machine only",
        ),
        (json!({ "vendor": "sendpilot", "url": "hook" }), "url: relative URL without a base"),
        (json!({ "vendor": "sendpilot", "url": hook, "events": ["message.lost"] }), "events: \"message.lost\" is none of"),
        (json!({ "vendor": "sendpilot", "url": hook, "secret": "" }), "secret: "),
    ] {
        let (status, body) = fetch(http.post(&url).json(&webhook)).await;
        assert_eq!(status, 400, "{webhook}");
        assert!(body["error"].as_str().unwrap().starts_with(expected), "{webhook}: {body}");
    }
    let registered = success(http.post(&url).json(&json!({ "vendor": "sendpilot", "url": hook, "events": ["lead.updated"] }))).await;
    assert!(registered["secret"].as_str().unwrap().len() > 20);
    assert_eq!(success(http.get(&url)).await["webhooks"], json!([registered]));
    success(http.delete(&url)).await;
    assert_eq!(success(http.get(&url)).await, json!({ "webhooks": [], "deliveries": [] }));
    assert_eq!(http.request(Method::PUT, &url).send().await.unwrap().status(), 405);
}
