//! The client crate with its spans and metrics on: all are made, batched and handed to exporters that drop them.
#![forbid(unsafe_code)]

#[path = "../../ours/src/main.rs"]
#[allow(dead_code, reason = "its `main` is of the other program")]
mod ours;

use std::time::Duration;

use driver::Failure;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[derive(Debug)]
struct Dropped;

impl SpanExporter for Dropped {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

impl PushMetricExporter for Dropped {
    async fn export(&self, _: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

fn main() -> Result<(), Failure> {
    let meters = SdkMeterProvider::builder().with_reader(PeriodicReader::builder(Dropped).build()).build();
    opentelemetry::global::set_meter_provider(meters);
    let tracers = SdkTracerProvider::builder().with_batch_exporter(Dropped).build();
    let spans = tracing_opentelemetry::layer().with_tracer(tracers.tracer("bench"));
    let ours = filter_fn(|metadata| metadata.target().starts_with("reachout"));
    tracing_subscriber::registry().with(spans.with_filter(ours)).init();
    driver::main::<ours::Ours>()
}
