//! What a collector receives of calls: spans and metrics with the names that `docs/telemetry.md` gives them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use reachout_runtime::{CallOptions, Delivery, Error, ErrorKind, Method, Pacing, Request};
use serde_json::Value;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::server::{Act, Server, response};
use crate::vendor::{self, Client, GET, SEND};

/// Receives the spans of this thread.
struct Collector {
    spans: InMemorySpanExporter,
    _here: DefaultGuard,
}

impl Collector {
    fn start() -> Self {
        let spans = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(spans.clone()).build();
        let ours = filter_fn(|metadata| metadata.target().starts_with("reachout"));
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test")).with_filter(ours);
        Self { spans, _here: tracing::subscriber::set_default(tracing_subscriber::registry().with(layer)) }
    }

    /// The spans since the last time, in the order in which they ended: kind, name, whether it is an error, and the attributes.
    fn take(&self) -> Vec<Span> {
        let spans = self.spans.get_finished_spans().unwrap();
        self.spans.reset();
        let span = |span: opentelemetry_sdk::trace::SpanData| Span {
            name: format!("{:?} {}", span.span_kind, span.name).to_lowercase(),
            is_error: matches!(span.status, opentelemetry::trace::Status::Error { .. }),
            attributes: span.attributes.iter().map(text).filter(|(name, _)| !is_of_the_layer(name)).collect(),
        };
        spans.into_iter().map(span).collect()
    }
}

struct Span {
    name: String,
    is_error: bool,
    attributes: BTreeMap<String, String>,
}

impl Span {
    /// Name, status, delivery, error type and number of earlier requests; `-` for what it does not have.
    fn line(&self) -> String {
        let of = |name: &str| self.attributes.get(name).map_or("-", String::as_str);
        let (status, resent) = (of("http.response.status_code"), of("http.request.resend_count"));
        let error = of("error.type");
        assert_eq!(self.is_error, error != "-", "{}: the status of a span follows from its error", self.name);
        format!("{}: {status} {} {error} {resent}", self.name, of("reachout.delivery"))
    }
}

/// What `tracing-opentelemetry` adds by itself.
fn is_of_the_layer(name: &str) -> bool {
    ["code.", "thread.", "busy_ns", "idle_ns", "target", "level"].iter().any(|own| name.starts_with(own))
}

fn text(attribute: &KeyValue) -> (String, String) {
    (attribute.key.to_string(), attribute.value.to_string())
}

/// The metrics of the process, as often as they are asked for.
fn metrics() -> Vec<(String, BTreeMap<String, String>, u64)> {
    static EXPORTER: Mutex<Option<(InMemoryMetricExporter, SdkMeterProvider)>> = Mutex::new(None);
    // One test at a time: the exporter has what was exported since it was reset.
    let mut exporter = EXPORTER.lock().unwrap();
    let (exporter, provider) = exporter.get_or_insert_with(|| {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
        global::set_meter_provider(provider.clone());
        (exporter, provider)
    });
    exporter.reset();
    provider.force_flush().unwrap();
    let mut points = Vec::new();
    for exported in exporter.get_finished_metrics().unwrap() {
        for metric in exported.scope_metrics().flat_map(ScopeMetrics::metrics) {
            let name = metric.name().to_owned();
            let attributes = |all: &mut dyn Iterator<Item = &KeyValue>| all.map(text).collect();
            match metric.data() {
                AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                    assert_eq!(metric.unit(), "s", "{name}");
                    points.extend(histogram.data_points().map(|point| (name.clone(), attributes(&mut point.attributes()), point.count())));
                }
                AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                    points.extend(sum.data_points().map(|point| (name.clone(), attributes(&mut point.attributes()), point.value())));
                }
                other => panic!("{name} is {other:?}"),
            }
        }
    }
    points
}

struct Case {
    acts: Vec<Act>,
    call: fn(&Client) -> Request,
    attempts: &'static [&'static str],
    operation: &'static str,
}

fn get(client: &Client) -> Request {
    client.core.operation(GET).path_param("messageId", &"m1").query("q", &"MARKED")
}

fn send(client: &Client) -> Request {
    client.core.operation(SEND).json("MARKED")
}

fn raw(client: &Client) -> Request {
    client.request(Method::GET, "/elsewhere")
}

fn cases() -> [Case; 9] {
    let respond = |status: &str, headers: &str, body: &str| Act::Respond(response(status, headers, body));
    let ok = || respond("200 OK", "x-request-id: r1\r\n", "{}");
    [
        Case {
            acts: vec![ok()],
            call: get,
            attempts: &["client get /messages/{messageid}: 200 accepted - -"],
            operation: "internal acme get_message: 200 accepted - -",
        },
        Case {
            acts: vec![respond("503 Service Unavailable", "", ""), ok()],
            call: get,
            attempts: &["client get /messages/{messageid}: 503 rejected 503 -", "client get /messages/{messageid}: 200 accepted - 1"],
            operation: "internal acme get_message: 200 accepted - -",
        },
        Case {
            acts: vec![respond("429 Too Many Requests", "retry-after: 0\r\n", ""), ok()],
            call: send,
            attempts: &["client post /messages: 429 rejected 429 -", "client post /messages: 200 accepted - 1"],
            operation: "internal acme send_message: 200 accepted - -",
        },
        Case {
            acts: vec![respond("302 Found", "location: /v1/other\r\n", ""), ok()],
            call: get,
            attempts: &["client get /messages/{messageid}: 302 rejected - -", "client get /messages/{messageid}: 200 accepted - 1"],
            operation: "internal acme get_message: 200 accepted - -",
        },
        Case {
            acts: vec![Act::Silence],
            call: send,
            attempts: &["client post /messages: - unknown timeout -"],
            operation: "internal acme send_message: - unknown timeout -",
        },
        Case {
            acts: vec![Act::ResetRead],
            call: send,
            attempts: &["client post /messages: - unknown transport -"],
            operation: "internal acme send_message: - unknown transport -",
        },
        Case {
            acts: vec![respond("422 Unprocessable Content", "", "{}")],
            call: send,
            attempts: &["client post /messages: 422 rejected 422 -"],
            operation: "internal acme send_message: 422 rejected 422 -",
        },
        // The vendor took it; what cannot be decoded is an error of the call, not of the exchange.
        Case {
            acts: vec![respond("200 OK", "", "not json")],
            call: send,
            attempts: &["client post /messages: 200 accepted - -"],
            operation: "internal acme send_message: 200 accepted decode -",
        },
        Case { acts: vec![ok()], call: raw, attempts: &["client get: 200 accepted - -"], operation: "internal acme get: 200 accepted - -" },
    ]
}

#[tokio::test]
async fn calls_and_attempts_have_spans_and_durations_by_the_conventions() {
    metrics();
    let collector = Collector::start();
    let mut seen = BTreeSet::new();
    for Case { acts, call, attempts, operation } in cases() {
        let server = Server::start(acts).await;
        let client = vendor::client(&server.url).with(CallOptions::new().timeout(Duration::from_millis(400)));
        let _ = call(&client).send::<Value>().await;
        let spans = collector.take();
        let lines: Vec<String> = spans.iter().map(Span::line).collect();
        assert_eq!(lines, [attempts, &[operation]].concat());
        let port = server.url.rsplit(':').next().unwrap();
        let (whole, sent) = spans.split_last().unwrap();
        for span in sent {
            assert_eq!((&*span.attributes["server.address"], &*span.attributes["server.port"]), ("127.0.0.1", port));
        }
        assert_eq!(whole.attributes["reachout.attempts"], attempts.len().to_string());
        for span in &spans {
            assert_eq!(span.attributes["reachout.vendor"], "acme");
            assert!(span.attributes.values().all(|value| !value.contains("MARKED")), "{}: {:?}", span.name, span.attributes);
            seen.extend(span.attributes.keys().cloned());
        }
        let durations = metrics();
        let of_server = durations.iter().filter(|(name, attributes, _)| {
            name == "http.client.request.duration" && attributes.get("server.port").map(String::as_str) == Some(port)
        });
        let count: u64 = of_server.map(|(_, _, count)| count).sum();
        assert_eq!(count, attempts.len() as u64, "one duration an attempt");
    }
    let names = ["otel.kind", "otel.name", "otel.status_code"];
    assert_eq!(seen, documented("Attributes of spans").into_iter().filter(|name| !names.contains(&&**name)).collect());
}

#[tokio::test]
async fn metrics_are_those_of_the_documentation() {
    // While there is one subscriber, the thread that comes first to a span decides for all whether it is recorded.
    let _spans = Collector::start();
    metrics();
    let unavailable = Act::Respond(response("503 Service Unavailable", "", ""));
    let server = Server::start([unavailable, Act::Keep(response("200 OK", "", "{}"))]).await;
    get(&vendor::client(&server.url)).send::<Value>().await.unwrap();
    // The second call would have to wait for longer than it may.
    let paced = vendor::builder(&server.url).pacing(Pacing::new(1, Duration::from_secs(3600))).build().unwrap();
    let _ = get(&paced).send::<Value>().await;
    let refused = get(&paced).send::<Value>().await.unwrap_err();
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::RateLimited, Delivery::NotSent));
    reachout_runtime::telemetry::renewal(Err(&Error::credential("the refresh token is spent")));

    let points = metrics();
    let names: BTreeSet<String> = points.iter().map(|(name, _, _)| name.clone()).collect();
    assert_eq!(names, documented("Metrics of clients"));
    let has = |name: &str, wanted: &[(&str, &str)]| {
        points.iter().any(|(other, attributes, count)| {
            other == name && *count > 0 && wanted.iter().all(|(key, value)| attributes.get(*key).map(String::as_str) == Some(*value))
        })
    };
    let call = [("reachout.vendor", "acme"), ("reachout.operation", "get_message")];
    assert!(has("reachout.operation.duration", &[call[0], call[1], ("reachout.delivery", "accepted")]), "{points:?}");
    assert!(
        has("reachout.operation.duration", &[call[0], ("reachout.delivery", "not_sent"), ("error.type", "rate_limited")]),
        "{points:?}"
    );
    assert!(has("reachout.retries", &[call[0], call[1], ("error.type", "503")]), "{points:?}");
    assert!(has("reachout.rate_limit.refused", &call), "{points:?}");
    assert!(has("reachout.rate_limit.wait", &call[..1]), "{points:?}");
    assert!(has("reachout.oauth.renewals", &[("error.type", "credential")]), "{points:?}");
}

#[test]
fn every_error_type_is_documented() {
    let kinds = [
        ErrorKind::Configuration,
        ErrorKind::InvalidRequest,
        ErrorKind::NotPermitted,
        ErrorKind::Credential,
        ErrorKind::Connect,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::Redirect,
        ErrorKind::Decode,
        ErrorKind::TooLarge,
    ];
    assert_eq!(documented("Error types"), kinds.map(|kind| kind.as_str().to_owned()).into());
}

/// The names in the first column of the table below a heading of `docs/telemetry.md`.
fn documented(heading: &str) -> BTreeSet<String> {
    let page = include_str!("../../../../docs/telemetry.md");
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned)).collect()
}
