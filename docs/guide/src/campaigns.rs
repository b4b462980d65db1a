use reachout_outbox::{
    Account, Channel, Delay, EnvAccounts, Outbox, Person, Runner, Sequence, Signal, SignalKind, State, Step, Template, Vendor,
    VendorEligibility, VendorReplies,
};

const SOPHIE: &str = "a1b2c3d4-5678-90ab-cdef-1234567890ab";

#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::var("OUTBOX_FOLDER").unwrap_or_else(|_| ".".to_owned());
    let outbox = Outbox::open(format!("sqlite:{folder}/campaigns.db")).await?;

    let hello = Template::parse("hello.md", "---\nsubject: A role in Paris\n---\nHi {{ first_name }}, may I tell you more?")?;
    let again = Template::parse("again.md", "---\nsubject: A role in Paris\n---\nHi {{ first_name }}, did you see my message?")?;
    let sequence = Sequence::new("roles-in-paris", Account::new(Vendor::Leonar, Account::DEFAULT))
        .step(Step::new(hello).channel(Channel::Email))
        .step(Step::new(again).channel(Channel::Email).after(Delay::days(3)));
    let people = [Person::new(SOPHIE).field("first_name", "Sophie").address("sophie@doctolib.com")];
    println!("{} added", outbox.add_people(&sequence, people, false).await?.new);

    // A service leaves out `until_none_due`; a timer that starts the program every few minutes keeps it.
    let runner = Runner::new(&outbox, EnvAccounts).eligibility(VendorEligibility::new()).replies(VendorReplies::new()).until_none_due();
    println!("{}", runner.run().await?);
    report(&outbox).await?;

    // Sophie replies. A webhook's event becomes such a signal by itself; Leonar has none, and is asked before each follow-up.
    let mut reply = Signal::new(Vendor::Leonar, SignalKind::Replied);
    reply.recipients.push(SOPHIE.to_owned());
    outbox.receive(&reply).await?;
    report(&outbox).await?;
    outbox.close().await;
    Ok(())
}

async fn report(outbox: &Outbox) -> Result<(), reachout_outbox::Error> {
    let campaign = outbox.campaign("roles-in-paris").await?;
    let (sent, queued) = (campaign.count(State::Accepted), campaign.count(State::Queued));
    println!("{sent} sent, {queued} queued, {} replied", campaign.stopped("replied"));
    Ok(())
}
