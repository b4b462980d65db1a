//! Scripted people, and webhooks that are late, twice or out of order.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reachout_sandbox::{Behavior, Disturbance, Outcome, People, Person, Reaction, Sandbox, Vendor, Webhook};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch, success};
use crate::webhooks::{next, receiver};

const DAY: Duration = Duration::from_secs(86_400);

async fn start(people: People) -> Sandbox {
    let monday: DateTime<Utc> = "2026-01-05T09:00:00Z".parse().unwrap();
    Sandbox::builder().clock(monday).clock_speed(0.0).people(people).start().await.unwrap()
}

/// A contact at HighLevel who was sent an email.
async fn email(client: &Client<'_>, address: &str) -> (String, Value) {
    let contact =
        client.post("/contacts/", json!({ "locationId": "ve9EPM428h8vShlRW1KT", "email": address })).await["contact"]["id"].clone();
    let message =
        json!({ "type": "Email", "contactId": contact, "subType": "", "status": "pending", "subject": "A role", "html": "<p>Hi</p>" });
    (contact.as_str().unwrap().to_owned(), client.post("/conversations/messages", message).await)
}

fn outcomes(sandbox: &Sandbox, address: &str) -> Vec<(i64, Outcome)> {
    let start: DateTime<Utc> = "2026-01-05T09:00:00Z".parse().unwrap();
    let of = sandbox.reactions().into_iter().filter(|reaction| reaction.address.as_deref() == Some(address));
    of.map(|reaction| ((reaction.at - start).num_seconds(), reaction.outcome)).collect()
}

#[tokio::test]
async fn each_person_reacts_in_its_way_and_in_time() {
    let people = People::new(1)
        .person(Person::named(["ada@example.com"], Behavior::Answers).text("Tell me more"))
        .person(Person::named(["away@example.com"], Behavior::OutOfOffice))
        .person(Person::named(["stop@example.com"], Behavior::OptsOut).after(Duration::from_secs(3_600)))
        .person(Person::named(["nowhere@example.com"], Behavior::Bounces))
        .person(Person::named(["reader@example.com"], Behavior::Reads));
    let sandbox = start(people).await;
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let mut sent = BTreeMap::new();
    for address in
        ["ada@example.com", "away@example.com", "stop@example.com", "nowhere@example.com", "reader@example.com", "nobody@example.com"]
    {
        sent.insert(address, email(&client, address).await);
    }
    assert_eq!(sandbox.reactions(), [], "nobody reacts before time passes");
    sandbox.advance(DAY).unwrap();
    assert_eq!(outcomes(&sandbox, "ada@example.com"), [(5, Outcome::Delivered)]);
    sandbox.advance(3 * DAY).unwrap();
    let replied = |text: &str| Outcome::Replied(text.to_owned());
    assert_eq!(
        outcomes(&sandbox, "ada@example.com"),
        [(5, Outcome::Delivered), (172_800, Outcome::Read), (172_800, replied("Tell me more"))]
    );
    assert_eq!(
        outcomes(&sandbox, "away@example.com"),
        [(5, Outcome::Delivered), (60, Outcome::RepliedAutomatically("I am out of the office until Monday.".to_owned()))]
    );
    assert_eq!(outcomes(&sandbox, "nowhere@example.com"), [(60, Outcome::Failed)]);
    assert_eq!(outcomes(&sandbox, "reader@example.com"), [(5, Outcome::Delivered), (3_600, Outcome::Read)]);
    assert_eq!(outcomes(&sandbox, "nobody@example.com"), [(5, Outcome::Delivered)]);

    let thread = |address: &str| format!("/conversations/{}/messages", sent[address].1["conversationId"].as_str().unwrap());
    let messages = client.get(&thread("ada@example.com")).await["messages"]["messages"].clone();
    assert_eq!((&messages[0]["direction"], &messages[0]["body"]), (&json!("inbound"), &json!("Tell me more")));
    assert!(messages[0]["dateAdded"].as_str().unwrap().starts_with("2026-01-07T09:00:0"), "at its own time: {messages}");
    for (address, status) in [("ada@example.com", "opened"), ("nowhere@example.com", "failed"), ("stop@example.com", "opt_out")] {
        let email = client.get(&format!("/conversations/messages/email/{}", sent[address].1["emailMessageId"].as_str().unwrap())).await;
        assert_eq!(email["status"], status, "{address}");
    }
    let stopped = client.get(&format!("/contacts/{}", sent["stop@example.com"].0)).await["contact"].clone();
    assert_eq!((&stopped["dnd"], &stopped["dndSettings"]["Email"]["status"]), (&json!(true), &json!("active")));
}

#[tokio::test]
async fn the_other_vendors_show_what_they_document() {
    let people = People::new(1)
        .person(Person::named(["Bob Martin", "https://www.linkedin.com/in/ada"], Behavior::Answers).to(2))
        .person(Person::named(["stop@example.com"], Behavior::OptsOut))
        .person(Person::named(["nowhere@example.com"], Behavior::Bounces));
    let sandbox = start(people).await;
    let leonar = Client::new(&sandbox, Vendor::Leonar);
    let send = async |email: &str| {
        let contact =
            leonar.post("/contacts", json!({ "first_name": "Sophie", "last_name": "Martin", "email": email })).await["data"]["id"].clone();
        let message = json!({ "contact_id": contact, "channel": "email", "subject": "Hi", "content": "Hi" });
        let sent = leonar.post("/messages", message.clone()).await["data"].clone();
        (contact, message, sent)
    };
    let (_, stop, _) = send("stop@example.com").await;
    let (nowhere, ..) = send("nowhere@example.com").await;
    let sendpilot = Client::new(&sandbox, Vendor::SendPilot);
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::SendPilot, url)).unwrap();
    let message = json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": "https://www.linkedin.com/in/ada", "message": "Hi" });
    sendpilot.post("/v1/inbox/send", message.clone()).await;
    sandbox.advance(5 * DAY).unwrap();
    let all = leonar.get("/contacts").await["data"].clone();
    let contact = |id: &Value| all.as_array().unwrap().iter().find(|contact| contact["id"] == *id).unwrap();
    let stopped = contact(&stop["contact_id"]);
    assert_eq!((&stopped["do_not_contact"], &stopped["global_status"]), (&json!(true), &json!("replied")));
    assert_eq!(contact(&nowhere)["global_status"], "contacted", "no page shows a contact that bounced");

    sendpilot.post("/v1/inbox/send", message).await;
    sandbox.advance(5 * DAY).unwrap();
    let mut names = Vec::new();
    for _ in 0..3 {
        let body: Value = serde_json::from_slice(&next(&mut received).await.1).unwrap();
        names.push((body["eventType"].as_str().unwrap().to_owned(), body["timestamp"].as_str().unwrap()[..10].to_owned()));
    }
    names.sort();
    let name = |name: &str, day: &str| (name.to_owned(), day.to_owned());
    assert_eq!(names, [name("message.sent", "2026-01-05"), name("message.sent", "2026-01-10"), name("reply.received", "2026-01-12")]);
}

#[tokio::test]
async fn shares_are_of_all_and_the_same_by_the_same_seed() {
    let people = |seed| {
        People::new(seed)
            .person(Person::share(0.2, Behavior::Answers).after(DAY).spread(2 * DAY))
            .person(Person::share(0.1, Behavior::Bounces))
    };
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let sandbox = start(people(seed)).await;
        let client = Client::new(&sandbox, Vendor::HighLevel);
        for number in 0..100 {
            email(&client, &format!("person{number}@example.com")).await;
        }
        sandbox.advance(4 * DAY).unwrap();
        let summary = |reaction: Reaction| (reaction.address.unwrap(), reaction.outcome);
        let mut happened: Vec<_> =
            sandbox.reactions().into_iter().map(summary).filter(|(_, outcome)| *outcome != Outcome::Delivered).collect();
        happened.sort_by(|one, other| one.0.cmp(&other.0));
        runs.push(happened);
    }
    let count = |run: &[(String, Outcome)], outcome: fn(&Outcome) -> bool| run.iter().filter(|(_, happened)| outcome(happened)).count();
    let replies = count(&runs[0], |outcome| matches!(outcome, Outcome::Replied(_)));
    let bounces = count(&runs[0], |outcome| *outcome == Outcome::Failed);
    assert!((8..35).contains(&replies) && (2..22).contains(&bounces), "{replies} replies, {bounces} bounces");
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn a_scheduled_message_leaves_at_its_time_unless_it_is_cancelled() {
    let sandbox = start(People::new(1).person(Person::named(["+16175550123"], Behavior::Answers).after(DAY))).await;
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let contact =
        client.post("/contacts/", json!({ "locationId": "ve9EPM428h8vShlRW1KT", "phone": "+16175550123" })).await["contact"]["id"].clone();
    let at = (sandbox.clock().now + TimeDelta::days(2)).timestamp();
    let message =
        json!({ "type": "SMS", "contactId": contact, "subType": "", "status": "pending", "message": "Hi", "scheduledTimestamp": at });
    let kept = client.post("/conversations/messages", message.clone()).await;
    let cancelled = client.post("/conversations/messages", message).await;
    client.delete(&format!("/conversations/messages/{}/schedule", cancelled["messageId"].as_str().unwrap())).await;
    sandbox.advance(DAY).unwrap();
    let path = format!("/conversations/messages/{}", kept["messageId"].as_str().unwrap());
    assert_eq!(client.get(&path).await["message"]["status"], "scheduled");
    sandbox.advance(3 * DAY).unwrap();
    let outcomes: Vec<(i64, Outcome)> =
        outcomes(&sandbox, "+16175550123").into_iter().filter(|(_, outcome)| *outcome != Outcome::Sent).collect();
    let times: Vec<i64> = outcomes.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [2 * 86_400 + 5, 3 * 86_400, 3 * 86_400], "{outcomes:?}");
}

#[tokio::test]
async fn webhooks_come_late_twice_and_out_of_order() {
    let disturbance = Disturbance::new(0.5, 0.5, (0.1, Duration::from_secs(6 * 3_600)));
    let sandbox = start(People::new(3).webhooks(disturbance)).await;
    let client = Client::new(&sandbox, Vendor::HighLevel);
    let (url, mut received, _) = receiver().await;
    sandbox.add_webhook(Webhook::new(Vendor::HighLevel, url)).unwrap();
    let mut made = Vec::new();
    for number in 0..40 {
        made.push(client.post("/contacts/", json!({ "locationId": "ve9EPM428h8vShlRW1KT", "firstName": number.to_string() })).await["contact"]["id"].clone());
    }
    let mut came = Vec::new();
    // A day at once would let all of them overtake each other on their way.
    for _ in 0..2 {
        sandbox.advance(Duration::from_secs(3 * 3_600 + 120)).unwrap();
        while let Ok(Some((_, body))) = tokio::time::timeout(Duration::from_secs(3), received.recv()).await {
            let body: Value = serde_json::from_slice(&body).unwrap();
            came.push((body["id"].clone(), body["webhookId"].clone()));
        }
    }
    let ids: Vec<&Value> = came.iter().map(|(_, id)| id).collect();
    let once = |id: &Value| ids.iter().filter(|known| **known == id).count() == 1;
    assert!(made.iter().all(|id| came.iter().any(|(contact, _)| contact == id)), "none is lost");
    assert!((45..80).contains(&came.len()), "half of 40 come twice: {}", came.len());
    assert!(ids.iter().any(|id| once(id)) && ids.iter().any(|id| !once(id)));
    let order: Vec<usize> = came.iter().map(|(contact, _)| made.iter().position(|id| id == contact).unwrap()).collect();
    assert!(!order.is_sorted(), "{order:?}");
}

#[tokio::test]
async fn a_script_is_a_file_and_a_control_and_its_mistakes_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("people.json");
    let script =
        json!({ "seed": 7, "people": [{ "share": 0.1, "does": "answers", "after": "2d" }], "webhooks": { "late": 0.05, "late_by": "6h" } });
    std::fs::write(&path, script.to_string()).unwrap();
    let sandbox = Sandbox::builder().people_file(&path).start().await.unwrap();
    let http = reqwest::Client::new();
    let url = format!("{}/_sandbox/people", sandbox.url());
    let shown = success(http.get(&url)).await;
    assert_eq!((&shown["people"][0]["after"], &shown["webhooks"]["late_by"]), (&json!("48h"), &json!("6h")));
    assert_eq!(success(http.put(&url).json(&shown)).await, shown, "what is shown is taken");
    for (script, problem) in [
        (json!({ "people": [{ "does": "answers" }] }), "people[0]: `named` or `share` is required"),
        (json!({ "people": [{ "share": 2, "does": "answers" }] }), "people[0].share: 2 is not a share"),
        (json!({ "people": [{ "share": 0.6, "does": "answers" }, { "share": 0.6, "does": "reads" }] }), "people: the shares add up to 1.2"),
        (json!({ "people": [{ "share": 0.1, "does": "answers", "to": 0 }] }), "people[0].to: messages are counted from 1"),
        (json!({ "people": [{ "share": 0.1, "does": "sleeps" }] }), "unknown variant `sleeps`"),
        (json!({ "people": [{ "share": 0.1, "does": "reads", "after": "soon" }] }), "\"soon\" is not a duration"),
        (json!({ "webhooks": { "late": 0.05 } }), "webhooks.late_by: how late is required"),
    ] {
        let (status, body) = fetch(http.put(&url).json(&script)).await;
        assert!(status.is_client_error() && body["error"].as_str().unwrap().contains(problem), "{script}: {status} {body}");
        std::fs::write(&path, script.to_string()).unwrap();
        let error = Sandbox::builder().people_file(&path).start().await.unwrap_err().to_string();
        assert!(error.starts_with(&path.display().to_string()) && error.contains(problem), "{error}");
    }
    success(http.delete(&url)).await;
    assert_eq!(sandbox.people(), People::default());
    let client = Client::new(&sandbox, Vendor::HighLevel);
    assert_eq!(client.status(Method::GET, "/contacts/?locationId=ve9EPM428h8vShlRW1KT").await, 200);
    assert_eq!(success(http.get(format!("{url}/reactions?vendor=highlevel"))).await, json!([]));
}
