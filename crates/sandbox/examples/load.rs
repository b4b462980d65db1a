//! Measures how many requests a second the sandbox takes, and how much memory it takes: `cargo run --release --example load [REQUESTS]`.
//!
//! Eight connections write, read, list, search and fail against all four vendors. Client and server share the process and its cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use reachout_sandbox::{Sandbox, Vendor};
use reqwest::{Client, RequestBuilder};
use serde_json::json;

const CONNECTIONS: u64 = 8;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests: u64 = std::env::args().nth(1).map_or(Ok(200_000), |count| count.parse())?;
    let started = Instant::now();
    let sandbox = Arc::new(Sandbox::start().await?);
    println!("started in {} ms, {} MiB", started.elapsed().as_millis(), resident());
    let (done, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (sandbox, done, failed) = (Arc::clone(&sandbox), Arc::clone(&done), Arc::clone(&failed));
        tasks.spawn(async move {
            let client = Client::new();
            loop {
                let number = done.fetch_add(1, Ordering::Relaxed);
                if number >= requests {
                    break;
                }
                let (request, expected) = request(&sandbox, &client, number);
                let as_expected = match request.send().await {
                    Ok(response) => response.status().as_u16() == expected && response.bytes().await.is_ok(),
                    Err(_) => false,
                };
                failed.fetch_add(u64::from(!as_expected), Ordering::Relaxed);
                if number.is_multiple_of(requests.div_ceil(10)) {
                    println!("{number:>8} requests, {} MiB", resident());
                }
            }
        });
    }
    tasks.join_all().await;
    let seconds = started.elapsed().as_secs_f64();
    println!("{requests:>8} requests, {} MiB", resident());
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than three digits")]
    let rate = requests as f64 / seconds;
    println!("{rate:.0} requests/s, {} errors", failed.load(Ordering::Relaxed));
    Ok(())
}

/// The request of a number, and the status that is to come back.
fn request(sandbox: &Sandbox, client: &Client, number: u64) -> (RequestBuilder, u16) {
    let url = |vendor: Vendor, path: &str| format!("{}{path}", sandbox.base_url(vendor));
    let contact = json!({ "first_name": "Ada", "last_name": number.to_string(), "email": "ada@example.com", "tags": ["load"] });
    let message = json!({ "contact_id": "a1b2c3d4-5678-90ab-cdef-1234567890ab", "channel": "linkedin", "content": "Hi" });
    let sms = json!({ "type": "SMS", "contactId": "seD4PfOuKoVMLkEZqohJ", "message": number.to_string() });
    let person = json!({ "locationId": "here", "firstName": "Ada", "email": format!("ada{number}@example.com") });
    let profile = json!({ "senderId": "sender_abc123", "recipientLinkedinUrl": "https://www.linkedin.com/in/john-doe", "message": "Hi" });
    let highlevel = |request: RequestBuilder, version: &str| request.bearer_auth("pit-sandbox").header("Version", version);
    match number % 10 {
        0 => (client.post(url(Vendor::Leonar, "/contacts")).bearer_auth("leo_sandbox").json(&contact), 200),
        1 => (client.post(url(Vendor::Leonar, "/messages")).bearer_auth("leo_sandbox").json(&message), 200),
        2 => (client.get(url(Vendor::Leonar, "/contacts?limit=20")).bearer_auth("leo_sandbox"), 200),
        3 => (client.post(url(Vendor::Leonar, "/contacts")).bearer_auth("leo_sandbox").json(&json!({ "nonsense": 1 })), 400),
        4 => (client.post(url(Vendor::SendPilot, "/v1/inbox/send")).header("X-API-Key", "k").json(&profile), 200),
        5 => (client.get(url(Vendor::SendPilot, "/v1/campaigns")).header("X-API-Key", "k"), 200),
        6 => (highlevel(client.post(url(Vendor::HoopAi, "/conversations/messages")), "2021-04-15").json(&sms), 404),
        7 => (highlevel(client.post(url(Vendor::Leadway, "/contacts/")), "2021-07-28").json(&person), 201),
        8 => (highlevel(client.get(url(Vendor::Leadway, "/contacts/?locationId=here&limit=20")), "2021-07-28"), 200),
        _ => (client.get(url(Vendor::HoopAi, "/conversations/search?locationId=here")).bearer_auth("pit-sandbox"), 400),
    }
}

/// The memory that the process takes, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
