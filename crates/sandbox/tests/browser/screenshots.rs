//! The pictures that the README shows.

use reachout_sandbox::{Fault, FaultRule, ReplyTo, Sandbox, Vendor};
use reachout_test_support::Browser;
use serde_json::{Value, json};

use crate::post;

/// Takes the pictures anew: `cargo test -p reachout-sandbox --test browser -- --ignored screenshots`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes files of the crate"]
async fn screenshots() {
    let Some(browser) = Browser::start().await else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let thread = history(&sandbox).await;
    for (width, height, name, view) in
        [(1280, 800, "wide", "requests/4".to_owned()), (390, 844, "narrow", format!("conversations/{thread}"))]
    {
        for scheme in ["light", "dark"] {
            browser.resize(width, height).await;
            browser.prefer(scheme).await;
            browser.client.goto(&format!("{}/#/{view}", sandbox.url())).await.unwrap();
            browser.sees("● live").await;
            browser.until("document.querySelector('article')").await;
            let picture = browser.picture().await;
            assert!(picture.starts_with(b"RIFF") && picture.len() < 80 << 10, "{name} {scheme}: {} bytes", picture.len());
            let file = format!("{}/screenshots/{name}-{scheme}.webp", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(&file, &picture).unwrap();
        }
    }
    browser.close().await;
}

/// A short story: a contact, a message, a mistake, a fault, a reply. The address of its conversation.
async fn history(sandbox: &Sandbox) -> String {
    let made: Value = post(sandbox, "/contacts", &json!({ "first_name": "Ada", "last_name": "Lovelace", "title": "Analyst" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = made["data"]["id"].as_str().unwrap();
    let message = |text: &str| post(sandbox, "/messages", &json!({ "contact_id": id, "channel": "linkedin", "content": text }));
    let sent: Value = message("Hi Ada, we build engines and would like to meet you.").send().await.unwrap().json().await.unwrap();
    sandbox.reply(&ReplyTo::contact(Vendor::Leonar, id, "Which kind of engines?")).unwrap();
    message("Analytical ones. Does Tuesday suit you?").send().await.unwrap();
    post(sandbox, "/contacts", &json!({ "frist_name": "Charles", "emails": [{ "mail": "charles@example.com" }] })).send().await.unwrap();
    sandbox.add_fault(FaultRule::new(Fault::status(503)).operation("send_message")).unwrap();
    message("Or Wednesday?").send().await.unwrap();
    sandbox.reply(&ReplyTo::contact(Vendor::Leonar, id, "Tuesday is fine.")).unwrap();
    let key = Sandbox::api_key(Vendor::SendPilot);
    reqwest::Client::new()
        .get(format!("{}/v1/credits", sandbox.base_url(Vendor::SendPilot)))
        .header("X-API-Key", key)
        .send()
        .await
        .unwrap();
    format!("leonar/{}", sent["data"]["conversation_id"].as_str().unwrap())
}
