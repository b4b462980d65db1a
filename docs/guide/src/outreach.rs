//! Texts the people of a file, follows up after three days, and stops when they reply.

use std::error::Error;
use std::path::Path;

use axum::Router;
use highlevel::Client;
use highlevel::types::TagsRequest;
use reachout_messenger::Messenger as _;
use reachout_outbox::{
    Account, Channel, Delay, EnvAccounts, Outbox, Person, Receiver, Runner, Sequence, Step, Template, Vendor, VendorEligibility,
    VendorReplies, Verifier,
};

pub const CAMPAIGN: &str = "roles-in-paris";

/// A line of the file.
#[derive(serde::Deserialize)]
pub struct Lead {
    pub email: String,
    pub first_name: String,
    pub role: String,
}

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn Error>> {
    let outbox = Outbox::open("sqlite:outreach.db").await?;
    let account = Account::new(Vendor::HighLevel, Account::DEFAULT); // HIGHLEVEL_TOKEN
    // What this client requests counts under the same rate limit as what the workers send.
    let client = Client::builder().from_env()?.budget_store(outbox.budgets(), account.budget_key()).build()?;

    let people = enrol(&client, &std::env::var("HIGHLEVEL_LOCATION")?, read(Path::new("people.csv"))?).await?;
    println!("{} added", outbox.add_people(&sequence(account)?, people, false).await?.new);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    let webhooks = router(&outbox, Verifier::highlevel_from_env()?);
    tokio::spawn(async move { axum::serve(listener, webhooks).await });

    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let runner = Runner::new(&outbox, EnvAccounts).eligibility(VendorEligibility::new()).replies(VendorReplies::new());
    println!("{}", runner.run_until(stop).await?);
    outbox.close().await;
    Ok(())
}

pub fn read(path: &Path) -> Result<Vec<Lead>, csv::Error> {
    csv::Reader::from_path(path)?.deserialize().collect()
}

/// Finds or creates each contact, and tags it. After an error the whole program can be started again: who was created is found.
pub async fn enrol(client: &Client, location: &str, leads: Vec<Lead>) -> Result<Vec<Person>, reachout_messenger::Error> {
    let mut people = Vec::with_capacity(leads.len());
    for lead in leads {
        let wanted = reachout_messenger::Person::new().email(&lead.email).first_name(&lead.first_name).location_id(location);
        let found = client.find_or_create(&wanted).await?;
        let contact = found.recipient.as_str();
        client.contacts().add_tags(contact, TagsRequest::new([CAMPAIGN])).await?;
        people.push(Person::new(contact).address(lead.email).field("first_name", lead.first_name).field("role", lead.role));
    }
    Ok(people)
}

pub fn sequence(account: Account) -> Result<Sequence, reachout_outbox::TemplateError> {
    let hello = Template::parse("hello.txt", "Hi {{ first_name }}, may I tell you about a role as {{ role }} in Paris?")?;
    let again = Template::parse("again.txt", "Hi {{ first_name }}, did you see my message?")?;
    Ok(Sequence::new(CAMPAIGN, account)
        .step(Step::new(hello).channel(Channel::Sms))
        .step(Step::new(again).channel(Channel::Sms).after(Delay::days(3))))
}

/// `POST /webhooks/highlevel`. What is delivered again changes nothing.
pub fn router(outbox: &Outbox, verifier: Verifier) -> Router {
    Receiver::new(outbox).verifier(Vendor::HighLevel, verifier).router()
}
