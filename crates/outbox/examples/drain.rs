//! How fast messages are queued and sent, and how much memory that takes: `cargo run --release -p reachout-outbox --example drain -- messages=100000`.
//!
//! Other arguments, each with its default: `accounts=1`, over which the messages are spread; `workers=32`; `latency=1`, the milliseconds that sending
//! takes; `database=`, such as `postgres://…`: otherwise a file that is removed afterwards. Statements are counted where Postgres has preloaded
//! `pg_stat_statements`.
//!
//! What sends loses nothing and is nobody else, so that the outbox itself is measured. Prints one line of JSON.

#[path = "shared/arguments.rs"]
mod arguments;
#[path = "shared/memory.rs"]
mod memory;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reachout_messenger::{Error, Receipt};
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Channel, Clients, Envelope, Message, Messenger, Outbox, PgPool, Runner, State, Vendor,
};

use arguments::Arguments;
use memory::resident;

/// Takes every message, and remembers which: by a flag for each, so that its memory does not grow.
#[derive(Clone, Debug)]
struct Taker {
    seen: Arc<Mutex<Vec<bool>>>,
    latency: Duration,
}

impl Messenger for Taker {
    fn vendor(&self) -> Vendor {
        Vendor::SendPilot
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>> {
        Box::pin(async move {
            let number: Option<usize> = message.text.as_deref().and_then(|text| text.rsplit(' ').next()?.parse().ok());
            let taken = number.and_then(|number| Some(std::mem::replace(self.seen.lock().ok()?.get_mut(number)?, true)));
            assert_eq!(taken, Some(false), "a message was sent twice, or was not queued");
            if !self.latency.is_zero() {
                tokio::time::sleep(self.latency).await;
            }
            Ok(Receipt::new(Vendor::SendPilot))
        })
    }
}

impl Accounts for Taker {
    fn open<'a>(&'a self, account: &'a Account, _clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, reachout_outbox::Error>> {
        Box::pin(async move { Ok(AccountClient::new(account.clone(), self.clone())) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = Arguments::read();
    let (count, accounts, latency) = (given.number("messages", 100_000)?, given.number("accounts", 1)?, given.number("latency", 1)?);
    let workers = usize::try_from(given.number("workers", 32)?)?;
    let directory = tempfile::tempdir()?;
    let address = given.database(directory.path());
    let outbox = Outbox::open(address.as_str()).await?;
    let account = |n: u64| Account::new(Vendor::SendPilot, format!("account_{}", n % accounts));
    let text = "Hi, I came across your profile and thought you might be interested in a role in Paris. ".repeat(5);
    let message = |n: u64| Message::to(format!("lead_{n}")).channel(Channel::Linkedin).from("sender_1").text(format!("{text} {n}"));

    let begun = Instant::now();
    let batch = outbox.enqueue_all((0..count).map(|n| (format!("campaign/{n}"), Envelope::new(account(n), message(n))))).await?;
    let queued = begun.elapsed();
    assert_eq!(batch.new, count);

    let statements = match address.starts_with("postgres") {
        true => Statements::of(&address).await?,
        false => None,
    };
    let seen = Arc::new(Mutex::new(vec![false; usize::try_from(count)?]));
    let taker = Taker { seen, latency: Duration::from_millis(latency) };
    let before = resident();
    let most = Arc::new(Mutex::new((0, 0_u64)));
    let (watched, begun) = (Arc::clone(&most), Instant::now());
    let watch = move |_: &_| {
        // Reading it is a system call; a thousandth of the messages is often enough.
        if let Ok(mut most) = watched.lock() {
            most.1 += 1;
            if most.1 % 1000 == 0 {
                most.0 = resident().max(most.0);
            }
        }
    };
    let summary = Runner::new(&outbox, taker.clone()).workers(workers).until_empty().on_event(watch).run().await?;
    let drained = begun.elapsed();
    let statements = match statements {
        Some(statements) => statements.count().await?,
        None => 0,
    };
    assert_eq!(summary.count(State::Accepted), count);
    assert_eq!(outbox.status().await?.count(State::Accepted), count);

    let rate = |time: Duration| u64::try_from(u128::from(count) * 1000 / time.as_millis().max(1)).unwrap_or(u64::MAX);
    let most = most.lock().map(|most| most.0).unwrap_or_default();
    println!(
        r#"{{"messages":{count},"enqueue_per_second":{},"drain_per_second":{},"statements":{statements},"resident_kib":{{"start":{before},"most":{most},"end":{}}}}}"#,
        rate(queued),
        rate(drained),
        resident()
    );
    Ok(())
}

/// How many statements a server executed since.
struct Statements(PgPool);

impl Statements {
    /// None where the server does not count them.
    async fn of(address: &str) -> Result<Option<Self>, sqlx::Error> {
        let pool = PgPool::connect(address).await?;
        let preloaded: String = sqlx::query_scalar("SHOW shared_preload_libraries").fetch_one(&pool).await?;
        if !preloaded.contains("pg_stat_statements") {
            return Ok(None);
        }
        sqlx::raw_sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset()").execute(&pool).await?;
        Ok(Some(Self(pool)))
    }

    async fn count(self) -> Result<i64, sqlx::Error> {
        let count = "SELECT CAST(SUM(calls) AS BIGINT) FROM pg_stat_statements
            WHERE toplevel AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
        sqlx::query_scalar(count).fetch_one(&self.0).await
    }
}
