use reachout_messenger::{Channel, Delivery, Message, Vendor, check, connect};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let message = Message::to("a1b2c3d4-5678-90ab-cdef-1234567890ab")
        .channel(Channel::Email)
        .subject("A role in Paris")
        .text("Hi Sophie, may I tell you more?");

    let leonar = connect(Vendor::Leonar)?;
    match leonar.send(&message).await {
        Ok(receipt) => println!("sent through {}", receipt.vendor),
        Err(error) if error.delivery() == Delivery::Unknown => println!("look before you send it again: {error}"),
        Err(error) => return Err(error.into()),
    }

    // What a vendor cannot do is known before anything is sent.
    if check(Vendor::SendPilot, &message).is_err() {
        println!("{} cannot send by email", Vendor::SendPilot);
    }
    Ok(())
}
