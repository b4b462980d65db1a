//! openapi-generator's client.
#![forbid(unsafe_code)]

use driver::{Failure, Peer};
use openapi_leonar::{
    apis::{configuration::Configuration, contacts_api, messages_api},
    models::{Channel, ListContactsResponse, SendMessageRequest},
};

#[derive(Clone)]
struct OpenapiGenerator(Configuration);

impl Peer for OpenapiGenerator {
    fn new(base_url: &str) -> Result<Self, Failure> {
        Ok(Self(Configuration {
            base_path: base_url.to_owned(),
            bearer_access_token: Some("leo_key_of_the_first_tenant".to_owned()),
            ..Configuration::new()
        }))
    }

    async fn send(&self) -> Result<usize, Failure> {
        let mut message = SendMessageRequest::new(
            "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?,
            Channel::Email,
            "Hi Sophie, I came across your profile and thought you might be interested...".to_owned(),
        );
        message.subject = Some("Exciting opportunity at Doctolib".to_owned());
        let sent = messages_api::send_message(&self.0, message).await?;
        Ok(sent.data.id.to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        let limit = Some(i32::try_from(contacts)?);
        Ok(contacts_api::list_contacts(&self.0, limit, None, None, None, None, None, None, None, None, None).await?.data.len())
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<ListContactsResponse>(body)?.data.len())
    }

    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self(Configuration { bearer_access_token: Some(credential), ..self.0.clone() }))
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<OpenapiGenerator>()
}
