//! What is made at SendPilot can be found again.

use reachout_sandbox::{Sandbox, Settings, Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, fetch};

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
