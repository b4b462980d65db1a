//! Metrics by OpenTelemetry's conventions, of whatever meter provider the program has set. `docs/telemetry.md` names them all.

use std::sync::LazyLock;
use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::{KeyValue, global};
use reqwest::StatusCode;

use crate::call::prepared::Prepared;
use crate::call::redirect::Target;
use crate::error::{Delivery, Error};

/// In seconds, as the conventions give them for HTTP.
const BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

struct Instruments {
    request: Histogram<f64>,
    operation: Histogram<f64>,
    rate_limit_wait: Histogram<f64>,
    rate_limit_refused: Counter<u64>,
    retries: Counter<u64>,
    renewals: Counter<u64>,
}

/// Made with the first call, by the provider that is set then.
static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let meter = global::meter("reachout");
    Instruments {
        request: seconds(&meter, "http.client.request.duration", "How long HTTP requests took"),
        operation: seconds(&meter, "reachout.operation.duration", "How long calls took, with all attempts and waits"),
        rate_limit_wait: seconds(&meter, "reachout.rate_limit.wait", "How long requests waited for their slot under the rate limit"),
        rate_limit_refused: meter
            .u64_counter("reachout.rate_limit.refused")
            .with_unit("{request}")
            .with_description("Requests that were not sent because their slot would have come too late")
            .build(),
        retries: meter
            .u64_counter("reachout.retries")
            .with_unit("{retry}")
            .with_description("Attempts that followed one that failed")
            .build(),
        renewals: meter
            .u64_counter("reachout.oauth.renewals")
            .with_unit("{renewal}")
            .with_description("Access tokens that were asked for with a refresh token")
            .build(),
    }
});

fn seconds(meter: &Meter, name: &'static str, description: &'static str) -> Histogram<f64> {
    meter.f64_histogram(name).with_unit("s").with_description(description).with_boundaries(BUCKETS.to_vec()).build()
}

pub(crate) fn attempt(call: &Prepared, target: &Target, result: Result<StatusCode, &Error>, duration: Duration) {
    let mut attributes = vec![
        KeyValue::new("http.request.method", call.method().to_string()),
        KeyValue::new("server.address", target.url.host_str().unwrap_or_default().to_owned()),
        KeyValue::new("server.port", i64::from(target.url.port_or_known_default().unwrap_or_default())),
        KeyValue::new("reachout.vendor", call.core().vendor().id),
    ];
    attributes.extend(call.template().map(|path| KeyValue::new("url.template", path)));
    let status = result.map_or_else(Error::status, Some);
    attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", i64::from(status.as_u16()))));
    attributes.extend(result.err().map(error_type));
    INSTRUMENTS.request.record(duration.as_secs_f64(), &attributes);
}

pub(crate) fn operation(call: &Prepared, error: Option<&Error>, duration: Duration) {
    let [vendor, operation] = named(call);
    let delivery = error.map_or(Delivery::Accepted, Error::delivery);
    let mut attributes = vec![vendor, operation, KeyValue::new("reachout.delivery", delivery.as_str())];
    attributes.extend(error.map(error_type));
    INSTRUMENTS.operation.record(duration.as_secs_f64(), &attributes);
}

pub(crate) fn rate_limit_wait(call: &Prepared, wait: Duration) {
    INSTRUMENTS.rate_limit_wait.record(wait.as_secs_f64(), &[KeyValue::new("reachout.vendor", call.core().vendor().id)]);
}

pub(crate) fn rate_limit_refused(call: &Prepared) {
    INSTRUMENTS.rate_limit_refused.add(1, &named(call));
}

pub(crate) fn retry(call: &Prepared, error: &Error) {
    let [vendor, operation] = named(call);
    INSTRUMENTS.retries.add(1, &[vendor, operation, error_type(error)]);
}

pub(crate) fn renewal(result: Result<(), &Error>) {
    let attributes: Vec<KeyValue> = result.err().map(error_type).into_iter().collect();
    INSTRUMENTS.renewals.add(1, &attributes);
}

fn named(call: &Prepared) -> [KeyValue; 2] {
    [KeyValue::new("reachout.vendor", call.core().vendor().id), KeyValue::new("reachout.operation", call.operation_name().to_owned())]
}

fn error_type(error: &Error) -> KeyValue {
    KeyValue::new("error.type", error.error_type().to_owned())
}
