use leonar::{Client, Delivery, Uuid, types};

/// Greets a contact; `false` if the vendor may have the message already.
pub async fn greet(client: &Client, contact: Uuid) -> Result<bool, leonar::Error> {
    let message = types::SendMessageRequest::new(contact, types::Channel::Whatsapp, "Hi, may I tell you more?");
    match client.messages().send(message).await {
        Ok(_) => Ok(true),
        Err(error) if error.delivery() == Delivery::Unknown => Ok(false),
        Err(error) => Err(error),
    }
}
