//! A function that sends, and its tests: nothing but the client's own types.

use leonar::routes::SEND_MESSAGE;
use leonar::types::{Channel, SendMessageRequest};
use leonar::{Client, Delivery, Uuid};
use reachout_mocks::Mocks;

/// Greets a contact; `false` if the vendor may have the message already.
async fn greet(client: &Client, contact: Uuid) -> Result<bool, leonar::Error> {
    let message = SendMessageRequest::new(contact, Channel::Whatsapp, "Hi, may I tell you more?");
    match client.messages().send(message).await {
        Ok(_) => Ok(true),
        Err(error) if error.delivery() == Delivery::Unknown => Ok(false),
        Err(error) => Err(error),
    }
}

#[tokio::test]
async fn a_greeting_is_sent_once() -> Result<(), Box<dyn std::error::Error>> {
    let mocks = Mocks::<Client>::start();
    let client = mocks.client();
    let contact = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;

    let expected = SendMessageRequest::new(contact, Channel::Whatsapp, "Hi, may I tell you more?");
    let sent = mocks.on(client.messages().send(expected)).example();
    assert!(greet(&client, contact).await?);
    sent.assert();
    Ok(())
}

#[tokio::test]
async fn a_greeting_that_may_have_arrived_is_not_repeated() -> Result<(), Box<dyn std::error::Error>> {
    let mocks = Mocks::<Client>::start();
    let overloaded = mocks.any(&SEND_MESSAGE).error(503, "overloaded", "Try later");
    assert!(!greet(&mocks.client(), "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?).await?);
    overloaded.assert(); // once
    Ok(())
}
