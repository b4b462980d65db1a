//! What an observer costs.

use std::process::Command;
use std::sync::Arc;

use reachout_runtime::{Bytes, CallOptions, Observer, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::server::{Act, Server, response};
use crate::vendor::{self, SEND};

/// Set in the process that is measured.
const MEASURED: &str = "REACHOUT_TEST_MEASURED";

#[derive(Debug)]
struct Looks;

impl Observer for Looks {
    fn responded(&self, _: StatusCode, _: &HeaderMap, body: Option<&Bytes>) {
        assert!(body.is_some_and(|body| body.len() > 1000));
    }
}

/// The most that this process ever had in memory, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// In a process of its own, because others of these tests take memory as well.
#[cfg(target_os = "linux")]
#[test]
fn an_observer_takes_no_multiple_of_a_response() {
    const SIZE: usize = 12 << 20;
    if std::env::var_os(MEASURED).is_none() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "observe::an_observer_takes_no_multiple_of_a_response", "--nocapture"]).env(MEASURED, "1");
        let output = child.output().unwrap();
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let text = format!("\"{}\"", "no secret ".repeat(SIZE / 10));
        let server = Server::start([Act::Respond(response("200 OK", "", &text))]).await;
        drop(text);
        let client = vendor::builder(&server.url).timeout(std::time::Duration::from_secs(60)).build().unwrap();
        let get = async |options| client.with(options).core.operation(SEND).json(&json!({})).send::<Value>().await.map(drop).unwrap();
        get(CallOptions::new()).await;
        let without = peak();
        get(CallOptions::new().observer(Arc::new(Looks))).await;
        let grown = peak().saturating_sub(without);
        assert!(grown < 2 * SIZE, "an observer of a response of {SIZE} bytes took {grown} bytes more");
    });
}
