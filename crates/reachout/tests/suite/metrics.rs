//! `reachout outbox run --metrics` and `--otlp`, and the files for Grafana and Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value},
    metrics::v1::{metric::Data, number_data_point},
    trace::v1::{ResourceSpans, Span},
};
use reachout_sandbox::{Sandbox, Settings, Vendor};
use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ran, command, run};

const DOCUMENTATION: &str = include_str!("../../../../docs/telemetry.md");
const DASHBOARD: &str = include_str!("../../../../docs/telemetry/dashboard.json");
const ALERTS: &str = include_str!("../../../../docs/telemetry/alerts.yaml");

/// The rows of the tables below a heading: the name in code, and the rest.
fn rows(heading: &str) -> Vec<(String, &'static str)> {
    let section = DOCUMENTATION.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let row = |line: &'static str| {
        let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
        Some((name.to_owned(), rest))
    };
    section.lines().filter_map(row).collect()
}

/// The documented metrics of a heading, by the names that Prometheus has them by.
fn for_prometheus(heading: &str) -> BTreeSet<String> {
    let names = |(name, rest): (String, &str)| {
        let base = name.replace('.', "_");
        let suffixes: &[&str] = match rest {
            _ if rest.contains("| histogram") => &["_seconds_bucket", "_seconds_count", "_seconds_sum"],
            _ if rest.contains("| counter") => &["_total"],
            _ if rest.contains("| gauge in seconds") => &["_seconds"],
            _ => &[""],
        };
        suffixes.iter().map(|suffix| format!("{base}{suffix}")).collect::<Vec<_>>()
    };
    rows(heading).into_iter().flat_map(names).collect()
}

#[test]
fn dashboard_and_alerts_use_names_that_exist() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap()).map(|target| target["expr"].as_str().unwrap());
    let rules = ALERTS.split("- alert: ").skip(1).map(|rule| rule.split("labels:").next().unwrap());
    assert_eq!((panels.len(), rules.clone().count()), (12, 3));

    let metrics: BTreeSet<String> = ["Metrics of clients", "Metrics of an outbox"].into_iter().flat_map(for_prometheus).collect();
    let code = Regex::new("`([a-z._]+)`").unwrap();
    let all = ["Metrics of clients", "Metrics of an outbox"].into_iter().flat_map(rows);
    let labels: BTreeSet<String> =
        all.flat_map(|(_, rest)| code.captures_iter(rest).map(|found| found[1].replace('.', "_")).collect::<Vec<_>>()).collect();
    let used = Regex::new(r"\b(reachout|http|error)_[a-z0-9_]+").unwrap();
    let mut seen = BTreeSet::new();
    for query in queries.chain(rules) {
        for name in used.find_iter(query).map(|name| name.as_str()) {
            assert!(metrics.contains(name) || labels.contains(name), "`{name}` is not in docs/telemetry.md: {query}");
            seen.insert(name);
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
}

/// The body of a response, once a server is there.
fn scrape(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// A sandbox, and a folder with an outbox of two messages to it.
async fn queued() -> (Sandbox, TempDir) {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "contact_id,first_name\nc1,Ada\nc2,Grace\n").unwrap();
    std::fs::write(folder.path().join("hello.txt"), "Hi {{ first_name }}").unwrap();
    let added = outbox(&sandbox, &folder, "add --from people.csv --via hoop-ai --channel sms --template hello.txt");
    assert_eq!(added.code, 0, "{added:?}");
    (sandbox, folder)
}

fn outbox(sandbox: &Sandbox, folder: &TempDir, arguments: &str) -> Ran {
    let mut command = command();
    command.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
    run(command.current_dir(folder.path()).arg("outbox").args(arguments.split_whitespace()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_serves_what_it_does_and_what_the_outbox_holds() {
    let (sandbox, folder) = queued().await;
    let (url, key) = (sandbox.base_url(Vendor::HoopAi), Sandbox::api_key(Vendor::HoopAi));

    let mut worker = Command::new(env!("CARGO_BIN_EXE_reachout"));
    worker.env_clear().env("REACHOUT_KEYRING", "off").env("HOME", folder.path()).current_dir(folder.path());
    worker.env("HOOP_AI_BASE_URL", &url).env("HOOP_AI_TOKEN", key);
    worker.args(["outbox", "run", "--follow", "--no-vendor-check", "--metrics", "127.0.0.1:0"]);
    let mut worker = worker.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // Kept to the end: a program whose standard error is closed is another case.
    let mut lines = BufReader::new(worker.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.split_once("metrics at http://")?.1.strip_suffix("/metrics")?.to_owned()));
    let address = address.expect("the address of the metrics is said");

    let (mut text, begun) = (String::new(), Instant::now());
    let settled = |text: &str| text.lines().any(|line| line.starts_with("reachout_outbox_settled_total{") && line.ends_with(" 2"));
    while !settled(&text) {
        assert!(begun.elapsed() < Duration::from_mins(1), "not settled: {text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        text = scrape(&address);
    }
    worker.kill().unwrap();
    worker.wait().unwrap();

    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let has = |name: &str, label: &str, value: &str| {
        text.lines().any(|line| line.starts_with(name) && line.contains(label) && line.rsplit(' ').next() == Some(value))
    };
    assert!(has("reachout_outbox_messages{", "reachout_outbox_state=\"accepted\"", "2"), "{text}");
    assert!(has("reachout_outbox_messages{", "reachout_outbox_state=\"queued\"", "0"), "{text}");
    assert!(has("reachout_outbox_oldest_unknown_age_seconds", "", "0"), "{text}");
    assert!(has("reachout_outbox_accounts_paused{", "reachout_vendor=\"hoop-ai\"", "0"), "{text}");
    assert!(has("reachout_operation_duration_seconds_count{", "reachout_operation=\"send_message\"", "2"), "{text}");
    assert!(has("http_client_request_duration_seconds_bucket{", "le=\"+Inf\"", "2"), "{text}");
    // Whatever is served of ours is documented.
    let served: BTreeSet<String> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect();
    let documented: BTreeSet<String> = ["Metrics of clients", "Metrics of an outbox"].into_iter().flat_map(for_prometheus).collect();
    let ours: BTreeSet<String> =
        served.into_iter().filter(|name| name.starts_with("reachout_") || name.starts_with("http_client")).collect();
    assert!(ours.is_subset(&documented), "{:?}", ours.difference(&documented));
}

/// What a collector got: paths, content types, headers of the sender's own, and the bodies.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>);

impl Collector {
    async fn start(&self) -> String {
        let received = self.clone();
        let take = move |uri: Uri, headers: HeaderMap, body: Bytes| async move {
            received.0.lock().unwrap().push((uri.path().to_owned(), headers, body));
            StatusCode::OK
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(take)).await });
        url
    }

    fn received<T: prost::Message + Default>(&self, path: &str) -> Vec<T> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|(at, ..)| at == path).map(|(.., body)| T::decode(body.clone()).unwrap()).collect()
    }
}

fn attribute<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    match attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value.as_ref()? {
        any_value::Value::StringValue(text) => Some(text),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_spans_and_metrics_of_a_run() {
    let (sandbox, folder) = queued().await;
    let collector = Collector::default();
    let url = collector.start().await;
    let mut worker = command();
    worker.env("HOOP_AI_BASE_URL", sandbox.base_url(Vendor::HoopAi)).env("HOOP_AI_TOKEN", Sandbox::api_key(Vendor::HoopAi));
    worker.env("OTEL_EXPORTER_OTLP_HEADERS", "x-team=outreach").current_dir(folder.path());
    let ran = run(worker.args(["outbox", "run", "--no-vendor-check", "--otlp", &url]));
    assert_eq!((ran.code, ran.stderr.contains("did not get")), (0, false), "{ran:?}");

    let traces = collector.received::<ExportTraceServiceRequest>("/v1/traces");
    let resources: Vec<_> = traces.iter().flat_map(|request| &request.resource_spans).collect();
    let name = |resource: &ResourceSpans| attribute(&resource.resource.as_ref()?.attributes, "service.name").map(str::to_owned);
    assert!(resources.iter().all(|resource| name(resource).as_deref() == Some("reachout")), "{resources:?}");
    let spans: Vec<_> = resources.iter().flat_map(|resource| &resource.scope_spans).flat_map(|scope| &scope.spans).collect();
    let named = |name: &str| spans.iter().filter(|span| span.name == name).count();
    assert_eq!((named("hoop-ai send_message"), named("POST /conversations/messages")), (2, 2), "{spans:?}");
    let delivered = |span: &&&Span| attribute(&span.attributes, "reachout.delivery") == Some("accepted");
    assert_eq!(spans.iter().filter(delivered).count(), spans.len(), "{spans:?}");

    let metrics = collector.received::<ExportMetricsServiceRequest>("/v1/metrics");
    // The last export has all there was to count.
    let scopes = metrics.last().unwrap().resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    let metrics: BTreeMap<_, _> = scopes.flat_map(|scope| &scope.metrics).map(|metric| (metric.name.as_str(), metric)).collect();
    let documented: BTreeSet<String> =
        ["Metrics of clients", "Metrics of an outbox"].into_iter().flat_map(rows).map(|(name, _)| name).collect();
    assert!(metrics.keys().all(|name| documented.contains(*name)), "{:?}", metrics.keys());
    let Some(Data::Sum(settled)) = &metrics["reachout.outbox.settled"].data else { panic!("{metrics:?}") };
    let accepted: Vec<_> =
        settled.data_points.iter().map(|point| (attribute(&point.attributes, "reachout.outbox.state"), point.value)).collect();
    assert_eq!(accepted, [(Some("accepted"), Some(number_data_point::Value::AsInt(2)))]);
    let Some(Data::Gauge(held)) = &metrics["reachout.outbox.messages"].data else { panic!("{metrics:?}") };
    let held = held.data_points.iter().find(|point| attribute(&point.attributes, "reachout.outbox.state") == Some("accepted"));
    assert_eq!(held.and_then(|point| point.value), Some(number_data_point::Value::AsInt(2)));
    assert!(metrics.contains_key("http.client.request.duration"), "{:?}", metrics.keys());

    for (_, headers, body) in collector.0.lock().unwrap().iter() {
        assert_eq!(
            (&headers["content-type"], &headers["x-team"]),
            (&"application/x-protobuf".parse().unwrap(), &"outreach".parse().unwrap())
        );
        let body = String::from_utf8_lossy(body);
        assert!(!body.contains("Hi Ada") && !body.contains(Sandbox::api_key(Vendor::HoopAi)), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_stops_nothing() {
    let (sandbox, folder) = queued().await;
    let ran = outbox(&sandbox, &folder, "run --no-vendor-check --otlp http://127.0.0.1:9");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("the collector at http://127.0.0.1:9/ did not get the last spans and metrics"), "{ran:?}");
    assert_eq!(outbox(&sandbox, &folder, "status --json").json()["counts"]["accepted"], 2);
    let wrong = outbox(&sandbox, &folder, "run --otlp collector:4318");
    assert_eq!(wrong.code, 2, "{wrong:?}");
}
