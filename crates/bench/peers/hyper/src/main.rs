//! The floor: hyper with a pool, the hand-written types, and nothing else. No TLS, no timeouts, no redirects.
#![forbid(unsafe_code)]

use bytes::Bytes;
use driver::{Failure, Peer};
use hand::types::{Channel, Contact, Data, Message, Page, SendMessage};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

#[derive(Clone)]
struct Floor {
    http: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
    authorization: String,
}

impl Floor {
    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Bytes, Failure> {
        let response = self.http.request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().as_str().into());
        }
        Ok(response.into_body().collect().await?.to_bytes())
    }
}

impl Peer for Floor {
    fn new(base_url: &str) -> Result<Self, Failure> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { http, base_url: base_url.to_owned(), authorization: "Bearer leo_key_of_the_first_tenant".to_owned() })
    }

    async fn send(&self) -> Result<usize, Failure> {
        let message = SendMessage {
            contact_id: "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?,
            channel: Channel::Email,
            content: "Hi Sophie, I came across your profile and thought you might be interested...",
            subject: Some("Exciting opportunity at Doctolib"),
        };
        let request = Request::post(format!("{}/messages", self.base_url))
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&message)?.into())?;
        let sent: Data<Message> = serde_json::from_slice(&self.exchange(request).await?)?;
        Ok(sent.data.id.as_hyphenated().to_string().len())
    }

    async fn list(&self, contacts: usize) -> Result<usize, Failure> {
        let request = Request::get(format!("{}/contacts?limit={contacts}", self.base_url))
            .header(header::AUTHORIZATION, &self.authorization)
            .body(Full::default())?;
        Self::decode(&self.exchange(request).await?)
    }

    fn decode(body: &[u8]) -> Result<usize, Failure> {
        Ok(serde_json::from_slice::<Page<Contact>>(body)?.data.len())
    }

    fn tenant(&self, credential: String) -> Result<Self, Failure> {
        Ok(Self { authorization: format!("Bearer {credential}"), ..self.clone() })
    }
}

fn main() -> Result<(), Failure> {
    driver::main::<Floor>()
}
