//! Progenitor's client as it comes, positional, with the credential in the default headers: it has no other place for it.
#![forbid(unsafe_code)]

use std::{num::NonZeroU64, time::Duration};

use driver::{Failure, Peer};
use progenitor_leonar::{
    Client,
    types::{Channel, ListContactsResponse, SendMessageRequest},
};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

#[derive(Clone)]
struct Progenitor {
    client: Client,
    base_url: String,
}

fn client(base_url: &str, credential: &str) -> Result<Client, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {credential}"))?);
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .connect_timeout(Duration::from_secs(15))
        .timeout(Duration::from_secs(30))
        .build()?;
    Ok(Client::new_with_client(base_url, http))
}

impl Peer for Progenitor {
    fn new(base_url: &str) -> Result<Self, Failure> {
        Ok(Self { client: client(base_url, "leo_key_of_the_first_tenant")?, base_url: base_url.to_owned() })
    }

    async fn send(&self) -> Result<usize, Failure> {
        let message = SendMessageRequest {
            contact_id: "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?,
            channel: Channel::Email,
            content: "Hi Sophie, I came across your profile and thought you might be interested...".to_owned(),
            linkedin_message_type: None,
            sender_account_id: None,
            subject: Some("Exciting opportunity at Doctolib".to_owned()),
        };
        let sent = self.client.send_message(&message).await?;
        Ok(sent.data.id.to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        let limit = NonZeroU64::new(u64::try_from(contacts)?);
        let page = self.client.list_contacts(None, None, None, None, None, limit, None, None, None, None).await?;
        Ok(page.data.len())
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<ListContactsResponse>(body)?.data.len())
    }

    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self { client: client(&self.base_url, &credential)?, base_url: String::new() })
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<Progenitor>()
}
