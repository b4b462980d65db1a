//! One address counts as one, however it is written and by whatever door it comes in.

use reachout_messenger::{HighLevelOptions, SendPilotOptions, leadway::types::ForwardConfig};
use reachout_outbox::{Account, Channel, Envelope, Filter, Message, Recipient, Signal, SignalKind, State, Vendor};

use crate::both;
use crate::database::Database;
use crate::vendor::{CONTACT, by_key, envelope, runner, sandbox};

const PROFILE: &str = "https://www.linkedin.com/in/john-doe";

fn at(vendor: Vendor, message: Message) -> Envelope {
    Envelope::new(Account::new(vendor, "acme"), message)
}

fn email() -> Message {
    Message::to("c1").channel(Channel::Email).subject("A role").text("Hi")
}

fn to_profile(profile: &str) -> Message {
    Message::to(profile).from("sender_abc123").text("Hi")
}

both! {
    async fn an_address_on_the_list_is_found_at_every_door(database) {
        let (outbox, sandbox) = (database.open().await.region("FR".parse().unwrap()), sandbox().await);
        let forward = |forward: ForwardConfig| email().highlevel(HighLevelOptions::new().forward(forward));
        let cases = [
            ("further address", "Jean@Example.com", envelope("x").address("Jean Dupont <jean@example.com>")),
            ("one of two", "b@example.com", envelope("x").address("a@example.com; B@example.com")),
            ("national number", "06 12 34 56 78", envelope("x").address("tel:+33-6-12-34-56-78")),
            ("recipient", "A1B2C3D4567890ABCDEF1234567890AB", envelope("x")),
            ("recipient with noise", CONTACT, at(Vendor::Leonar, Message::to(format!("\u{200b}{}", CONTACT.to_uppercase())).channel(Channel::Linkedin).text("x"))),
            ("profile", "fr.linkedin.com/in/John-Doe/?trk=x", at(Vendor::SendPilot, to_profile(PROFILE))),
            ("profile in other words", PROFILE, at(Vendor::SendPilot, to_profile("linkedin.com/in/john%2Ddoe#about"))),
            ("lead", "LEAD_1", at(Vendor::SendPilot, to_profile(PROFILE).sendpilot(SendPilotOptions::new().lead_id("lead_1")))),
            ("other email", "jean@xn--mnchen-3ya.example", at(Vendor::HoopAi, email().to_address("JEAN@münchen.example"))),
            ("other number", "+33612345678", at(Vendor::HoopAi, Message::to("c1").channel(Channel::Sms).text("x").to_address("06 12 34 56 78"))),
            ("cc", "jean@example.com", at(Vendor::HoopAi, email().cc("a@example.com, Jean <JEAN@example.com>"))),
            ("bcc", "jean@example.com", at(Vendor::HoopAi, email().bcc("mailto:jean@example.com"))),
            ("forward", "jean@example.com", at(Vendor::Leadway, forward(ForwardConfig::new(true).message_id("m").to_email("Jean@example.com")))),
            ("contact of a forward", "c9", at(Vendor::Leadway, forward(ForwardConfig::new(true).message_id("m").recipient_contact_id("C9")))),
        ];
        for (key, listed, envelope) in &cases {
            outbox.suppress(listed, None, "asked").await.unwrap();
            outbox.enqueue(envelope, &format!("{key} listed")).await.unwrap();
            runner(&outbox, &sandbox).run().await.unwrap();
            assert_eq!(by_key(&outbox, &format!("{key} listed")).await.state, State::Suppressed, "{key}");
            assert!(outbox.unsuppress(listed).await.unwrap(), "{key}");
            outbox.enqueue_all([(format!("{key} not listed"), envelope.clone())]).await.unwrap();
            runner(&outbox, &sandbox).run().await.unwrap();
            let entry = by_key(&outbox, &format!("{key} not listed")).await;
            assert_eq!(entry.state, State::Accepted, "{key}: {:?}", entry.reason);
        }
        assert!(outbox.suppressed(None, 9).await.unwrap().is_empty());
    }

    async fn a_channel_that_is_left_out_is_the_vendors_only_one(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.suppress(PROFILE, Some(Channel::Linkedin), "asked").await.unwrap();
        outbox.enqueue(&at(Vendor::SendPilot, to_profile(PROFILE)), "left out").await.unwrap();
        assert!(!outbox.enqueue(&at(Vendor::SendPilot, to_profile(PROFILE).channel(Channel::Linkedin)), "left out").await.unwrap().new);
        runner(&outbox, &sandbox).run().await.unwrap();
        let entry = by_key(&outbox, "left out").await;
        assert_eq!((entry.state, entry.envelope.unwrap().message.channel), (State::Suppressed, Some(Channel::Linkedin)));
    }

    async fn one_person_in_two_spellings_is_the_same_message(database) {
        let outbox = database.open().await;
        for (first, second) in [(PROFILE, "http://linkedin.com/in/John-Doe/"), ("https://www.linkedin.com/in/andré", "https://fr.linkedin.com/in/andr%C3%A9?x=y")] {
            assert!(outbox.enqueue(&at(Vendor::SendPilot, to_profile(first)), first).await.unwrap().new);
            assert!(!outbox.enqueue(&at(Vendor::SendPilot, to_profile(second)), first).await.unwrap().new, "{second}");
            let found = outbox.find_recipient(Vendor::SendPilot, second).await.unwrap();
            assert_eq!(found.iter().map(|entry| entry.key.as_deref()).collect::<Vec<_>>(), [Some(first)]);
        }
        let other = at(Vendor::SendPilot, to_profile("https://www.linkedin.com/in/jane-doe"));
        assert!(outbox.enqueue(&other, PROFILE).await.is_err(), "another person is another message");
        let id = |text: &str| at(Vendor::HoopAi, Message::to(text).channel(Channel::Sms).text("Hi"));
        outbox.enqueue(&id(" ocQHyuzHvysMo5N5VsXc\u{200b}"), "id").await.unwrap();
        let kept = by_key(&outbox, "id").await.envelope.unwrap().message.to;
        assert_eq!(kept, Recipient::Contact("ocQHyuzHvysMo5N5VsXc".to_owned()), "the vendor gets its id as it is");
    }

    async fn an_address_that_comes_later_counts(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.suppress("jean@example.com", None, "asked").await.unwrap();
        outbox.enqueue(&envelope("a"), "a").await.unwrap();
        outbox.enqueue(&envelope("b"), "b").await.unwrap();
        let known = outbox.enqueue(&envelope("a").address("Jean@example.com"), "a").await.unwrap();
        assert!(!known.new);
        let batch = [("b", envelope("b").address("jean@example.com")), ("c", envelope("c"))];
        assert_eq!(outbox.enqueue_all(batch).await.unwrap().known, 1);
        runner(&outbox, &sandbox).run().await.unwrap();
        let mut states = Vec::new();
        for key in ["a", "b", "c"] {
            states.push(by_key(&outbox, key).await.state);
        }
        assert_eq!(states, [State::Suppressed, State::Suppressed, State::Accepted]);
        outbox.purge(std::time::Duration::ZERO).await.unwrap();
        outbox.enqueue(&envelope("a").address("new@example.com"), "a").await.unwrap();
        assert_eq!(database.number("SELECT COUNT(*) FROM reachout_outbox_addresses").await, 0, "what was purged stays so");
    }

    async fn whoever_unsubscribed_is_listed_with_the_addresses_of_their_messages(database) {
        let outbox = database.open().await;
        let message = at(Vendor::HoopAi, email().cc("colleague@example.com")).address("Jean@example.com").address("+33 6 12 34 56 78");
        outbox.enqueue(&message, "a").await.unwrap();
        let mut signal = Signal::new(Vendor::HoopAi, SignalKind::Unsubscribed);
        signal.recipients = vec!["C1".to_owned(), "no address".to_owned()];
        let handled = outbox.receive(&signal).await.unwrap();
        assert_eq!((handled.messages.len(), handled.suppressed, handled.unreadable), (1, 3, 1), "{handled:?}");
        let listed: Vec<_> = outbox.suppressed(None, 9).await.unwrap().into_iter().map(|listed| listed.address).collect();
        assert_eq!(listed, ["+33612345678", "c1", "jean@example.com"], "not who got a copy");
        signal.recipients = vec!["JEAN@example.com".to_owned()];
        assert_eq!(outbox.receive(&signal).await.unwrap().messages.len(), 1, "by any of their addresses");
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let database = Database::sqlite();
    let outbox = database.open().await;
    let cases = [
        (envelope("x").address("06 12 34 56 78"), "message 1 of the batch: its further address is a phone number without a country"),
        (envelope("x").address("Jean"), "its further address is not an address"),
        (at(Vendor::HoopAi, email().cc("jean")), "its cc is not an address"),
        (at(Vendor::HoopAi, email().bcc("+33612345678")), "its bcc is not an email address"),
        (at(Vendor::HoopAi, email().to_address("a@example.com, b@example.com")), "its recipient address is several addresses"),
        (
            at(Vendor::HoopAi, Message::to("jean@example.com").channel(Channel::Email).subject("x").text("x")),
            "its recipient is not a recipient",
        ),
        (at(Vendor::SendPilot, to_profile("https://www.linkedin.com/company/acme")), "its recipient is not the public profile of a person"),
    ];
    for (envelope, sentence) in cases {
        let error = outbox.enqueue(&envelope, "key").await.unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
        assert!(!error.contains("jean") && !error.contains("06 12"), "{error}");
    }
    for text in ["", "Jean", "jean@", "12345", "https://www.linkedin.com/sales/lead/ACwAAA", "a@example.com; Jean"] {
        assert!(outbox.suppress(text, None, "asked").await.is_err(), "{text}");
    }
    assert!(outbox.suppressed(None, 9).await.unwrap().is_empty());
    assert!(outbox.list(&Filter::all(), 0, 9).await.unwrap().is_empty());
}
