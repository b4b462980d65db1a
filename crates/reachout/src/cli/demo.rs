//! `reachout demo`: a call or two through each client, against a sandbox in this process.

use std::time::Instant;

use clap::Args;
use leonar::types::{CreateContactRequest, NewContactEmail};
use reachout_messenger::{Channel, Message, Vendor};
use serde::Serialize;

use super::{
    call::{Access, api},
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
    http_status: u16,
    id: String,
    time_ms: f64,
}

const COLUMNS: [&str; 5] = ["vendor", "operation", "http_status", "id", "time_ms"];

/// `access` is to a sandbox.
pub async fn run(access: &Access<'_>, output: &mut Output) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let outcome = call(access, &mut rows).await;
    // What worked is shown in any case.
    output.rows(&COLUMNS, &rows)?;
    outcome
}

async fn call(access: &Access<'_>, rows: &mut Vec<Row>) -> Result<(), Failure> {
    let contact = create_contact(access, rows).await?;
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
        let messenger = access.messenger(vendor).await?;
        let begin = Instant::now();
        let receipt = messenger.send(&message).await?;
        let id = receipt.message_id().unwrap_or_default().to_owned();
        rows.push(Row { vendor, operation: "send_message", http_status: receipt.http_status, id, time_ms: since(begin) });
    }
    Ok(())
}

async fn create_contact(access: &Access<'_>, rows: &mut Vec<Row>) -> Result<String, Failure> {
    let client: leonar::Client = access.client(api(Vendor::Leonar)?, true).await?;
    let email = NewContactEmail::new("sophie@example.com").type_("work");
    let contact = CreateContactRequest::new("Sophie").last_name("Martin").emails([email]);
    let begin = Instant::now();
    let created = client.contacts().create(contact).response().await?;
    let id = created.body.data.id.to_string();
    let http_status = created.status.as_u16();
    rows.push(Row { vendor: Vendor::Leonar, operation: "create_contact", http_status, id: id.clone(), time_ms: since(begin) });
    Ok(id)
}

/// In milliseconds, to a tenth.
fn since(begin: Instant) -> f64 {
    (begin.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}
