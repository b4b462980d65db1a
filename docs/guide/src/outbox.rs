use reachout_outbox::{Account, Channel, EnvAccounts, Envelope, Message, Outbox, Runner, Vendor, VendorEligibility};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::var("OUTBOX_FOLDER").unwrap_or_else(|_| ".".to_owned());
    let outbox = Outbox::open(format!("sqlite:{folder}/outbox.db")).await?;

    let account = Account::new(Vendor::Leonar, Account::DEFAULT); // LEONAR_API_KEY
    let people = [("Sophie", "a1b2c3d4-5678-90ab-cdef-1234567890ab")];
    let messages = || {
        people.map(|(name, contact)| {
            let text = format!("Hi {name}, may I tell you more?");
            let message = Message::to(contact).channel(Channel::Email).subject("A role in Paris").text(text);
            (format!("roles-in-paris/{contact}"), Envelope::new(account.clone(), message))
        })
    };
    println!("queued {}", outbox.enqueue_all(messages()).await?.new);
    println!("queued {}", outbox.enqueue_all(messages()).await?.new); // the same keys: nothing new

    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let runner = Runner::new(&outbox, EnvAccounts).eligibility(VendorEligibility::new()).until_empty();
    println!("{}", runner.run_until(stop).await?);
    outbox.close().await;
    Ok(())
}
