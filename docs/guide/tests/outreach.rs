//! The program for 500 people, and its tests: the client's own types, and no JSON.

#[expect(dead_code, reason = "its `main` is for a terminal")]
#[path = "../src/outreach.rs"]
mod outreach;

use std::time::{Duration, Instant};

use highlevel::types::{GetDuplicateContactResponse, TagsRequest, UpsertContactRequest, UpsertContactResponse};
use highlevel::{Client, Delivery, Example as _, Pacing};
use outreach::{CAMPAIGN, Lead, enrol, read, router, sequence};
use reachout_mocks::Mocks;
use reachout_outbox::{
    Account, AccountClient, Accounts, BoxFuture, Clients, Error, Outbox, Person, Runner, State, Vendor as Of, VendorEligibility,
};
use reachout_sandbox::{HIGHLEVEL_WEBHOOK_KEY, ReplyTo, Sandbox, Vendor, Webhook};
use reachout_webhooks::{PublicKey, Verifier};

const LOCATION: &str = "ve9EPM428h8vShlRW1KT";

fn ada() -> Vec<Lead> {
    vec![Lead { email: "ada@example.com".to_owned(), first_name: "Ada".to_owned(), role: "an engineer".to_owned() }]
}

/// Nobody has Ada's address.
fn knows_nobody(mocks: &Mocks<Client>, client: &Client) {
    let mut nobody = GetDuplicateContactResponse::example();
    nobody.contact = None;
    mocks.on(client.contacts().get_duplicate(LOCATION).email("ada@example.com")).respond(&nobody);
}

#[tokio::test]
async fn who_is_known_is_tagged_and_not_created() {
    let mocks = Mocks::<Client>::start();
    let client = mocks.client();
    let known = GetDuplicateContactResponse::example();
    let id = known.contact.as_ref().and_then(|contact| contact.id.clone()).unwrap();
    mocks.on(client.contacts().get_duplicate(LOCATION).email("ada@example.com")).respond(&known);
    let tagged = mocks.on(client.contacts().add_tags(&id, TagsRequest::new([CAMPAIGN]))).example();

    let people = enrol(&client, LOCATION, ada()).await.unwrap();
    let expected = Person::new(id).address("ada@example.com").field("first_name", "Ada").field("role", "an engineer");
    assert!(people == [expected], "people are not shown");
    tagged.assert();
}

#[tokio::test]
async fn who_is_not_known_is_created() {
    let mocks = Mocks::<Client>::start();
    let client = mocks.client();
    knows_nobody(&mocks, &client);
    let request = UpsertContactRequest::new(LOCATION).email("ada@example.com").first_name("Ada");
    let created = mocks.on(client.contacts().upsert(request)).respond(&UpsertContactResponse::example());
    mocks.any(&highlevel::routes::ADD_TAGS).example();

    assert_eq!(enrol(&client, LOCATION, ada()).await.unwrap().len(), 1);
    created.assert();
}

#[tokio::test]
async fn a_contact_that_may_have_been_created_is_an_error_that_says_so() {
    let mocks = Mocks::<Client>::start();
    let client = mocks.client();
    knows_nobody(&mocks, &client);
    let overloaded = mocks.any(&highlevel::routes::UPSERT_CONTACT).error(503, "overloaded", "Try later");
    let Err(error) = enrol(&client, LOCATION, ada()).await else { panic!("the contact was not created") };
    assert_eq!(error.delivery(), Delivery::Unknown);
    overloaded.assert(); // once
}

/// The vendor is the sandbox.
#[derive(Debug)]
struct Simulated(String, &'static str);

impl Accounts for Simulated {
    fn open<'a>(&'a self, _: &'a Account, clients: Clients<'a>) -> BoxFuture<'a, Result<AccountClient, Error>> {
        Box::pin(async move { clients.account(|builder| Ok(builder.base_url(&self.0).credential(self.1))) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_stops_the_follow_up_of_whoever_wrote_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let vendor = Simulated(sandbox.base_url(Vendor::HighLevel), Sandbox::api_key(Vendor::HighLevel));
    let client = Client::builder().base_url(&vendor.0).credential(vendor.1).pacing(Pacing::off()).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..20).map(|n| format!("p{n}@example.com,Person {n},an engineer\n")).collect();
    std::fs::write(folder.path().join("people.csv"), format!("email,first_name,role\n{lines}")).unwrap();
    let leads = || read(&folder.path().join("people.csv")).unwrap();

    let outbox = Outbox::open(format!("sqlite:{}/outreach.db", folder.path().display())).await.unwrap();
    let campaign = sequence(Account::new(Of::HighLevel, Account::DEFAULT)).unwrap();
    let people = enrol(&client, LOCATION, leads()).await.unwrap();
    let first = people[0].to.clone();
    assert_eq!(outbox.add_people(&campaign, people, false).await.unwrap().new, 20);
    // Started again, it finds everybody, and adds nobody.
    let again = enrol(&client, LOCATION, leads()).await.unwrap();
    assert_eq!(outbox.add_people(&campaign, again, false).await.unwrap().new, 0);
    let runner = Runner::new(&outbox, vendor).eligibility(VendorEligibility::new()).until_none_due();
    assert_eq!(runner.run().await.unwrap().count(State::Accepted), 20);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/webhooks/highlevel", listener.local_addr().unwrap());
    let verifier = Verifier::highlevel_with([PublicKey::from_spki(HIGHLEVEL_WEBHOOK_KEY).unwrap()]).unwrap();
    let webhooks = router(&outbox, verifier);
    tokio::spawn(async move { axum::serve(listener, webhooks).await });
    let unsigned = reqwest::Client::new().post(&hook).body("{}").send().await.unwrap();
    assert_eq!(unsigned.status().as_u16(), 401);

    sandbox.add_webhook(Webhook::new(Vendor::HighLevel, hook)).unwrap();
    sandbox.reply(&ReplyTo::contact(Vendor::HighLevel, first, "Tell me more")).unwrap();
    let begun = Instant::now();
    let mut state = outbox.campaign(CAMPAIGN).await.unwrap();
    while state.stopped("replied") == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the reply stopped nothing");
        tokio::time::sleep(Duration::from_millis(50)).await;
        state = outbox.campaign(CAMPAIGN).await.unwrap();
    }
    assert_eq!((state.stopped("replied"), state.count(State::Queued)), (1, 19));
}
