//! Sends a message to the sandbox and prints the call's span as OpenTelemetry exports it.
//!
//! `cargo run -p reachout --example opentelemetry`. In production, put an OTLP exporter where the one to standard output is.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reachout_sandbox::{Sandbox, Vendor};
use tracing_subscriber::{Layer as _, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = SdkTracerProvider::builder().with_simple_exporter(opentelemetry_stdout::SpanExporter::default()).build();
    // Only our spans: an HTTP library's own are of no use to an operator.
    let ours = filter_fn(|metadata| metadata.target().starts_with("reachout"));
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("campaign")).with_filter(ours);
    tracing_subscriber::registry().with(layer).init();

    let sandbox = Sandbox::start().await?;
    let client: leonar::Client =
        leonar::Client::builder().credential(Sandbox::api_key(Vendor::Leonar)).base_url(sandbox.base_url(Vendor::Leonar)).build()?;
    let contact = leonar::types::CreateContactRequest::new("Sophie");
    let contact = client.contacts().create(contact).await?;
    println!("created {}", contact.data.id);

    provider.shutdown()?;
    Ok(())
}
