//! Replies are found in the vendors' own conversations, of which no webhook came.

use std::time::Duration;

use reachout_outbox::{Account, Calendar, Channel, Clock, Delay, Person, Runner, Sequence, State, Step, Utc, Vendor, VendorReplies};
use reachout_sandbox::ReplyTo;

use super::{TestClock, template};
use crate::database::Database;
use crate::vendor::{AtSandbox, CONTACT, by_key, sandbox};

/// Two messages, a day apart.
fn two_steps(name: &str, vendor: Vendor, channel: Channel) -> Sequence {
    let text = |number: u8| {
        let subject = if channel == Channel::Email { "---\nsubject: A role\n---\n" } else { "" };
        Step::new(template("step.md", &format!("{subject}{name} {number}"))).channel(channel)
    };
    let mut sequence = Sequence::new(name, Account::new(vendor, "acme")).calendar(Calendar::new(Clock::utc()));
    if vendor == Vendor::SendPilot {
        sequence.senders = vec!["sender_abc123".to_owned()];
    }
    sequence.step(text(1)).step(text(2).after(Delay::days(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_of_which_no_webhook_came_stops_the_follow_up() {
    let (database, sandbox) = (Database::sqlite(), sandbox().await);
    // The sandbox's messages have the machine's time.
    let clock = TestClock::at(&Utc::now().to_rfc3339());
    let outbox = database.open().await.with_clock(clock.clone()).await.unwrap();
    let cases = [
        ("leonar", Vendor::Leonar, Channel::Linkedin, CONTACT),
        ("hoop-ai", Vendor::HoopAi, Channel::Sms, "c1"),
        ("leadway", Vendor::Leadway, Channel::Email, "c2"),
        ("sendpilot", Vendor::SendPilot, Channel::Linkedin, "https://www.linkedin.com/in/john-doe"),
    ];
    let run = async || {
        let runner = Runner::new(&outbox, AtSandbox::of(&sandbox)).replies(VendorReplies::new()).until_none_due();
        runner.lease(Duration::from_secs(5)).run().await.unwrap();
    };
    for silent in [false, true] {
        for (name, vendor, channel, to) in cases {
            let name = if silent { format!("{name}-silent") } else { name.to_owned() };
            outbox.add_people(&two_steps(&name, vendor, channel), [Person::new(to)], false).await.unwrap();
        }
        run().await;
        for (name, vendor, ..) in cases.into_iter().filter(|_| !silent) {
            let campaign = outbox.campaign(name).await.unwrap();
            assert_eq!(campaign.count(State::Accepted), 1, "{name}: {:?}", campaign.steps);
            let first = outbox.list(&reachout_outbox::Filter::all().campaign(name), 0, 1).await.unwrap().remove(0);
            let conversation = first.conversation_id.clone().unwrap_or_else(|| panic!("{name} names no conversation"));
            sandbox.reply(&ReplyTo::conversation(vendor, conversation, "Yes, tell me more")).unwrap();
        }
        clock.forward(25);
        run().await;
        for (name, ..) in cases {
            let name = if silent { format!("{name}-silent") } else { name.to_owned() };
            let campaign = outbox.campaign(&name).await.unwrap();
            let expected = if silent { (2, 0) } else { (1, 1) };
            assert_eq!((campaign.count(State::Accepted), campaign.stopped("replied")), expected, "{name}: {:?}", campaign.steps);
        }
    }
    let stopped = by_key(&outbox, "hoop-ai/c1/2").await;
    assert_eq!((stopped.state, stopped.code.as_deref()), (State::Cancelled, Some("follow-up-stopped")));
}
