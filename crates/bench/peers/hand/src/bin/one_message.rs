//! Sends one message: the program whose size is compared.
#![forbid(unsafe_code)]

use std::error::Error;

use hand::{Channel, Client, SendMessage};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new("https://app.leonar.app/api/v1", std::env::var("LEONAR_API_KEY")?)?;
    let message = SendMessage {
        contact_id: "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?,
        channel: Channel::Email,
        content: "Hi Sophie, may I tell you more?",
        subject: Some("A role in Paris"),
    };
    println!("{}", client.send_message(&message).await?.id);
    Ok(())
}
