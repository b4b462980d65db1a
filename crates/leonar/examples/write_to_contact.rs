//! Finds a contact by its email address, or creates it, and writes to it.
//!
//! ```console
//! $ LEONAR_API_KEY=leo_… cargo run -p leonar --example write_to_contact -- Sophie sophie@example.com
//! ```
//! At the sandbox, with `reachout sandbox` in another terminal, set `LEONAR_BASE_URL=http://127.0.0.1:4010/leonar/api/v1` and
//! `LEONAR_API_KEY=leo_sandbox`.

use std::error::Error;

use futures_util::StreamExt as _;
use leonar::types::{Channel, Contact, CreateContactRequest, NewContactEmail, SendMessageRequest};
use leonar::{Client, Delivery};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(email)) = (arguments.next(), arguments.next()) else { return Err("usage: write_to_contact NAME EMAIL".into()) };
    println!("{}", run(&Client::from_env()?, &name, &email).await?);
    Ok(())
}

/// Returns what is to be said of it.
pub async fn run(client: &Client, name: &str, email: &str) -> Result<String, Box<dyn Error>> {
    let contact = match find(client, email).await? {
        Some(contact) => contact,
        None => {
            let contact = CreateContactRequest::new(name).emails([NewContactEmail::new(email)]);
            client.contacts().create(contact).await?.data
        }
    };
    let message =
        SendMessageRequest::new(contact.id, Channel::Email, format!("Hi {name}, may I tell you more?")).subject("A role in Paris");
    match client.messages().send(message).await {
        Ok(sent) => Ok(format!("sent {} to {}", sent.data.id, contact.id)),
        // Not repeated by itself: it may have arrived.
        Err(error) if error.delivery() == Delivery::Unknown => Ok(format!("look into the conversation before you send it again: {error}")),
        Err(error) => Err(error.into()),
    }
}

async fn find(client: &Client, email: &str) -> Result<Option<Contact>, leonar::Error> {
    let mut contacts = client.contacts().list().search(email).limit(100).items();
    while let Some(contact) = contacts.next().await {
        let contact = contact?;
        if contact.emails.iter().flatten().any(|known| known.email.as_deref() == Some(email)) {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}
