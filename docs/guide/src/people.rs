use futures_util::TryStreamExt as _;
use leonar::Client;
use leonar::types::{Contact, CreateContactRequest};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    for (name, email) in [("Sophie", "sophie@doctolib.com"), ("Ada", "ada@example.com"), ("Ada", "ada@example.com")] {
        if let Some(contact) = find(&client, email).await? {
            let names = [contact.first_name, contact.last_name].into_iter().flatten();
            println!("{} is known", names.collect::<Vec<_>>().join(" "));
            continue;
        }
        client.contacts().create(CreateContactRequest::new(name).email(email)).await?;
        println!("{name} was created");
    }
    Ok(())
}

async fn find(client: &Client, email: &str) -> Result<Option<Contact>, leonar::Error> {
    let mut contacts = client.contacts().list().search(email).items();
    while let Some(contact) = contacts.try_next().await? {
        let mut known = contact.emails.iter().flatten().filter_map(|known| known.email.as_deref());
        if known.any(|known| known.eq_ignore_ascii_case(email)) {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}
