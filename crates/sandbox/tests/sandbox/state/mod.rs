//! What is made can be found again.

mod highlevel;
mod leonar;
mod sendpilot;

use reachout_sandbox::{Sandbox, Settings, Vendor};
use serde_json::{Value, json};

use crate::client::Client;

fn texts<'a>(items: &'a Value, field: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
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
