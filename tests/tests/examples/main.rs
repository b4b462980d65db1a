//! The clients' examples, each run against the sandbox. They are compiled into this program as they are, because a client that had the sandbox as a
//! dependency of its own could not be published: the sandbox depends on the clients.
#![allow(dead_code, reason = "their `main` is for a terminal")]

use std::time::Duration;

use reachout_sandbox::{Fault, FaultKind, FaultRule, Sandbox, Vendor};

#[path = "../../../crates/leadway/examples/send_a_file.rs"]
mod send_a_file;
#[path = "../../../crates/hoop-ai/examples/text_a_contact.rs"]
mod text_a_contact;
#[path = "../../../crates/leonar/examples/write_to_contact.rs"]
mod write_to_contact;
#[path = "../../../crates/sendpilot/examples/write_to_leads.rs"]
mod write_to_leads;

/// A client of the sandbox.
macro_rules! client {
    ($vendor:ident, $sandbox:expr, $of:expr) => {{
        let client: $vendor::Client =
            $vendor::Client::builder().base_url($sandbox.base_url($of)).credential(Sandbox::api_key($of)).build().unwrap();
        client
    }};
}

/// What was called, in order.
fn operations(sandbox: &Sandbox) -> Vec<String> {
    sandbox.requests().into_iter().map(|request| request.operation.unwrap_or_default()).collect()
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("the example does not end")
}

#[tokio::test]
async fn leonar() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client!(leonar, sandbox, Vendor::Leonar);
    let run = async || in_time(write_to_contact::run(&client, "Ada", "ada@example.com")).await.unwrap();
    assert!(run().await.starts_with("sent "));
    assert!(run().await.starts_with("sent "), "the contact is found again");
    assert_eq!(operations(&sandbox), ["list_contacts", "create_contact", "send_message", "list_contacts", "send_message"]);
    let lost = FaultRule::new(Fault::new(FaultKind::ResetAfter)).operation("send_message");
    sandbox.add_fault(lost).unwrap();
    assert!(run().await.starts_with("look into the conversation"));
}

#[tokio::test]
async fn sendpilot() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client!(sendpilot, sandbox, Vendor::SendPilot);
    let profiles = ["https://www.linkedin.com/in/ada", "https://www.linkedin.com/in/grace"].map(str::to_owned);
    let run = write_to_leads::run(&client, "clxxx789012", "sender_abc123", "Hi {{firstName}}", profiles);
    let lines = in_time(run).await.unwrap();
    assert_eq!((lines.len(), lines.iter().all(|line| line.ends_with(": sent"))), (2, true), "{lines:?}");
}

#[tokio::test]
async fn hoop_ai() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client!(hoop_ai, sandbox, Vendor::HoopAi);
    let messages = in_time(text_a_contact::run(&client, "l1C08ntBrFjLS0elLIYU", "+14155550123", "Hello!")).await.unwrap();
    assert_eq!(messages.iter().map(|message| message.body.as_deref()).collect::<Vec<_>>(), [Some("Hello!")]);
}

#[tokio::test]
async fn leadway() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client!(leadway, sandbox, Vendor::Leadway);
    let new = leadway::types::CreateContactRequest::new("l1C08ntBrFjLS0elLIYU").first_name("Ada").email("ada@example.com");
    let contact = client.contacts().create(new).await.unwrap().contact.unwrap().id.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("offer.pdf");
    std::fs::write(&file, "%PDF-1.7").unwrap();
    let message = in_time(send_a_file::run(&client, "l1C08ntBrFjLS0elLIYU", &contact, &file)).await.unwrap();
    assert!(!message.is_empty());
    assert_eq!(operations(&sandbox)[1..], ["create_conversation", "upload_attachments", "send_message"]);
}
