//! Other processes: this binary runs itself again.

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reachout_outbox::{
    BoxFuture, ClientBuilder, Core, DateTime, Error, Outbox, Runner, TimeReading, TimeSource, Utc, Vendor, VendorEligibility, VendorReplies,
};
use serde::Deserialize;

use crate::vendor::AtSandbox;

const ADDRESS: &str = "REACHOUT_TEST_OUTBOX";
const SANDBOX: &str = "REACHOUT_TEST_SANDBOX";
const WORKERS: &str = "REACHOUT_TEST_WORKERS";
const LEASE_MS: &str = "REACHOUT_TEST_LEASE";

/// How long the lease of those processes lasts that are killed.
pub const LEASE: Duration = Duration::from_millis(1500);

/// A process that runs workers until the outbox is empty.
pub fn spawn(address: &str, sandbox: &str, workers: usize, lease: Duration) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "processes::as_a_child", "--nocapture"]);
    start(command, address, sandbox, workers, lease)
}

/// A process that runs the workers of a campaign, by the clock of a sandbox, until it is killed.
pub fn spawn_campaign(address: &str, sandbox: &str, workers: usize, lease: Duration) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "processes::as_a_child_with_a_campaign", "--nocapture"]);
    start(command, address, sandbox, workers, lease)
}

fn start(mut command: Command, address: &str, sandbox: &str, workers: usize, lease: Duration) -> Child {
    command.env(ADDRESS, address).env(SANDBOX, sandbox).env(WORKERS, workers.to_string());
    command.env(LEASE_MS, lease.as_millis().to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap()
}

pub fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "what other tests start"]
async fn as_a_child() {
    let (Ok(address), Ok(sandbox)) = (env::var(ADDRESS), env::var(SANDBOX)) else { return };
    let workers = env::var(WORKERS).unwrap().parse().unwrap();
    let lease = Duration::from_millis(env::var(LEASE_MS).unwrap().parse().unwrap());
    // The database may be away just now.
    loop {
        let Ok(outbox) = Outbox::open(address.as_str()).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let runner = Runner::new(&outbox, AtSandbox(sandbox.clone())).until_empty().lease(lease).workers(workers).attempts(50);
        match runner.run().await {
            Ok(_) => return,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// The clock of a sandbox.
#[derive(Debug)]
struct SandboxClock(Core);

#[derive(Deserialize)]
struct Reading {
    now: DateTime<Utc>,
    speed: f64,
}

impl TimeSource for SandboxClock {
    fn read(&self) -> BoxFuture<'_, Result<TimeReading, Error>> {
        Box::pin(async {
            let Reading { now, speed } = self.0.request(reachout_runtime::Method::GET, "/_sandbox/clock").send().await?;
            Ok(TimeReading { now, speed })
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "what other tests start"]
async fn as_a_child_with_a_campaign() {
    let (Ok(address), Ok(sandbox)) = (env::var(ADDRESS), env::var(SANDBOX)) else { return };
    let workers = env::var(WORKERS).unwrap().parse().unwrap();
    let lease = Duration::from_millis(env::var(LEASE_MS).unwrap().parse().unwrap());
    let pacing = reachout_runtime::Pacing::off();
    let core = ClientBuilder::<Core>::new(Vendor::HoopAi.api().unwrap().vendor).base_url(&sandbox).credential("none").pacing(pacing);
    let clock = SandboxClock(core.build().unwrap());
    let outbox = Outbox::open(address.as_str()).await.unwrap().with_clock(clock).await.unwrap();
    let runner = Runner::new(&outbox, AtSandbox(sandbox)).lease(lease).workers(workers);
    runner.eligibility(VendorEligibility::new()).replies(VendorReplies::new()).run().await.unwrap();
}
