//! What stands against sending holds at every door: for what is queued, and for what is sent beside the outbox.

use std::time::Duration;

use reachout_outbox::{
    Account, AccountClient, BoxFuture, Channel, Eligibility, Envelope, Error, Filter, Message, Refusal, State, Vendor, Verdict,
};

use crate::both;
use crate::vendor::{CONTACT, account, by_key, envelope, performed, runner, sandbox};

fn by(channel: Channel) -> Envelope {
    let subject = matches!(channel, Channel::Email | Channel::LinkedinInmail).then(|| "Hi".to_owned());
    let mut message = Message::to(CONTACT).channel(channel).text(channel.name());
    message.subject = subject;
    Envelope::new(account(), message)
}

/// Says the same of everybody.
#[derive(Clone, Debug)]
struct Says(Verdict);

impl Eligibility for Says {
    fn check<'a>(&'a self, _: &'a AccountClient, _: &'a Envelope) -> BoxFuture<'a, Result<Verdict, Error>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

fn refuses(channel: Option<Channel>) -> Says {
    Says(Verdict::Suppressed { code: "dnd".to_owned(), reason: "the contact does not want it".to_owned(), channel })
}

both! {
    async fn a_pause_of_messages_holds_what_is_sent_beside(database) {
        let outbox = database.open().await;
        let ada = envelope("x").address("ada@example.org");
        let person = || Filter::all().person("ADA@example.org");
        // The pause, whether it is of an account too; keys of messages that it holds, and of some that it does not.
        let cases = [
            (Filter::all().campaign("spring"), vec![Some("spring/ada"), Some("spring")], vec![None, Some("springtime/ada")]),
            (Filter::all().key("spring/ada"), vec![Some("spring/ada")], vec![None, Some("spring/bo")]),
            (person(), vec![None, Some("any")], vec![]),
            (person().campaign("spring"), vec![Some("spring/1")], vec![None]),
            (person().vendor(Vendor::Leonar).credential("acme"), vec![None], vec![]),
            (person().vendor(Vendor::SendPilot), vec![], vec![None]),
        ];
        for (filter, held, free) in cases {
            outbox.pause_messages(&filter).await.unwrap();
            for key in held {
                assert_eq!(outbox.refusal(&ada, key).await.unwrap(), Some(Refusal::MessagePaused), "{key:?} {filter:?}");
                if let Some(key) = key {
                    outbox.enqueue(&ada, key).await.unwrap();
                    assert!(by_key(&outbox, key).await.paused, "as one that is queued: {key}");
                }
            }
            for key in free {
                assert_eq!(outbox.refusal(&ada, key).await.unwrap(), None, "{key:?} {filter:?}");
            }
            outbox.resume_messages(&filter).await.unwrap();
            assert_eq!(outbox.refusal(&ada, Some("spring/ada")).await.unwrap(), None, "{filter:?}");
        }
    }

    async fn a_stopped_sequence_holds_what_is_sent_beside(database) {
        let outbox = database.open().await;
        let first = envelope("first").sequence("s");
        outbox.enqueue(&first, "first").await.unwrap();
        outbox.stop_follow_ups(by_key(&outbox, "first").await.id, "replied").await.unwrap();
        assert_eq!(outbox.refusal(&first, None).await.unwrap(), Some(Refusal::Stopped("replied".to_owned())));
        assert_eq!(outbox.refusal(&envelope("other").sequence("t"), None).await.unwrap(), None);
        assert_eq!(outbox.refusal(&envelope("a response to the reply"), None).await.unwrap(), None);
    }

    async fn what_is_suppressed_for_linkedin_is_so_for_inmail_and_invitations(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let channels = [Channel::Email, Channel::Linkedin, Channel::LinkedinInmail, Channel::LinkedinInvitation, Channel::WhatsApp];
        for listed in Channel::all() {
            outbox.suppress(CONTACT, Some(listed), listed.name()).await.unwrap();
            for channel in channels {
                let covered = listed == channel || (listed == Channel::Linkedin && channel.name().starts_with("linkedin"));
                let expected = covered.then(|| Refusal::Suppressed(listed.name().to_owned()));
                assert_eq!(outbox.refusal(&by(channel), None).await.unwrap(), expected, "{listed} for {channel}");
            }
            outbox.unsuppress(CONTACT).await.unwrap();
        }
        outbox.suppress(CONTACT, Some(Channel::Linkedin), "asked").await.unwrap();
        for channel in channels {
            outbox.enqueue(&by(channel), channel.name()).await.unwrap();
        }
        runner(&outbox, &sandbox).run().await.unwrap();
        for channel in channels {
            let state = if channel.name().starts_with("linkedin") { State::Suppressed } else { State::Accepted };
            assert_eq!(by_key(&outbox, channel.name()).await.state, state, "{channel}");
        }
        assert_eq!(performed(&sandbox).len(), 2);
    }

    async fn the_suppression_list_is_read_page_by_page(database) {
        let outbox = database.open().await;
        for address in ["b@example.org", "a@example.org"] {
            for channel in [Some(Channel::Sms), None, Some(Channel::Email), Some(Channel::WhatsApp)] {
                outbox.suppress(address, channel, "asked").await.unwrap();
            }
        }
        let whole = outbox.suppressed(None, 100).await.unwrap();
        assert_eq!(whole.len(), 8);
        for most in 1..=8 {
            let mut list = Vec::new();
            loop {
                let page = outbox.suppressed(list.last(), most).await.unwrap();
                if page.is_empty() {
                    break;
                }
                list.extend(page);
            }
            assert_eq!(list, whole, "{most} at a time");
        }
    }

    async fn whom_a_vendor_refused_gets_nothing_before_it_permits(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let ask = |says: &Says| runner(&outbox, &sandbox).eligibility(says.clone());
        outbox.enqueue(&envelope("first"), "first").await.unwrap();
        ask(&refuses(None)).run().await.unwrap();
        assert_eq!(by_key(&outbox, "first").await.state, State::Suppressed);
        // Nobody asks the vendor now: the same message again, another one, one by another channel, one beside.
        assert_eq!(outbox.retry(State::Suppressed, &Filter::all()).await.unwrap(), 1);
        outbox.enqueue(&envelope("second"), "second").await.unwrap();
        outbox.enqueue(&by(Channel::WhatsApp), "whatsapp").await.unwrap();
        let mut person = envelope("another person");
        person.message.to = "b1b2c3d4-5678-90ab-cdef-1234567890ab".into();
        outbox.enqueue(&person, "person").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        for key in ["first", "second", "whatsapp"] {
            let entry = by_key(&outbox, key).await;
            assert_eq!((entry.state, entry.code.as_deref(), entry.attempts), (State::Suppressed, Some("dnd"), 0), "{key}");
        }
        assert_eq!(outbox.refusal(&envelope("beside"), None).await.unwrap(), Some(Refusal::Vendor("dnd".to_owned())));
        assert_eq!(performed(&sandbox).keys().collect::<Vec<_>>(), ["another person"]);
        outbox.retry(State::Suppressed, &Filter::all().key("first")).await.unwrap();
        ask(&Says(Verdict::Eligible)).run().await.unwrap();
        assert_eq!(by_key(&outbox, "first").await.state, State::Accepted, "the vendor permits it");
        outbox.retry(State::Suppressed, &Filter::all().key("second")).await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        assert_eq!(by_key(&outbox, "second").await.state, State::Accepted, "and so it is forgotten");
    }

    async fn what_a_vendor_refused_by_one_channel_is_so_by_that_one(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&by(Channel::Linkedin), "linkedin").await.unwrap();
        runner(&outbox, &sandbox).eligibility(refuses(Some(Channel::Linkedin))).run().await.unwrap();
        assert_eq!(outbox.refusal(&by(Channel::WhatsApp), None).await.unwrap(), None);
        for channel in [Channel::Linkedin, Channel::LinkedinInmail] {
            assert_eq!(outbox.refusal(&by(channel), None).await.unwrap(), Some(Refusal::Vendor("dnd".to_owned())), "{channel}");
        }
        let mut other = by(Channel::Linkedin);
        other.account = Account::new(Vendor::Leonar, "other");
        assert_eq!(outbox.refusal(&other, None).await.unwrap(), None, "another account may know better");
    }

    async fn unclear_checks_count_on_in_another_process(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        outbox.enqueue(&envelope("x"), "x").await.unwrap();
        let unclear = || runner(&outbox, &sandbox).eligibility(Says(Verdict::Unclear("what it says is odd".to_owned()))).attempts(2);
        unclear().run_until(tokio::time::sleep(Duration::from_millis(700))).await.unwrap();
        let entry = by_key(&outbox, "x").await;
        assert_eq!((entry.state, entry.code.as_deref()), (State::Queued, Some("eligibility")));
        unclear().run_until(tokio::time::sleep(Duration::from_secs(2))).await.unwrap();
        let entry = by_key(&outbox, "x").await;
        assert_eq!((entry.state, entry.code.as_deref(), entry.attempts), (State::Failed, Some("eligibility"), 0));
        outbox.retry(State::Failed, &Filter::all()).await.unwrap();
        unclear().run_until(tokio::time::sleep(Duration::from_millis(700))).await.unwrap();
        assert_eq!(by_key(&outbox, "x").await.state, State::Queued, "queued by a person, they count anew");
    }

    async fn a_stop_is_undone(database) {
        let (outbox, sandbox) = (database.open().await, sandbox().await);
        let later = reachout_outbox::Utc::now() + Duration::from_hours(1);
        outbox.enqueue(&envelope("first").sequence("s").address("ada@example.org"), "spring/first").await.unwrap();
        runner(&outbox, &sandbox).run().await.unwrap();
        for key in ["a", "b"] {
            outbox.enqueue(&envelope(key).sequence("s").not_before(later), key).await.unwrap();
        }
        outbox.enqueue(&envelope("other").sequence("t").not_before(later), "other").await.unwrap();
        outbox.cancel(&Filter::all().key("b")).await.unwrap();
        let first = by_key(&outbox, "spring/first").await.id;
        let other = by_key(&outbox, "other").await.id;
        for id in [first, other] {
            assert_eq!(outbox.stop_follow_ups(id, "replied").await.unwrap(), 1);
        }
        assert_eq!(outbox.resume_follow_ups(&Filter::all().person("bo@example.org")).await.unwrap(), (0, 0), "nobody's");
        assert_eq!(outbox.resume_follow_ups(&Filter::all().person("Ada@Example.org")).await.unwrap(), (1, 1));
        assert_eq!(outbox.resume_follow_ups(&Filter::all().person("Ada@Example.org")).await.unwrap(), (0, 0), "it is undone");
        let a = by_key(&outbox, "a").await;
        assert_eq!((a.state, a.code), (State::Queued, None));
        assert!(a.due_at > reachout_outbox::Utc::now() + Duration::from_mins(59), "at the time that it had");
        assert_eq!(by_key(&outbox, "spring/first").await.state, State::Accepted, "what was sent stays so");
        assert_eq!(by_key(&outbox, "b").await.state, State::Cancelled, "a person withdrew it");
        assert_eq!(by_key(&outbox, "other").await.state, State::Cancelled, "it is of another sequence");
        outbox.enqueue(&envelope("next").sequence("s"), "next").await.unwrap();
        runner(&outbox, &sandbox).run_until(tokio::time::sleep(Duration::from_millis(700))).await.unwrap();
        assert_eq!(by_key(&outbox, "next").await.state, State::Accepted);
        assert_eq!(performed(&sandbox).get("first"), Some(&1));
    }
}
