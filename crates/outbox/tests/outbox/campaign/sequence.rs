//! A step follows the one before, and nothing follows who stopped.

use reachout_outbox::{Filter, Person, Resolution, Sent, Signal, SignalKind, State, Vendor};

use super::{Outcome, check_deliveries, office, pass, person, sequence, step, template, world};
use crate::both;
use crate::vendor::by_key;

both! {
    async fn each_step_waits_for_the_one_before(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let batch = outbox.add_people(&sequence("spring"), [person("ada"), person("bea"), person("ada")], false).await.unwrap();
        assert_eq!((batch.new, batch.known), (2, 1), "one is there twice");
        assert_eq!(outbox.list(&Filter::all(), 0, 10).await.unwrap().len(), 2, "only the first step is there");
        pass(&outbox, &clock, &vendor, 14).await;
        let delivered = vendor.delivered.lock().unwrap().clone();
        check_deliveries(&delivered);
        assert_eq!(delivered.len(), 8, "{delivered:?}");
        let campaign = outbox.campaign("spring").await.unwrap();
        assert_eq!((campaign.people, campaign.count(State::Accepted), campaign.stopped.len()), (2, 8, 0));
        assert!(campaign.steps.iter().all(|step| step.counts == [(State::Accepted, 2)]), "{:?}", campaign.steps);
        assert_eq!(outbox.add_people(&sequence("spring"), [person("ada"), person("cyd")], false).await.unwrap().new, 1);
        let changed = sequence("spring").step(step(5).after(reachout_outbox::Delay::days(2)));
        assert!(outbox.add_people(&changed, [person("dan")], false).await.unwrap_err().to_string().contains("with another sequence"));
    }

    /// Found by a newcomer: three steps of one person left within 27 ms after a pause.
    async fn a_pause_of_a_week_sends_nobody_two_messages_on_a_day(database) {
        let (outbox, clock, vendor) = world(&database).await;
        outbox.add_people(&sequence("spring"), [person("ada"), person("bea")], false).await.unwrap();
        pass(&outbox, &clock, &vendor, 1).await;
        outbox.pause_campaign("spring").await.unwrap();
        pass(&outbox, &clock, &vendor, 7).await;
        assert_eq!(vendor.texts().len(), 2);
        assert!(outbox.campaign("spring").await.unwrap().paused);
        outbox.resume_campaign("spring").await.unwrap();
        for _ in 0..3 {
            vendor.runner(&outbox).run().await.unwrap();
        }
        assert_eq!(vendor.texts().len(), 4, "one each on the day of the end of the pause");
        pass(&outbox, &clock, &vendor, 10).await;
        check_deliveries(&vendor.delivered.lock().unwrap());
        assert_eq!(vendor.texts().len(), 8);
    }

    /// Found by a newcomer: step 2 went out though step 1 was refused or unknown.
    async fn what_was_refused_or_is_unknown_is_not_followed(database) {
        let (outbox, clock, vendor) = world(&database).await;
        for (name, outcome) in [("refused", Outcome::Rejected), ("failed", Outcome::Failed), ("unknown", Outcome::Unknown)] {
            *vendor.next.lock().unwrap() = outcome;
            outbox.add_people(&sequence(name), [person(name)], false).await.unwrap();
            vendor.runner(&outbox).run().await.unwrap();
        }
        *vendor.next.lock().unwrap() = Outcome::Accepted;
        pass(&outbox, &clock, &vendor, 14).await;
        assert_eq!(vendor.texts(), ["unknown 1"]);
        let unknown = by_key(&outbox, "unknown/contact-unknown").await;
        assert_eq!(unknown.state, State::Unknown);
        // It is settled: the next step is due two days later.
        outbox.resolve(unknown.id, unknown.attempts, Resolution::Sent(Sent::new().message_id("m1"))).await.unwrap();
        let next = by_key(&outbox, "unknown/contact-unknown/2").await;
        assert!(next.due_at - outbox.now().await.unwrap() >= chrono::TimeDelta::hours(47), "{:?}", next.due_at);
        assert_eq!(outbox.retry(State::Rejected, &Filter::all()).await.unwrap(), 1);
        pass(&outbox, &clock, &vendor, 14).await;
        check_deliveries(&vendor.delivered.lock().unwrap());
        assert_eq!(vendor.texts().len(), 8, "what was refused was tried again, by a person");
    }

    async fn a_reply_ends_it_whatever_state_a_step_is_in(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let reply = |name: &str, kind| {
            let mut signal = Signal::new(Vendor::HoopAi, kind);
            signal.recipients = vec![format!("contact-{name}")];
            signal
        };
        let people = ["queued", "bounced", "gone", "seen", "withdrawn", "other"].map(person);
        outbox.add_people(&sequence("spring"), people, false).await.unwrap();
        pass(&outbox, &clock, &vendor, 1).await;
        outbox.receive(&reply("queued", SignalKind::Replied)).await.unwrap();
        outbox.receive(&reply("queued", SignalKind::Replied)).await.unwrap();
        outbox.receive(&reply("bounced", SignalKind::Bounced)).await.unwrap();
        outbox.receive(&reply("gone", SignalKind::Unsubscribed)).await.unwrap();
        outbox.cancel(&Filter::all().person("withdrawn@example.org")).await.unwrap();
        // Seen only in the vendor's own conversation.
        vendor.replied.lock().unwrap().insert("contact-seen".to_owned(), clock.now());
        pass(&outbox, &clock, &vendor, 14).await;
        let mut texts = vendor.texts();
        texts.retain(|text| !text.starts_with("other"));
        texts.sort();
        assert_eq!(texts, ["bounced 1", "gone 1", "queued 1", "seen 1", "withdrawn 1"]);
        let campaign = outbox.campaign("spring").await.unwrap();
        let stopped = ["replied", "bounced", "unsubscribed", "withdrawn"].map(|reason| campaign.stopped(reason));
        assert_eq!(stopped, [2, 1, 1, 1]);
        assert_eq!(campaign.count(State::Accepted), 9, "the other one got all of it");
        // While it is unknown.
        *vendor.next.lock().unwrap() = Outcome::Unknown;
        outbox.add_people(&sequence("summer"), [person("late")], false).await.unwrap();
        vendor.runner(&outbox).run().await.unwrap();
        *vendor.next.lock().unwrap() = Outcome::Accepted;
        outbox.receive(&reply("late", SignalKind::Replied)).await.unwrap();
        let late = by_key(&outbox, "summer/contact-late").await;
        outbox.resolve(late.id, late.attempts, Resolution::Sent(Sent::new())).await.unwrap();
        assert!(outbox.find_key("summer/contact-late/2").await.unwrap().is_none(), "nothing follows what was settled after the reply");
        // A person undoes the stop.
        assert_eq!(outbox.resume_follow_ups(&Filter::all().campaign("summer")).await.unwrap().0, 1);
        assert!(outbox.find_key("summer/contact-late/2").await.unwrap().is_some());
        vendor.replied.lock().unwrap().clear();
        pass(&outbox, &clock, &vendor, 14).await;
        assert_eq!(outbox.campaign("summer").await.unwrap().count(State::Accepted), 4);
    }

    async fn a_person_keeps_account_sender_thread_and_variant(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let account = |name: &str| reachout_outbox::Account::new(Vendor::HoopAi, name);
        let email = |text: &str| reachout_outbox::Step::new(template("a.md", text)).channel(reachout_outbox::Channel::Email);
        let mut wide = reachout_outbox::Sequence::new("wide", account("one")).calendar(office());
        wide.accounts.push(account("two"));
        wide.senders = vec!["a@example.org".to_owned(), "b@example.org".to_owned()];
        let after = reachout_outbox::Delay::WorkingDays(1);
        let wide = wide
            .step(email("---\nsubject: For {{ name }}\n---\n{{ name }} 1").variant(template("b.md", "---\nsubject: Hello\n---\n{{ name }} 1")))
            .step(email("{{ name }} 2").after(after).reply_in_thread());
        outbox.add_people(&wide, (0..40).map(|number| person(&format!("p{number}"))), false).await.unwrap();
        pass(&outbox, &clock, &vendor, 4).await;
        let messages = vendor.messages.lock().unwrap().clone();
        assert_eq!(messages.len(), 80);
        let mut kept = std::collections::HashMap::new();
        for (credential, message) in &messages {
            let first = kept.entry(format!("{:?}", message.to)).or_insert((credential, message));
            assert_eq!((credential, &message.from), (first.0, &first.1.from), "{message:?}");
            if message.text.as_ref().is_some_and(|text| text.ends_with(" 2")) {
                let subject = format!("Re: {}", first.1.subject.as_ref().unwrap());
                assert_eq!(message.subject.as_ref(), Some(&subject), "an answer has the subject of what it answers");
                assert!(message.reply_to.as_ref().is_some_and(|id| id.starts_with('m')), "{message:?}");
            }
        }
        let share = |is: &dyn Fn(&(String, reachout_outbox::Message)) -> bool| messages.iter().filter(|message| is(message)).count();
        for count in [share(&|(account, _)| account == "one"), share(&|(_, message)| message.from.as_deref() == Some("a@example.org"))] {
            assert!((20..=60).contains(&count), "{count} of 80");
        }
        outbox.receive(&{
            let mut signal = Signal::new(Vendor::HoopAi, SignalKind::Replied);
            signal.recipients = vec!["contact-p0".to_owned()];
            signal
        }).await.unwrap();
        let variants = outbox.variants("wide").await.unwrap();
        assert_eq!(variants.iter().map(|variant| variant.accepted).sum::<u64>(), 40, "{variants:?}");
        assert!(variants.len() == 2 && variants[0].template == "a.md", "only the first step has variants");
    }

    async fn what_cannot_be_written_is_refused_with_its_place(database) {
        let (outbox, _, _) = world(&database).await;
        let nameless = Person::new("contact-x");
        let error = outbox.add_people(&sequence("spring"), [person("ada"), nameless], false).await.unwrap_err();
        assert_eq!((error.number(), error.to_string().as_str()), (Some(2), "person 2: step 1: step.md line 1 uses `name`, which is not a column"));
        let mut zoned = sequence("spring");
        zoned.calendar.requires_zone = true;
        let error = outbox.add_people(&zoned, [person("ada")], false).await.unwrap_err();
        assert!(error.to_string().contains("time zone is not known"), "{error}");
        assert!(outbox.campaigns().await.unwrap().is_empty(), "nothing was made");
        outbox.enqueue(&crate::vendor::envelope("by itself"), "spring/contact-ada").await.unwrap();
        let error = outbox.add_people(&sequence("spring"), [person("ada")], false).await.unwrap_err();
        assert!(error.to_string().contains("number 1 of the outbox") || error.to_string().contains("begin with spring/"), "{error}");
    }
}
