use leonar::{CallOptions, Client, Uuid, types};
use opentelemetry::trace::{Status, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing_subscriber::{Layer as _, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _};

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In production, an exporter of `opentelemetry-otlp` stands where this one is, with `with_batch_exporter`.
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    // Only our spans: an HTTP library's own are of no use to an operator.
    let ours = filter_fn(|metadata| metadata.target().starts_with("reachout"));
    let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("greetings")).with_filter(ours);
    tracing_subscriber::registry().with(spans).init();

    let client = Client::from_env()?;
    let contact: Uuid = "a1b2c3d4-5678-90ab-cdef-1234567890ab".parse()?;
    client.messages().send(types::SendMessageRequest::new(contact, types::Channel::Whatsapp, "Hi Sophie")).await?;
    let busy = client.with(CallOptions::new().header("x-sandbox-fault", "status=503"));
    drop(busy.contacts().list().limit(1).await.unwrap_err()); // it only reads, and is repeated

    for span in exporter.get_finished_spans()? {
        let of =
            |key: &str| span.attributes.iter().find(|found| found.key.as_str() == key).map_or("-".into(), |found| found.value.as_str());
        let failed = if matches!(span.status, Status::Error { .. }) { format!(", error {}", of("error.type")) } else { String::new() };
        println!("{:?} {}: {}{failed}", span.span_kind, span.name, of("reachout.delivery"));
    }
    provider.shutdown()?;
    Ok(())
}
