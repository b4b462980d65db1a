use leonar::{Client, types::CreateContactRequest};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let request = CreateContactRequest::new("Sophie").email("sophie@example.com");
    let contact = client.contacts().create(request).await?.data;
    println!("created {}", contact.first_name.as_deref().unwrap_or("a contact without a name"));
    Ok(())
}
