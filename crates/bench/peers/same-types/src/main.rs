//! The hand-written client with the types of the `leonar` crate: what the runtime costs, types apart.
#![forbid(unsafe_code)]

use std::time::Duration;

use driver::{Failure, Peer};
use leonar::types::{Channel, ListContactsResponse, SendMessageRequest, SendMessageResponse};

#[derive(Clone)]
struct SameTypes {
    http: reqwest::Client,
    base_url: String,
    key: String,
}

impl Peer for SameTypes {
    fn new(base_url: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .user_agent("hand/1.0")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { http, base_url: base_url.to_owned(), key: "leo_key_of_the_first_tenant".to_owned() })
    }

    async fn send(&self) -> Result<usize, Failure> {
        let contact: leonar::Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;
        let message = SendMessageRequest::new(
            contact,
            Channel::Email,
            "Hi Sophie, I came across your profile and thought you might be interested...",
        )
        .subject("Exciting opportunity at Doctolib");
        let request = self.http.post(format!("{}/messages", self.base_url)).bearer_auth(&self.key).json(&message);
        let sent: SendMessageResponse = request.send().await?.error_for_status()?.json().await?;
        Ok(sent.data.id.as_hyphenated().to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        let request = self.http.get(format!("{}/contacts", self.base_url)).bearer_auth(&self.key).query(&[("limit", contacts)]);
        let page: ListContactsResponse = request.send().await?.error_for_status()?.json().await?;
        Ok(page.data.len())
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<ListContactsResponse>(body)?.data.len())
    }

    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self { key: credential, ..self.clone() })
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<SameTypes>()
}
