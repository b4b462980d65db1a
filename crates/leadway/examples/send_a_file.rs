//! Uploads a file into a conversation, and sends a message that has it attached.
//!
//! ```console
//! $ LEADWAY_TOKEN=… cargo run -p leadway --example send_a_file -- LOCATION CONTACT offer.pdf
//! ```
//! At the sandbox, with `reachout sandbox` in another terminal, set `LEADWAY_BASE_URL=http://127.0.0.1:4010/leadway` and
//! `LEADWAY_TOKEN=pit-sandbox`.

use std::error::Error;
use std::path::Path;

use leadway::Client;
use leadway::multipart::Part;
use leadway::types::{CreateConversationRequest, MessageDeliveryStatus, SendMessageRequest, SendMessageType};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(location), Some(contact), Some(file)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: send_a_file LOCATION CONTACT FILE".into());
    };
    println!("{}", run(&Client::from_env()?, &location, &contact, Path::new(&file)).await?);
    Ok(())
}

/// Returns the id of the message.
pub async fn run(client: &Client, location: &str, contact: &str, file: &Path) -> Result<String, Box<dyn Error>> {
    let conversation = client.conversations().create(CreateConversationRequest::new(location, contact)).await?;
    let uploaded = client.messages().upload_attachments(conversation.conversation.id, contact, location, Part::file(file)).await?;
    // An upload attaches nothing: the addresses go into the message.
    let addresses = uploaded.uploaded_files.unwrap_or_default().into_values();
    let message = SendMessageRequest::new(SendMessageType::Email, "Email", contact, MessageDeliveryStatus::Pending)
        .subject("Our offer")
        .html("<p>As discussed.</p>")
        .attachments(addresses);
    let sent = client.messages().send(message).await?;
    sent.message_id.ok_or_else(|| "the vendor returned no id".into())
}
