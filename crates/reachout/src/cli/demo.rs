//! `reachout demo`: five calls through the four clients, against a sandbox in this process.

use std::time::{Duration, Instant};

use clap::Args;
use leonar::types::{ContactEmail, CreateContactRequest};
use reachout::{Channel, Message, Receipt, Vendor};
use serde::Serialize;

use super::{
    access::{Access, start_sandbox},
    failure::Failure,
    output::Output,
};

/// Send a message through each vendor, in a sandbox: no account, no key, no network
#[derive(Args)]
pub struct Demo {}

#[derive(Serialize)]
struct Row {
    vendor: Vendor,
    operation: &'static str,
    status: u16,
    id: String,
    time: String,
}

pub async fn run(output: &mut Output) -> Result<(), Failure> {
    let access = Access::Sandbox(start_sandbox().await?);
    let (contact, created) = create_contact(&access).await?;
    let mut rows = vec![created];
    let messages = [
        (Vendor::Leonar, Message::to(contact).channel(Channel::Email).subject("A role in Paris").text("Hi Sophie, may I tell you more?")),
        (
            Vendor::SendPilot,
            Message::to("https://www.linkedin.com/in/john-doe").from("sender_abc123").text("Hi John, thanks for connecting!"),
        ),
        (Vendor::HoopAi, Message::to("abc123def456").channel(Channel::Sms).text("Hello, how can I help you today?")),
        (Vendor::Leadway, Message::to("abc123def456").channel(Channel::WhatsApp).text("Hello, how can I help you today?")),
    ];
    for (vendor, message) in messages {
        let messenger = access.messenger(vendor)?;
        let begin = Instant::now();
        let receipt: Receipt = messenger.send(&message).await?;
        let id = receipt.message_id().unwrap_or_default().to_owned();
        rows.push(Row { vendor, operation: "send_message", status: receipt.http_status, id, time: milliseconds(begin.elapsed()) });
    }
    output.rows(&["vendor", "operation", "status", "id", "time"], &rows)
}

async fn create_contact(access: &Access) -> Result<(String, Row), Failure> {
    let client: leonar::Client = access.client(&leonar::VENDOR, true)?;
    let email = ContactEmail::builder().email("sophie@example.com").type_("work");
    let contact = CreateContactRequest::builder().first_name("Sophie").last_name("Martin").emails([email]);
    let begin = Instant::now();
    let created = client.create_contact().body(contact).send().await?;
    let (id, status) = (created.data.id.to_string(), created.status().as_u16());
    let row = Row { vendor: Vendor::Leonar, operation: "create_contact", status, id: id.clone(), time: milliseconds(begin.elapsed()) };
    Ok((id, row))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
