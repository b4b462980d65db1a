//! What `reachout outbox run` shows operators: metrics for Prometheus, spans and metrics for a collector.

mod collector;
mod scrape;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, SdkMeterProvider},
    trace::{SdkTracer, SdkTracerProvider},
};
use prometheus::Registry;
use reachout_outbox::{Outbox, metrics::Gauges};

use crate::cli::{failure::Failure, output::note};

pub use collector::Collector;

/// How often the outbox is read for a collector, which gets a reading each `OTEL_METRIC_EXPORT_INTERVAL`: a minute, if unset.
const READ: Duration = Duration::from_secs(15);

/// The providers of a run.
pub struct Telemetry {
    meters: Option<SdkMeterProvider>,
    collected: Option<Collected>,
}

/// What a collector gets.
struct Collected {
    collector: Collector,
    tracers: SdkTracerProvider,
    gauges: Arc<Gauges>,
    reading: tokio::task::AbortHandle,
}

impl Telemetry {
    /// Called before the first request: what is measured belongs to the provider that is set then.
    pub async fn start(metrics: Option<SocketAddr>, collector: Option<&Collector>, outbox: &Outbox) -> Result<Self, Failure> {
        if metrics.is_none() && collector.is_none() {
            return Ok(Self { meters: None, collected: None });
        }
        let registry = Registry::new();
        let mut meters = SdkMeterProvider::builder().with_resource(resource());
        if metrics.is_some() {
            let reader = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build();
            meters = meters.with_reader(reader.map_err(Failure::unsent)?);
        }
        if let Some(collector) = collector {
            meters = meters.with_reader(PeriodicReader::builder(collector.metrics()?).build());
        }
        let meters = meters.build();
        opentelemetry::global::set_meter_provider(meters.clone());
        let gauges = Arc::new(Gauges::new(outbox));
        if let Some(address) = metrics {
            scrape::serve(address, registry, Arc::clone(&gauges)).await?;
        }
        let collected = collector.map(|collector| Collected::start(collector.clone(), gauges)).transpose()?;
        Ok(Self { meters: Some(meters), collected })
    }

    /// Makes spans of a run that a collector gets.
    pub fn tracer(&self) -> Option<SdkTracer> {
        self.collected.as_ref().map(|collected| collected.tracers.tracer("reachout"))
    }

    /// Sends what a collector did not get yet. One that does not take it is no failure of the run.
    pub async fn finish(self) {
        let (Some(meters), Some(Collected { collector, tracers, gauges, reading })) = (self.meters, self.collected) else { return };
        reading.abort();
        // The database may be away: the collector has the reading before.
        let _ = gauges.record().await;
        let shut_down = move || tracers.shutdown().and(meters.shutdown());
        if !matches!(tokio::task::spawn_blocking(shut_down).await, Ok(Ok(()))) {
            note(&format!("the collector at {collector} did not get the last spans and metrics"));
        }
    }
}

impl Collected {
    fn start(collector: Collector, gauges: Arc<Gauges>) -> Result<Self, Failure> {
        let tracers = SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(collector.spans()?).build();
        let read = Arc::clone(&gauges);
        let reading = tokio::spawn(async move {
            loop {
                let _ = read.record().await;
                tokio::time::sleep(READ).await;
            }
        });
        Ok(Self { collector, tracers, gauges, reading: reading.abort_handle() })
    }
}

/// Who tells: `reachout`, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` has a name.
fn resource() -> Resource {
    let found = Resource::builder().build();
    let unnamed = found.get(&"service.name".into()).is_none_or(|name| name.as_str().starts_with("unknown_service"));
    if unnamed { Resource::builder().with_service_name("reachout").build() } else { found }
}
