//! Sends one message: the program whose size is compared.
#![forbid(unsafe_code)]

use std::error::Error;

use leonar::{
    Client, Uuid,
    types::{Channel, SendMessageRequest},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let contact: Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;
    let message = SendMessageRequest::new(contact, Channel::Email, "Hi Sophie, may I tell you more?").subject("A role in Paris");
    println!("{}", client.messages().send(message).await?.data.id);
    Ok(())
}
