//! Creates a contact, or finds it by its phone number, and sends it a text message.
//!
//! ```console
//! $ HOOP_AI_TOKEN=… cargo run -p hoop-ai --example text_a_contact -- LOCATION +14155550123 "Hello!"
//! ```
//! At the sandbox, with `reachout sandbox` in another terminal, set `HOOP_AI_BASE_URL=http://127.0.0.1:4010/hoop-ai` and
//! `HOOP_AI_TOKEN=pit-sandbox`; any location will do.

use std::error::Error;

use futures_util::TryStreamExt as _;
use hoop_ai::Client;
use hoop_ai::types::{Message, SendMessageRequest, SendMessageType, UpsertContactRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(location), Some(phone), Some(text)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: text_a_contact LOCATION PHONE TEXT".into());
    };
    for message in run(&Client::from_env()?, &location, &phone, &text).await? {
        println!("{}: {}", message.date_added.unwrap_or_default(), message.body.unwrap_or_default());
    }
    Ok(())
}

/// Returns what is in the conversation afterwards.
pub async fn run(client: &Client, location: &str, phone: &str, text: &str) -> Result<Vec<Message>, Box<dyn Error>> {
    let contact = client.contacts().upsert(UpsertContactRequest::new(location).phone(phone)).await?;
    let contact = contact.contact.and_then(|contact| contact.id).ok_or("the vendor returned no contact")?;
    let sent = client.messages().send(SendMessageRequest::new(SendMessageType::Sms, contact).message(text)).await?;
    let conversation = sent.conversation_id.as_ref().ok_or("the vendor returned no conversation")?;
    Ok(client.messages().list(conversation).items().try_collect().await?)
}
