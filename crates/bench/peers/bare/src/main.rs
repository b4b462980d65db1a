//! What somebody builds who calls one endpoint with reqwest and serde.
#![forbid(unsafe_code)]

use serde::Deserialize;

#[derive(Deserialize)]
struct Contacts {
    contacts: Vec<serde_json::Value>,
}

#[tokio::main]
async fn main() -> Result<(), reqwest::Error> {
    let request = reqwest::Client::new().get("https://services.leadconnectorhq.com/contacts/").query(&[("locationId", "x")]);
    let contacts: Contacts = request.bearer_auth("token").send().await?.error_for_status()?.json().await?;
    println!("{}", contacts.contacts.len());
    Ok(())
}
