//! What is made at HighLevel and its editions can be found again.

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use super::texts;
use crate::client::{Client, fetch};

#[tokio::test]
async fn highlevel_custom_fields_are_read_back_under_either_name() {
    let sandbox = Sandbox::start().await.unwrap();
    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let client = Client::new(&sandbox, vendor);
        let written = json!([{ "id": "f1", "key": "tier", "fieldValue": "vip" }, { "id": "f2", "field_value": 100.5 }]);
        let made = client.post("/contacts/", json!({ "locationId": "l1", "email": "ada@example.com", "customFields": written })).await;
        let path = format!("/contacts/{}", made["contact"]["id"].as_str().unwrap());
        assert_eq!(
            client.get(&path).await["contact"]["customFields"],
            json!([{ "id": "f1", "value": "vip" }, { "id": "f2", "value": 100.5 }])
        );
    }
}

#[tokio::test]
async fn highlevel_contacts_live() {
    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(&sandbox, vendor);
        let person =
            |number: usize| json!({ "locationId": "here", "name": format!("Ada {number}"), "email": format!("ada{number}@example.com") });
        let mut ids = Vec::new();
        for number in 0..5 {
            let made = client.post("/contacts/", person(number)).await;
            assert_eq!((&made["contact"]["firstName"], &made["contact"]["lastName"]), (&json!("Ada"), &json!(number.to_string())));
            ids.insert(0, made["contact"]["id"].as_str().unwrap().to_owned());
        }
        let path = format!("/contacts/{}", ids[0]);
        assert_eq!(client.get(&path).await["contact"]["email"], "ada4@example.com");
        let changed = client.put(&path, json!({ "city": "London", "tags": ["a"] })).await;
        assert_eq!((&changed["contact"]["city"], &changed["contact"]["lastName"]), (&json!("London"), &json!("4")));

        let (mut listed, mut next) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/contacts/?locationId=here&limit=2&query=ada{next}")).await;
            listed.extend(texts(&page["contacts"], "id").into_iter().map(str::to_owned));
            match (page["meta"]["startAfterId"].as_str(), page["meta"]["startAfter"].as_i64()) {
                (Some(id), Some(after)) => next = format!("&startAfterId={id}&startAfter={after}"),
                _ => break,
            }
        }
        assert_eq!(listed, ids, "{vendor}: every contact once, the newest first");

        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut body =
                json!({ "locationId": "here", "pageLimit": 2, "filters": [{ "field": "email", "operator": "contains", "value": "ada" }] });
            if !after.is_null() {
                body["searchAfter"] = after;
            }
            let page = client.post("/contacts/search", body).await;
            assert_eq!(page["total"], 5);
            let contacts = page["contacts"].as_array().unwrap().clone();
            let Some(last) = contacts.last() else { break };
            after = last["searchAfter"].clone();
            found.extend(contacts.iter().map(|contact| contact["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(found, ids, "{vendor}");

        let again = client.post("/contacts/upsert", json!({ "locationId": "here", "email": "ADA4@example.com", "city": "Paris" })).await;
        assert_eq!((&again["new"], &again["contact"]["id"], &again["contact"]["city"]), (&json!(false), &json!(ids[0]), &json!("Paris")));
        let duplicate = client.get("/contacts/search/duplicate?locationId=here&email=ada4@example.com").await;
        assert_eq!(duplicate["contact"]["id"], ids[0]);

        assert_eq!(client.post(&format!("{path}/tags"), json!({ "tags": ["b"] })).await["tags"], json!(["a", "b"]));
        let removed = client.request(Method::DELETE, &format!("{path}/tags")).json(&json!({ "tags": ["a"] }));
        assert_eq!(fetch(removed).await.1["tags"], json!(["b"]));
        let bulk = json!({ "contacts": [ids[0], "nobody"], "tags": ["b", "c"], "locationId": "here" });
        let bulk = client.post("/contacts/bulk/tags/update/add", bulk).await;
        assert_eq!((&bulk["errorCount"], &bulk["responses"][0]["tagsAdded"]), (&json!(1), &json!(["c"])));

        let task = client
            .post(&format!("{path}/tasks"), json!({ "title": "Call", "dueDate": "2026-12-01T00:00:00Z", "completed": false }))
            .await["task"]
            .clone();
        let task_path = format!("{path}/tasks/{}", task["id"].as_str().unwrap());
        client.put(&format!("{task_path}/completed"), json!({ "completed": true })).await;
        assert_eq!(client.get(&format!("{path}/tasks")).await["tasks"][0]["completed"], true);
        assert_eq!(client.status(Method::GET, &task_path.replace(&ids[0], &ids[1])).await, 404, "it is another contact's");
        client.delete(&task_path).await;
        assert_eq!(client.get(&format!("{path}/tasks")).await["tasks"], json!([]));
        let note = client.post(&format!("{path}/notes"), json!({ "body": "Likes engines" })).await["note"].clone();
        assert_eq!(client.get(&format!("{path}/notes")).await["notes"][0]["body"], "Likes engines");
        assert_eq!(note["contactId"], ids[0]);

        client.delete(&path).await;
        let (status, body) = fetch(client.request(Method::GET, &path)).await;
        assert_eq!((status.as_u16(), &body["message"]), (404, &json!("contact not found")), "{vendor}");
    }
}

#[tokio::test]
async fn the_emails_of_a_thread_have_one_entry_in_their_conversation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HoopAi);
    let contact = client.post("/contacts/", json!({ "locationId": "here", "email": "ada@example.com" })).await["contact"]["id"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let email = async |subject: &str, extra: Value| {
        let mut body = json!({ "type": "Email", "contactId": contact, "subject": subject, "message": format!("Hi, {subject}") });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        client.post("/conversations/messages", body).await
    };
    let first = email("one", json!({})).await;
    let reply = email("two", json!({ "replyMessageId": first["emailMessageId"] })).await;
    let thread = client.get(&format!("/conversations/messages/email/{}", text(&first["emailMessageId"]))).await["threadId"].clone();
    let third = email("three", json!({ "threadId": thread, "scheduledTimestamp": 1_900_000_000 })).await;
    let other = email("other", json!({})).await;
    assert_eq!((&reply["messageId"], &third["messageId"]), (&first["messageId"], &first["messageId"]), "the thread's entry");
    let path = format!("/conversations/{}/messages", text(&first["conversationId"]));
    let listed = async || {
        let listed = client.get(&path).await["messages"]["messages"].clone();
        let entry = |entry: &Value| (entry["id"].clone(), entry["meta"]["email"]["messageIds"].clone());
        listed.as_array().unwrap().iter().map(entry).collect::<Vec<_>>()
    };
    let ids = |emails: &[&Value]| emails.iter().map(|email| email["emailMessageId"].clone()).collect::<Value>();
    let entry = |first: &Value, emails: &[&Value]| (first["messageId"].clone(), ids(emails));
    assert_eq!(listed().await, [entry(&other, &[&other]), entry(&first, &[&first, &reply, &third])]);
    for (sent, subject) in [(&first, "one"), (&reply, "two"), (&third, "three")] {
        let kept = client.get(&format!("/conversations/messages/email/{}", text(&sent["emailMessageId"]))).await;
        assert_eq!((&kept["subject"], &kept["body"]), (&json!(subject), &json!(format!("Hi, {subject}"))), "each has its own content");
    }
    client.delete(&format!("/conversations/messages/email/{}/schedule", text(&third["emailMessageId"]))).await;
    assert_eq!(listed().await, [entry(&other, &[&other]), entry(&first, &[&first, &reply])], "the others are still there");
}

#[tokio::test]
async fn highlevel_messages_appear_in_their_conversation() {
    for vendor in [Vendor::HoopAi, Vendor::Leadway] {
        let sandbox = Sandbox::start().await.unwrap();
        let client = Client::new(&sandbox, vendor);
        let contact = client.post("/contacts/", json!({ "locationId": "here", "firstName": "Ada", "email": "ada@example.com" })).await["contact"]["id"].clone();
        let message = |kind: &str, extra: Value| {
            let mut body = json!({ "type": kind, "contactId": contact, "message": format!("Hi by {kind}") });
            if vendor == Vendor::Leadway {
                body["subType"] = kind.into();
                body["status"] = "pending".into();
            }
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            body
        };
        let sms = client.post("/conversations/messages", message("SMS", json!({}))).await;
        let email = client.post("/conversations/messages", message("Email", json!({ "subject": "Hello", "html": "<p>Hi</p>" }))).await;
        assert_eq!(sms["conversationId"], email["conversationId"]);
        let conversation = sms["conversationId"].as_str().unwrap();
        let path = format!("/conversations/{conversation}/messages");
        let listed = client.get(&path).await["messages"].clone();
        assert_eq!(texts(&listed["messages"], "messageType"), ["TYPE_EMAIL", "TYPE_SMS"]);
        let only = client.get(&format!("{path}?type=TYPE_SMS,TYPE_CALL")).await;
        assert_eq!(texts(&only["messages"]["messages"], "id"), [sms["messageId"].as_str().unwrap()]);
        let first = client.get(&format!("{path}?limit=1")).await["messages"].clone();
        assert_eq!(first["nextPage"], true);
        let second =
            client.get(&format!("{path}?limit=1&lastMessageId={}", first["lastMessageId"].as_str().unwrap())).await["messages"].clone();
        assert_eq!((&second["messages"][0]["id"], &second["nextPage"]), (&sms["messageId"], &json!(false)));
        let kept = client.get(&format!("/conversations/messages/email/{}", email["emailMessageId"].as_str().unwrap())).await;
        assert_eq!((&kept["subject"], &kept["to"]), (&json!("Hello"), &json!(["ada@example.com"])));

        let provider = json!({ "type": "SMS", "conversationId": conversation, "contactId": contact, "conversationProviderId": "p", "message": "Hello!" });
        let mut provider = provider;
        if vendor == Vendor::HoopAi {
            provider.as_object_mut().unwrap().remove("contactId");
        }
        let inbound = client.post("/conversations/messages/inbound", provider).await;
        let got = client.get(&format!("/conversations/messages/{}", inbound["messageId"].as_str().unwrap())).await["message"].clone();
        assert_eq!((&got["direction"], &got["body"], &got["contactId"]), (&json!("inbound"), &json!("Hello!"), &contact));
        let found =
            client.get(&format!("/conversations/search?locationId=here&contactId={}&status=unread", contact.as_str().unwrap())).await;
        assert_eq!((&found["total"], &found["conversations"][0]["lastMessageBody"]), (&json!(1), &json!("Hello!")));
        assert_eq!(client.get(&format!("/conversations/{conversation}")).await["unreadCount"], 1);
        client.put(&format!("/conversations/{conversation}"), json!({ "locationId": "here", "unreadCount": 0 })).await;
        assert_eq!(client.get("/conversations/search?locationId=here&status=unread&query=Hello!").await["total"], 0);

        let message_path = format!("/conversations/messages/{}", sms["messageId"].as_str().unwrap());
        client.put(&format!("{message_path}/status"), json!({ "status": "read" })).await;
        assert_eq!(client.get(&message_path).await["message"]["status"], "read");
        assert_eq!(client.status(Method::DELETE, &format!("{message_path}/schedule")).await, 400);
        let later = client.post("/conversations/messages", message("SMS", json!({ "scheduledTimestamp": 1_900_000_000 }))).await;
        let later = format!("/conversations/messages/{}", later["messageId"].as_str().unwrap());
        assert_eq!(client.get(&later).await["message"]["status"], "scheduled");
        client.delete(&format!("{later}/schedule")).await;
        assert_eq!(client.status(Method::GET, &later).await, 404);
        let stranger = message("SMS", json!({ "contactId": "nobody" }));
        let (status, body) = fetch(client.request(Method::POST, "/conversations/messages").json(&stranger)).await;
        assert_eq!((status.as_u16(), &body["message"]), (404, &json!("contactId: contact not found")));
        client.delete(&format!("/conversations/{conversation}")).await;
        assert_eq!(client.status(Method::GET, &path).await, 404);
    }
}

#[tokio::test]
async fn conversations_are_paged_by_the_date_of_their_last_message() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::HoopAi);
    let mut conversations = Vec::new();
    for number in 0..5 {
        let contact =
            client.post("/contacts/", json!({ "locationId": "here", "firstName": format!("Ada {number}") })).await["contact"]["id"].clone();
        let sent = client.post("/conversations/messages", json!({ "type": "SMS", "contactId": contact, "message": "Paging" })).await;
        conversations.insert(0, sent["conversationId"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/conversations/search?locationId=here&query=paging&limit=2{after}")).await;
        let Some(last) = page["conversations"].as_array().unwrap().last().cloned() else { break };
        after = format!("&startAfterDate={}", last["lastMessageDate"]);
        seen.extend(texts(&page["conversations"], "id").into_iter().map(str::to_owned));
    }
    assert_eq!(seen, conversations);
}
