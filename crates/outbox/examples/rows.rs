//! What it costs to look at an outbox of many messages: `cargo run --release -p reachout-outbox --example rows -- rows=1000000`.
//!
//! Other arguments, each with its default: `accounts=1`, over which the messages are spread; `idle=10`, the seconds for which workers have nothing to
//! do; `database=`, such as `postgres://…`: otherwise a file that is removed afterwards. All messages are settled but one, which is due in an hour.
//! Prints one line of JSON: the shortest of five times, in milliseconds, and the share of a core that idle workers take.

#[path = "shared/arguments.rs"]
mod arguments;

use std::time::{Duration, Instant};

use reachout_outbox::{Account, Channel, EnvAccounts, Envelope, Filter, Message, Outbox, Runner, State, Utc, Vendor};

use arguments::Arguments;

const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = Arguments::read();
    let (count, accounts, idle) = (given.number("rows", 100_000)?, given.number("accounts", 1)?, given.number("idle", 10)?);
    let directory = tempfile::tempdir()?;
    let address = given.database(directory.path());
    let outbox = Outbox::open(address.as_str()).await?;
    let account = |n: u64| Account::new(Vendor::SendPilot, format!("account_{}", n % accounts));
    let text = "Hi, I came across your profile and thought you might be interested in a role in Paris. ".repeat(5);
    let envelope = |n: u64| {
        let message = Message::to(format!("lead_{n}")).channel(Channel::Linkedin).from("sender_1").text(format!("{text} {n}"));
        Envelope::new(account(n), message)
    };
    outbox.enqueue_all((0..count).map(|n| (format!("campaign/{n}"), envelope(n)))).await?;
    outbox.cancel(&Filter::all()).await?;
    outbox.enqueue(&envelope(count).not_before(Utc::now() + Duration::from_hours(1)), "later").await?;

    let list =
        least(async || outbox.list(&Filter::all().state(State::Queued), 0, 50).await.map(|found| assert_eq!(found.len(), 1))).await?;
    let purge = least(async || outbox.purge(Duration::from_hours(24)).await.map(|purged| assert_eq!(purged, 0))).await?;
    let status = least(async || outbox.status().await.map(|status| assert_eq!(status.total(), count + 1))).await?;
    let begun = cpu();
    Runner::new(&outbox, EnvAccounts).run_until(tokio::time::sleep(Duration::from_secs(idle))).await?;
    let share = cpu().saturating_sub(begun).as_secs_f64() * 100.0 / Duration::from_secs(idle.max(1)).as_secs_f64();
    println!(r#"{{"rows":{count},"accounts":{accounts},"list":{list},"purge":{purge},"status":{status},"idle_percent":{share:.2}}}"#);
    Ok(())
}

/// The shortest of some times, in milliseconds.
async fn least(look: impl AsyncFn() -> Result<(), reachout_outbox::Error>) -> Result<f64, reachout_outbox::Error> {
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        look().await?;
        least = least.min(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((least * 100.0).round() / 100.0)
}

/// Processor time of this process: of hundredths of a second, as Linux tells it; zero elsewhere.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
