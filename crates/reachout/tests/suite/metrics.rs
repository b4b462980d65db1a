//! `reachout outbox run --metrics`, and the files for Grafana and Prometheus.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reachout_sandbox::{Sandbox, Settings, Vendor};
use regex::Regex;
use serde_json::Value;

use crate::program::{command, run};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_run_serves_what_it_does_and_what_the_outbox_holds() {
    let mut settings = Settings::default();
    settings.adopt_unknown_ids = true;
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "contact_id,first_name\nc1,Ada\nc2,Grace\n").unwrap();
    std::fs::write(folder.path().join("hello.txt"), "Hi {{ first_name }}").unwrap();
    let (url, key) = (sandbox.base_url(Vendor::HoopAi), sandbox.api_key(Vendor::HoopAi));
    let mut add = command();
    add.current_dir(folder.path()).env("HOOP_AI_BASE_URL", &url).env("HOOP_AI_TOKEN", key);
    add.args(["outbox", "add", "--from", "people.csv", "--via", "hoop-ai", "--channel", "sms", "--template", "hello.txt"]);
    let added = run(&mut add);
    assert_eq!(added.code, 0, "{added:?}");

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
