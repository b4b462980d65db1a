#![forbid(unsafe_code)]

use driver::{Failure, Peer};
use hand::{Channel, Client, Contact, Page, SendMessage};

#[derive(Clone)]
struct Hand(Client);

impl Peer for Hand {
    fn new(base_url: &str) -> Result<Self, Failure> {
        Ok(Self(Client::new(base_url, "leo_key_of_the_first_tenant")?))
    }

    async fn send(&self) -> Result<usize, Failure> {
        let message = SendMessage {
            contact_id: "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?,
            channel: Channel::Email,
            content: "Hi Sophie, I came across your profile and thought you might be interested...",
            subject: Some("Exciting opportunity at Doctolib"),
        };
        Ok(self.0.send_message(&message).await?.id.as_hyphenated().to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        Ok(self.0.list_contacts(contacts).await?.data.len())
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<Page<Contact>>(body)?.data.len())
    }

    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self(self.0.with_key(credential)))
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<Hand>()
}
