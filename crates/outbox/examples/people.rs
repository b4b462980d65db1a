//! Writes to the people of `people.csv` and tells in `results.csv` what came of it. Run it again after a crash: it goes on where it was.

use std::{env, error::Error, path::Path};

use futures_util::TryStreamExt as _;
use reachout_messenger::leonar::{Client, types::CreateContactRequest};
use reachout_outbox::{Account, Accounts, Address, Channel, EnvAccounts, Envelope, Message, Outbox, Runner, Vendor, VendorEligibility};

#[derive(serde::Deserialize)]
struct Person {
    first_name: String,
    email: String,
}

#[tokio::main]
#[allow(dead_code, reason = "a test calls `campaign`")]
async fn main() -> Result<(), Box<dyn Error>> {
    campaign(&Client::from_env()?, EnvAccounts, &env::current_dir()?).await
}

/// The whole campaign, with the files in `folder`.
pub async fn campaign(client: &Client, accounts: impl Accounts + 'static, folder: &Path) -> Result<(), Box<dyn Error>> {
    let outbox = Outbox::open(format!("sqlite:{}", folder.join("outbox.db").display())).await?;
    let people = csv::Reader::from_path(folder.join("people.csv"))?.into_deserialize().collect::<Result<Vec<Person>, _>>()?;
    // The same however the address is written.
    let key = |person: &Person| Address::parse(&person.email, None).map(|address| format!("roles-in-paris/{address}"));
    for person in &people {
        // A duplicate, or queued before a crash.
        if outbox.find_key(&key(person)?).await?.is_some() {
            continue;
        }
        let contact = contact(client, person).await?;
        let text = format!("Hi {}, may I tell you more?", person.first_name);
        let message = Message::to(contact).channel(Channel::Email).subject("A role in Paris").text(text);
        let envelope = Envelope::new(Account::new(Vendor::Leonar, Account::DEFAULT), message).address(&person.email);
        outbox.enqueue(&envelope, &key(person)?).await?;
    }
    let summary = Runner::new(&outbox, accounts).eligibility(VendorEligibility::new()).until_empty().run().await?;
    println!("{summary}");
    let unfinished = folder.join("results.tmp");
    let mut results = csv::Writer::from_path(&unfinished)?;
    for person in &people {
        let entry = outbox.find_key(&key(person)?).await?.ok_or("it was queued above")?;
        results.write_record([&person.email, entry.state.name(), entry.reason.as_deref().unwrap_or_default()])?;
    }
    results.flush()?;
    Ok(std::fs::rename(unfinished, folder.join("results.csv"))?)
}

/// The contact with the person's address, which may have been created before a crash.
async fn contact(client: &Client, person: &Person) -> Result<String, Box<dyn Error>> {
    let mut known = client.contacts().list().search(&person.email).items();
    while let Some(contact) = known.try_next().await? {
        let mut emails = contact.emails.iter().flatten().filter_map(|known| known.email.as_ref());
        if emails.any(|known| known.eq_ignore_ascii_case(&person.email)) {
            return Ok(contact.id.to_string());
        }
    }
    let request = CreateContactRequest::new(&person.first_name).email(&person.email);
    Ok(client.contacts().create(request).await?.data.id.to_string())
}
