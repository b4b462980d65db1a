//! What is made can be found again.

use reachout_sandbox::{Sandbox, Settings, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch};

fn texts<'a>(items: &'a Value, field: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn leonar_contacts_live() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let body = json!({ "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "tags": ["math"], "contact_type": ["candidate"] });
    let ada = client.post("/contacts", body).await["data"].clone();
    assert_eq!((&ada["emails"][0]["email"], &ada["global_status"]), (&json!("ada@example.com"), &json!("new")));
    let id = ada["id"].as_str().unwrap();

    let page = client.get("/contacts?limit=1").await;
    assert_eq!(page["data"][0]["id"], id, "the newest comes first");
    assert_eq!(page["meta"], json!({ "total": 2, "limit": 1, "offset": 0, "has_more": true }));
    let page = client.get("/contacts?limit=1&offset=1").await;
    assert_eq!((&page["data"][0]["first_name"], &page["meta"]["has_more"]), (&json!("Sophie"), &json!(false)));
    assert_eq!(client.get("/contacts?offset=2").await["data"], json!([]));

    for (query, expected) in [
        ("search=lovelace", 1),
        ("search=nobody", 0),
        ("contact_type=candidate", 1),
        ("global_status=new", 2),
        ("global_status=all", 2),
        ("global_status=archived", 0),
        ("location=paris", 1),
        ("created_after=2026-01-01", 1),
        ("created_before=2026-01-01", 1),
    ] {
        let found = client.get(&format!("/contacts?{query}")).await;
        assert_eq!(found["meta"]["total"], expected, "{query}: {found}");
    }
    let sorted = client.get("/contacts?sort=first_name").await;
    assert_eq!(texts(&sorted["data"], "first_name"), ["Ada", "Sophie"]);
    let sorted = client.get("/contacts?sort=-first_name").await;
    assert_eq!(texts(&sorted["data"], "first_name"), ["Sophie", "Ada"]);

    for (criteria, expected) in [
        (json!({ "tags": ["math", "art"] }), 1),
        (json!({ "tags": ["art"] }), 0),
        (json!({ "query": "ada" }), 1),
        (json!({ "company": "doctolib" }), 1),
        (json!({ "contact_types": ["candidate"] }), 1),
        (json!({ "sort_by": "first_name", "sort_direction": "asc", "limit": 1 }), 2),
    ] {
        let found = client.post("/contacts/search", criteria.clone()).await;
        assert_eq!(found["meta"]["total"], expected, "{criteria}: {found}");
    }

    let changed = client.put(&format!("/contacts/{id}"), json!({ "title": "Analyst" })).await;
    assert_eq!((&changed["data"]["title"], &changed["data"]["first_name"]), (&json!("Analyst"), &json!("Ada")));
    let unknown = client.request(Method::PUT, "/contacts/00000000-0000-4000-8000-000000000000").json(&json!({ "title": "x" }));
    let (status, body) = fetch(unknown).await;
    assert_eq!((status.as_u16(), &body["error"]), (404, &json!({ "code": "not_found", "message": "contact not found" })));
}

#[tokio::test]
async fn leonar_messages_appear_in_their_conversation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let contact = client.post("/contacts", json!({ "first_name": "Ada" })).await["data"]["id"].clone();
    let body = |content: &str| json!({ "contact_id": contact, "channel": "linkedin", "content": content });
    let first = client.post("/messages", body("Hi")).await["data"].clone();
    let second = client.post("/messages", body("Hi again")).await["data"].clone();
    assert_eq!(first["conversation_id"], second["conversation_id"]);
    assert_eq!((&second["contact"]["first_name"], &second["contact"]["global_status"]), (&json!("Ada"), &json!("contacted")));
    let path = format!("/conversations/{}/messages", first["conversation_id"].as_str().unwrap());
    let listed = client.get(&path).await;
    assert_eq!(texts(&listed["data"], "content"), ["Hi again", "Hi"]);

    let mut email = body("Hi");
    email["channel"] = "email".into();
    let (status, body) = fetch(client.request(Method::POST, "/messages").json(&email)).await;
    assert_eq!((status.as_u16(), &body["error"]["message"]), (400, &json!("subject: an email requires one")));
    email["subject"] = "Hello".into();
    let sent = client.post("/messages", email).await;
    assert_ne!(sent["data"]["conversation_id"], first["conversation_id"], "another channel is another conversation");
    assert_eq!(client.status(Method::GET, "/conversations/00000000-0000-4000-8000-000000000000/messages").await, 404);
}

#[tokio::test]
async fn leonar_projects_deals_tasks_and_sequences_live() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    let company = client.post("/companies", json!({ "name": "Analytical Engines" })).await["data"]["id"].clone();
    let project = client.post("/projects", json!({ "name": "Engineers", "client_company_id": company })).await["data"].clone();
    assert_eq!(project["client_company"], json!({ "name": "Analytical Engines" }));
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    client.put(&path, json!({ "status": "archived" })).await;
    assert_eq!(client.get("/projects?status=archived").await["data"][0]["id"], project["id"]);

    let contact = client.post("/contacts", json!({ "first_name": "Ada" })).await["data"]["id"].clone();
    let stage = project["pipeline"]["stages"][0]["id"].clone();
    let entry = client.post(&format!("{path}/entries"), json!({ "contact_id": contact })).await["data"].clone();
    assert_eq!((&entry["stage"]["id"], &entry["contact"]["id"]), (&stage, &contact));
    let entries = client.get(&format!("{path}/entries?stage_id={}", stage.as_str().unwrap())).await;
    assert_eq!((&entries["meta"]["total"], &entries["data"][0]["id"]), (&json!(1), &entry["id"]));
    let elsewhere = json!({ "contact_id": contact, "stage_id": "00000000-0000-4000-8000-000000000000" });
    let (status, body) = fetch(client.request(Method::POST, &format!("{path}/entries")).json(&elsewhere)).await;
    assert_eq!((status.as_u16(), &body["error"]["message"]), (404, &json!("stage_id: stage not found")));

    let file = client
        .post(&format!("{path}/files"), json!({ "filename": "a.pdf", "content_type": "application/pdf", "file_base64": "JVBERg==" }))
        .await;
    assert_eq!(client.get(&format!("{path}/files")).await["data"]["data"], json!([file["data"]]));
    let file = format!("{path}/files/{}", file["data"]["id"].as_str().unwrap());
    assert_eq!(client.delete(&file).await, Value::Null);
    assert_eq!(client.status(Method::DELETE, &file).await, 404);

    let deal = "/deals/c3d4e5f6-7890-12ab-cdef-345678901bcd";
    let closed = client.post(&format!("{deal}/close"), json!({ "status": "won", "signed_amount": 45000 })).await["data"].clone();
    assert_eq!((&closed["status"], &closed["signed_amount"], closed["closed_at"].is_string()), (&json!("won"), &json!(45000), true));
    let reopened = client.request(Method::POST, &format!("{deal}/reopen"));
    assert_eq!(fetch(reopened).await.1["data"]["status"], "open");

    let task = client.put("/tasks/e5f6a7b8-9012-34cd-efab-567890123def", json!({ "status": "done" })).await["data"].clone();
    assert!(task["completed_at"].is_string(), "{task}");

    let sequence = "/sequences/f6a7b8c9-0123-45de-fabc-678901234ef0";
    let before = client.get(sequence).await["data"]["enrollments"]["active"].as_u64().unwrap();
    let who = json!({ "contact_ids": [contact, "00000000-0000-4000-8000-000000000000"] });
    let outcome = client.post(&format!("{sequence}/enroll"), who.clone()).await["data"].clone();
    assert_eq!((&outcome["enrolled"], &outcome["skipped_not_found"]), (&json!(1), &json!(1)));
    assert_eq!(client.get(sequence).await["data"]["enrollments"]["active"], before + 1);
    assert_eq!(client.post(&format!("{sequence}/enroll"), who.clone()).await["data"]["skipped_already_enrolled"], 1);
    assert_eq!(client.post(&format!("{sequence}/unenroll"), who).await["data"], json!({ "unenrolled": 1, "not_found": 1 }));
}

#[tokio::test]
async fn sendpilot_campaigns_and_leads_live() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    assert_eq!(client.get("/v1/campaigns?status=active").await["pagination"]["total"], 1);
    let paused = client.patch("/v1/campaigns/clxxx123456", json!({ "action": "pause" })).await;
    assert_eq!(paused["newStatus"], "paused");
    assert_eq!(client.get("/v1/campaigns/clxxx123456").await["status"], "paused");
    let (status, body) = fetch(client.request(Method::PATCH, "/v1/campaigns/clxxx123456").json(&json!({ "action": "pause" }))).await;
    assert_eq!((status.as_u16(), &body["message"]), (400, &json!("action: the campaign is paused, not started")));

    let lead =
        |number: usize| json!({ "linkedinUrl": format!("https://www.linkedin.com/in/lead-{number}"), "firstName": "Ada", "score": number });
    let mut leads: Vec<Value> = (0..5).map(lead).collect();
    leads.extend([lead(0), json!({ "linkedinUrl": "nothing" })]);
    let added = client.post("/v1/leads", json!({ "campaignId": "clxxx789012", "leads": leads })).await;
    assert_eq!((&added["leadsAdded"], &added["duplicatesSkipped"], &added["errors"][0]["index"]), (&json!(5), &json!(1), &json!(6)));
    assert_eq!(client.get("/v1/campaigns/clxxx789012").await["totalLeads"], 80);

    let page = client.get("/v1/leads?campaignId=clxxx789012&limit=2&page=3").await;
    assert_eq!(page["pagination"], json!({ "total": 5, "page": 3, "limit": 2, "totalPages": 3 }));
    let lead = &page["leads"][0];
    assert_eq!((&lead["linkedinUrl"], lead.get("data")), (&json!("https://www.linkedin.com/in/lead-0"), None));
    let path = format!("/v1/leads/{}", lead["id"].as_str().unwrap());
    assert_eq!(client.get(&format!("{path}?full=true")).await["data"], json!({ "score": 0 }));
    assert_eq!(client.patch(&format!("{path}/status"), json!({ "status": "NOT_INTERESTED" })).await["status"], "NOT_INTERESTED");
    client.patch(&format!("{path}/status"), json!({ "status": "OPPORTUNITY", "customLeadStatus": "CLOSED" })).await;
    assert_eq!(client.get("/v1/leads?campaignId=clxxx789012&status=OPPORTUNITY").await["leads"][0]["id"], lead["id"]);
    let (status, _) = fetch(client.request(Method::PATCH, &format!("{path}/status")).json(&json!({ "note": "x" }))).await;
    assert_eq!(status, 400);
}

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
async fn sendpilot_messages_appear_in_their_conversation() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let url = "https://www.linkedin.com/in/ada";
    let added = json!({ "campaignId": "clxxx123456", "leads": [{ "linkedinUrl": url, "firstName": "Ada" }] });
    client.post("/v1/leads", added).await;
    let lead = client.get("/v1/leads?campaignId=clxxx123456").await["leads"][0]["id"].clone();
    let profile = json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": url, "message": "Hi" });
    let sent = client.post("/v1/inbox/send", profile).await;
    let path = format!("/v1/inbox/send/lead/{}", lead.as_str().unwrap());
    let greeted = client.post(&path, json!({ "senderId": "sender_abc123", "message": "Hi {{firstName}}" })).await;
    assert_eq!(greeted["conversationId"], sent["conversationId"]);
    let old = client.post("/v1/inbox/send", json!({ "leadId": lead, "message": "Still there?" })).await;
    assert_eq!((&old["leadId"], &old["senderId"]), (&lead, &json!("sender_abc123")));

    let conversations = client.get("/v1/inbox/conversations?accountId=sender_abc123").await;
    let conversation = &conversations["conversations"][0];
    assert_eq!((&conversation["id"], &conversation["lastMessage"]["content"]), (&sent["conversationId"], &json!("Still there?")));
    assert_eq!(conversation["participants"][0]["name"], "Ada");
    let path = format!("/v1/inbox/conversations/{}/messages?accountId=sender_abc123", sent["conversationId"].as_str().unwrap());
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}&limit=1{token}")).await;
        seen.push(page["messages"][0]["content"].as_str().unwrap().to_owned());
        if page["pagination"]["hasMore"] == false {
            break;
        }
        token = format!("&continuationToken={}", page["pagination"]["continuationToken"].as_str().unwrap());
    }
    assert_eq!(seen, ["Hi", "Hi Ada", "Still there?"]);
    let stranger = json!({ "senderId": "nobody", "recipientLinkedinUrl": url, "message": "Hi" });
    let (status, body) = fetch(client.request(Method::POST, "/v1/inbox/send").json(&stranger)).await;
    assert_eq!((status.as_u16(), &body["message"]), (400, &json!("senderId: sender not found")));
    let (status, _) = fetch(client.request(Method::GET, &path.replace("sender_abc123", "sender_other"))).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn sendpilot_searches_complete() {
    let settings: Settings = serde_json::from_value(json!({ "job_milliseconds": 150 })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::SendPilot);
    let search = json!({ "name": "Founders", "limit": 7, "filters": { "job_titles": ["Founder"] } });
    let extraction = json!({ "name": "F", "urls": ["https://www.linkedin.com/search/"], "limit": 7, "mode": "extraction_only", "url_type": "linkedin_search" });
    for (path, body, running, done) in [
        ("/v1/lead-database/searches", search, "processing", "completed"),
        ("/v1/lead-extractor/campaigns", extraction, "RUNNING", "FINISHED"),
    ] {
        let id = client.post(path, body).await["id"].as_str().unwrap().to_owned();
        assert_eq!(client.get(&format!("{path}/{id}/status")).await["status"], running);
        assert_eq!(client.get(&format!("{path}/{id}/results")).await["total"], 0);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let status = client.get(&format!("{path}/{id}/status")).await;
        assert_eq!((&status["status"], &status["progress"]["percent_complete"]), (&json!(done), &json!(100)));
        let page = client.get(&format!("{path}/{id}/results?limit=5&offset=5")).await;
        assert_eq!((page["leads"].as_array().unwrap().len(), &page["total"], &page["has_more"]), (2, &json!(7), &json!(false)));
        assert_eq!(page["leads"][1]["full_name"], "John Doe 7");
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

#[tokio::test]
async fn ids_that_nothing_made_are_adopted_on_request() {
    let settings: Settings = serde_json::from_value(json!({ "adopt_unknown_ids": true })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leadway);
    let body = json!({ "type": "SMS", "subType": "SMS", "contactId": "anybody", "status": "pending", "message": "Hi" });
    let sent = client.post("/conversations/messages", body).await;
    let listed = client.get(&format!("/conversations/{}/messages", sent["conversationId"].as_str().unwrap())).await;
    assert_eq!(listed["messages"]["messages"][0]["contactId"], "anybody");
}

#[tokio::test]
async fn the_oldest_objects_make_room() {
    let settings: Settings = serde_json::from_value(json!({ "capacity": 3 })).unwrap();
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = Client::new(&sandbox, Vendor::Leonar);
    for number in 0..5 {
        client.post("/companies", json!({ "name": number.to_string() })).await;
    }
    let kept = client.get("/companies").await;
    assert_eq!(texts(&kept["data"], "name"), ["4", "3", "2"]);
}
