//! `--metrics`: Prometheus' text form, served over HTTP.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::{Router, http::StatusCode, routing::get};
use prometheus::{Registry, TextEncoder};
use reachout_outbox::metrics::Gauges;
use tokio::net::TcpListener;

use crate::cli::{failure::Failure, output::note};

/// Serves `/metrics` at this address, until the program ends.
pub async fn serve(address: SocketAddr, registry: Registry, gauges: Arc<Gauges>) -> Result<(), Failure> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("--metrics cannot listen on {address}")).map_err(Failure::Usage)?;
    note(&format!("metrics at http://{}/metrics", listener.local_addr().map_err(Failure::unsent)?));
    let router = Router::new().route("/metrics", get(move || text(registry.clone(), Arc::clone(&gauges))));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

/// Prometheus' text form. A database that is away is an error of the scrape, so that an alert can tell it from an empty outbox.
async fn text(registry: Registry, gauges: Arc<Gauges>) -> Result<String, (StatusCode, String)> {
    let unavailable = |error: &dyn std::fmt::Display| (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    gauges.record().await.map_err(|error| unavailable(&error))?;
    TextEncoder::new().encode_to_string(&registry.gather()).map_err(|error| unavailable(&error))
}
