//! A client of two of Leonar's operations, as one would write it by hand.
#![forbid(unsafe_code)]

pub mod types;

use std::time::Duration;

use serde::de::DeserializeOwned;

pub use types::{Channel, Contact, Message, Page, SendMessage};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    key: String,
}

impl Client {
    pub fn new(base_url: impl Into<String>, key: impl Into<String>) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .user_agent("hand/1.0")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { http, base_url: base_url.into(), key: key.into() })
    }

    /// The same connections with another key.
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { http: self.http.clone(), base_url: self.base_url.clone(), key: key.into() }
    }

    pub async fn send_message(&self, message: &SendMessage<'_>) -> reqwest::Result<Message> {
        let request = self.http.post(format!("{}/messages", self.base_url)).json(message);
        Ok(self.send::<types::Data<Message>>(request).await?.data)
    }

    pub async fn list_contacts(&self, limit: usize) -> reqwest::Result<Page<Contact>> {
        self.send(self.http.get(format!("{}/contacts", self.base_url)).query(&[("limit", limit)])).await
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> reqwest::Result<T> {
        request.bearer_auth(&self.key).send().await?.error_for_status()?.json().await
    }
}
