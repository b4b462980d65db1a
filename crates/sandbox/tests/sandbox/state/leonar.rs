//! What is made at Leonar can be found again.

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use super::texts;
use crate::client::{Client, fetch};

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
