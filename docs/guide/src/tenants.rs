use std::sync::Arc;

use hoop_ai::Client;
use hoop_ai::oauth::{App, FileStore, OAuthCredentials, TokenStore as _};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base_url = std::env::var("HOOP_AI_BASE_URL")?;
    let app = App::builder("client id", "client secret").base_url(&base_url).redirect_uri("https://example.com/callback").build()?;

    // Send the user to `authorization.url`; the code comes back to your callback, with the state.
    let authorization = app.authorization().scopes(["contacts.readonly", "conversations/message.write"]).start()?;
    let code = std::env::var("OAUTH_CODE").map_err(|_| format!("open {} and set OAUTH_CODE", authorization.url))?;

    let tokens = app.exchange_code(code).await?;
    let location = tokens.location_id.clone().ok_or("the user chose an agency, not a location")?;
    let store = Arc::new(FileStore::new(std::env::var("TOKENS_FOLDER").unwrap_or_else(|_| "tokens".to_owned())));
    store.save(&location, &tokens).await?;
    println!("the location's tokens are kept");

    let credentials = OAuthCredentials::new(app, store, &location);
    let client = Client::builder().credential_provider(Arc::new(credentials)).base_url(&base_url).build()?;
    let contacts = client.contacts().list(&location).limit(1).await?.contacts;
    println!("{} contact with its client", contacts.map_or(0, |contacts| contacts.len()));
    Ok(())
}
