//! `--otlp`: spans and metrics, sent to a collector by OTLP over HTTP.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{MetricExporter, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use tokio::runtime::Handle;
use url::Url;

use crate::cli::failure::Failure;

/// How long one export may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The base address of a collector, such as `http://127.0.0.1:4318`.
#[derive(Clone)]
pub struct Collector(Url);

impl Collector {
    /// Reads the value of `--otlp`. What comes after a `?` has no meaning to a collector, and is none of the address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = "an address such as http://127.0.0.1:4318 is expected";
        let mut url = Url::parse(text).map_err(|error| format!("{error}; {expected}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.query().is_some() || url.fragment().is_some() {
            return Err(expected.to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("credentials belong into OTEL_EXPORTER_OTLP_HEADERS".to_owned());
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }

    pub fn spans(&self) -> Result<SpanExporter, Failure> {
        let builder = SpanExporter::builder().with_http().with_http_client(Exports::new()?);
        builder
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(self.at("v1/traces"))
            .with_timeout(TIMEOUT)
            .build()
            .map_err(Failure::unsent)
    }

    pub fn metrics(&self) -> Result<MetricExporter, Failure> {
        let builder = MetricExporter::builder().with_http().with_http_client(Exports::new()?);
        builder
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(self.at("v1/metrics"))
            .with_timeout(TIMEOUT)
            .build()
            .map_err(Failure::unsent)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The program's runtime sends what the exporters' own threads export, which have none.
#[derive(Debug)]
struct Exports {
    client: reqwest::Client,
    runtime: Handle,
}

impl Exports {
    fn new() -> Result<Self, Failure> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        Ok(Self { client: client.build().map_err(Failure::unsent)?, runtime: Handle::current() })
    }
}

#[async_trait]
impl HttpClient for Exports {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}

#[cfg(test)]
mod tests {
    use super::Collector;

    #[test]
    fn addresses_of_collectors() {
        let at = |text: &str| Collector::parse(text).map(|collector| collector.at("v1/traces"));
        assert_eq!(at("http://127.0.0.1:4318").as_deref(), Ok("http://127.0.0.1:4318/v1/traces"));
        assert_eq!(at("https://otel.example.org/team").as_deref(), Ok("https://otel.example.org/team/v1/traces"));
        for wrong in ["127.0.0.1:4318", "grpc://host", "http://host/?token=1", "http://user:secret@host"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
