//! What a campaign costs: `cargo run --release -p reachout-outbox --example campaign -- people=100000`.
//!
//! People are added to four steps and the first one is sent, by a messenger that takes everything at once. Other arguments: `workers=32`, and
//! `database=`, such as `postgres://…`: otherwise a file that is removed afterwards. Prints one line of JSON: people added and messages sent a second,
//! the milliseconds that the campaign and the outbox's status take to be read, and the memory in KiB.

#[path = "shared/arguments.rs"]
mod arguments;
#[path = "shared/memory.rs"]
mod memory;

use std::time::{Duration, Instant};

use reachout_messenger::{Error, Receipt};
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Channel, Clients, Delay, Message, Messenger, Outbox, Person, Runner, Sequence, State,
    Step, Template, Vendor,
};

use arguments::Arguments;
use memory::resident;

/// Takes every message.
#[derive(Clone, Debug)]
struct Taker;

impl Messenger for Taker {
    fn vendor(&self) -> Vendor {
        Vendor::SendPilot
    }

    fn send<'a>(&'a self, _: &'a Message) -> BoxFuture<'a, Result<Receipt, Error>> {
        Box::pin(async { Ok(Receipt::new(Vendor::SendPilot)) })
    }
}

impl Accounts for Taker {
    fn open<'a>(&'a self, account: &'a Account, _: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, reachout_outbox::Error>> {
        Box::pin(async move { Ok(AccountClient::new(account.clone(), self.clone())) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = Arguments::read();
    let (people, workers) = (given.number("people", 100_000)?, usize::try_from(given.number("workers", 32)?)?);
    let directory = tempfile::tempdir()?;
    let outbox = Outbox::open(given.database(directory.path())).await?;
    let text = "Hi {{ first_name }}, I came across your profile and thought you might be interested in a role in {{ city }}.";
    let step = || Ok::<_, reachout_outbox::TemplateError>(Step::new(Template::parse("hello.md", text)?).channel(Channel::Linkedin));
    let mut sequence = Sequence::new("roles", Account::new(Vendor::SendPilot, Account::DEFAULT)).step(step()?);
    sequence.senders = vec!["sender_1".to_owned()];
    for _ in 0..3 {
        sequence = sequence.step(step()?.after(Delay::days(3)));
    }
    let person = |number: u64| {
        let person = Person::new(format!("https://www.linkedin.com/in/person-{number}")).address(format!("person-{number}@example.org"));
        person.field("first_name", format!("Ada {number}")).field("city", "Paris")
    };

    let before = resident();
    let begun = Instant::now();
    assert_eq!(outbox.add_people(&sequence, (0..people).map(person), false).await?.new, people);
    let (added, most) = (begun.elapsed(), resident());

    let begun = Instant::now();
    let summary = Runner::new(&outbox, Taker).workers(workers).until_none_due().run().await?;
    let sent = begun.elapsed();
    assert_eq!(summary.count(State::Accepted), people);

    let begun = Instant::now();
    let campaign = outbox.campaign("roles").await?;
    let read = begun.elapsed();
    assert_eq!((campaign.count(State::Accepted), campaign.count(State::Queued)), (people, people));
    let begun = Instant::now();
    outbox.status().await?;
    let status = begun.elapsed();
    let rate = |time: Duration| u64::try_from(u128::from(people) * 1000 / time.as_millis().max(1)).unwrap_or(u64::MAX);
    println!(
        r#"{{"people":{people},"added_per_second":{},"sent_per_second":{},"campaign_ms":{},"status_ms":{},"resident_kib":{{"start":{before},"added":{most},"end":{}}}}}"#,
        rate(added),
        rate(sent),
        read.as_millis(),
        status.as_millis(),
        resident()
    );
    Ok(())
}
