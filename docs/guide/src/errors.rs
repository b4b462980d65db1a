use leonar::{CallOptions, Client, Delivery, RetryPolicy, Uuid, types};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let contact: Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;
    let message = types::SendMessageRequest::new(contact, types::Channel::Whatsapp, "Hi Sophie");

    let failing = |fault: &str| client.with(CallOptions::new().header("x-sandbox-fault", fault));
    let refused = failing("status=403").messages().send(message.clone()).await.unwrap_err();
    println!("refused: {:?}", refused.delivery());

    let overloaded = failing("status=503").messages().send(message.clone()).await.unwrap_err();
    println!("overloaded: {:?}, attempts {}", overloaded.delivery(), overloaded.attempts());

    let cut_off = failing("reset-after").messages().send(message.clone()).await.unwrap_err();
    println!("cut off: {:?}", cut_off.delivery());

    // Port 9 is closed: the connection was never opened.
    let offline = Client::builder().credential("leo_key").base_url("http://127.0.0.1:9").retry(RetryPolicy::none()).build()?;
    let offline = offline.messages().send(message).await.unwrap_err();
    println!("nobody there: {:?}", offline.delivery());
    assert_eq!(offline.delivery(), Delivery::NotSent);

    // What only reads goes again by itself.
    let listed = failing("status=503").contacts().list().search("sophie").limit(1);
    let error = listed.await.unwrap_err();
    println!("reading: {:?}, attempts {}", error.delivery(), error.attempts());
    Ok(())
}
