#![forbid(unsafe_code)]

use driver::{Failure, Peer};
use leonar::{
    Client, Pacing,
    types::{Channel, ListContactsResponse, SendMessageRequest},
};

#[derive(Clone)]
pub struct Ours {
    client: Client,
    base_url: String,
}

impl Peer for Ours {
    // The documented budget of 1,000 requests an hour would end the measurement; the rest is as it comes.
    fn new(base_url: &str) -> Result<Self, Failure> {
        let client = Client::builder().credential("leo_key_of_the_first_tenant").base_url(base_url).pacing(Pacing::off()).build()?;
        Ok(Self { client, base_url: base_url.to_owned() })
    }

    async fn send(&self) -> Result<usize, Failure> {
        let contact: leonar::Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;
        let message = SendMessageRequest::new(
            contact,
            Channel::Email,
            "Hi Sophie, I came across your profile and thought you might be interested...",
        )
        .subject("Exciting opportunity at Doctolib");
        let sent = self.client.messages().send(message).await?;
        Ok(sent.data.id.as_hyphenated().to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        let page = if contacts <= 100 {
            self.client.contacts().list().limit(i64::try_from(contacts)?).await?
        } else {
            // Pages are documented to have 100 items at most, which a call checks; a raw request does not.
            self.client.request(leonar::Method::GET, "/contacts").query("limit", &contacts).send::<ListContactsResponse>().await?
        };
        Ok(page.data.len())
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<ListContactsResponse>(body)?.data.len())
    }

    #[cfg(feature = "with_credential")]
    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self { client: self.client.with_credential(credential)?, base_url: String::new() })
    }

    #[cfg(not(feature = "with_credential"))]
    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        let client = Client::builder().credential(credential).base_url(&self.base_url).build()?;
        Ok(Self { client, base_url: String::new() })
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<Ours>()
}
