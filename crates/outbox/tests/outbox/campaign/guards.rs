//! Limits of a campaign, and the clock of a test.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use reachout_outbox::{
    AccountClient, Bounds, BoxFuture, Caps, Daily, DateTime, Error, Filter, FollowUp, Frequency, Replied, Replies, Rules, Runner, Signal,
    SignalKind, Spacing, State, Utc, Vendor,
};

use super::{MONDAY, Outcome, Scripted, check_deliveries, pass, person, sequence, world};
use crate::both;

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// How many first steps each day had.
fn first_steps(delivered: &[super::Delivered]) -> BTreeMap<String, usize> {
    let mut days = BTreeMap::new();
    for (at, _, text) in delivered {
        if text.ends_with(" 1") {
            *days.entry(at.format("%d").to_string()).or_default() += 1;
        }
    }
    days
}

/// Looks for replies slowly.
#[derive(Clone, Debug)]
struct Slow(Scripted);

impl Replies for Slow {
    fn look<'a>(&'a self, client: &'a AccountClient, follow_up: &'a FollowUp<'a>) -> BoxFuture<'a, Result<Replied, Error>> {
        Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            self.0.look(client, follow_up).await
        })
    }
}

both! {
    async fn a_campaign_begins_with_so_many_people_a_day(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let mut limited = sequence("spring");
        limited.new_people_a_day = Some(number(3));
        outbox.add_people(&limited, (0..10).map(|number| person(&format!("p{number}"))), false).await.unwrap();
        let due: std::collections::BTreeSet<_> =
            outbox.list(&Filter::all(), 0, 20).await.unwrap().iter().map(|entry| entry.due_at.date_naive()).collect();
        assert_eq!(due.len(), 4, "they are planned day by day: {due:?}");
        // Nothing runs until the weekend: the days that were missed are not made up for.
        clock.forward(4 * 24);
        pass(&outbox, &clock, &vendor, 16).await;
        let delivered = vendor.delivered.lock().unwrap().clone();
        check_deliveries(&delivered);
        assert_eq!(first_steps(&delivered).values().copied().collect::<Vec<_>>(), [3, 3, 3, 1], "{:?}", first_steps(&delivered));
        assert_eq!(delivered.len(), 40);
    }

    async fn steps_in_progress_come_before_new_people(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let account = reachout_outbox::Account::new(Vendor::HoopAi, "acme");
        outbox.set_rules(&account, &Rules::new().daily_cap(Daily::new(2, "UTC").unwrap())).await.unwrap();
        outbox.add_people(&sequence("spring"), (0..8).map(|number| person(&format!("p{number}"))), false).await.unwrap();
        // Two processes with four workers each, to whom the vendor's conversations come slowly: first messages could overtake.
        for _ in 0..12 {
            let runner = || vendor.runner(&outbox).replies(Slow(vendor.clone())).run();
            let (one, two) = tokio::join!(runner(), runner());
            one.and(two).unwrap();
            clock.forward(6);
        }
        let texts = vendor.texts();
        assert_eq!(texts.iter().filter(|text| text.ends_with(" 1")).count(), 4, "{texts:?}");
        let mut third = texts[4..].to_vec();
        third.sort();
        let mut begun: Vec<_> = texts[..2].iter().map(|text| text.replace(" 1", " 2")).collect();
        begun.sort();
        assert_eq!(third, begun, "the third day is that of the second steps");
    }

    async fn an_hour_and_a_campaign_have_so_many_messages(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let account = reachout_outbox::Account::new(Vendor::HoopAi, "acme");
        let most = |number| NonZeroU32::new(number);
        outbox.set_rules(&account, &Rules::new().hourly_cap(most(3).unwrap())).await.unwrap();
        let mut autumn = sequence("autumn");
        let mut caps = Caps::default();
        (caps.hour, caps.day) = (most(1), most(3));
        autumn.caps = Some(caps);
        let people = |name: &'static str| (0..16).map(move |number| person(&format!("{name}{number}")));
        outbox.add_people(&sequence("spring"), people("s"), false).await.unwrap();
        outbox.add_people(&autumn, people("a"), false).await.unwrap();
        for (hour, autumn) in [1, 2, 3, 3, 3].into_iter().enumerate() {
            let runner = || vendor.runner(&outbox).run();
            let (one, two) = tokio::join!(runner(), runner());
            one.and(two).unwrap();
            let texts = vendor.texts();
            assert_eq!(texts.len(), 3 * (hour + 1), "{texts:?}");
            assert!(texts.iter().filter(|text| text.starts_with('a')).count() <= autumn, "{texts:?}");
            clock.forward(1);
        }
        let codes = outbox.list(&Filter::all().state(State::Queued), 0, 100).await.unwrap();
        assert!(codes.iter().any(|entry| entry.code.as_deref() == Some("hourly-cap")), "{codes:?}");
    }

    async fn messages_of_an_account_keep_their_distance(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let account = reachout_outbox::Account::new(Vendor::HoopAi, "acme");
        let hours = std::time::Duration::from_hours;
        outbox.set_rules(&account, &Rules::new().spacing(Spacing::between(hours(1), hours(2)).unwrap())).await.unwrap();
        outbox.add_people(&sequence("spring"), (0..3).map(|number| person(&format!("p{number}"))), false).await.unwrap();
        for count in [1, 2, 3] {
            vendor.runner(&outbox).run().await.unwrap();
            assert_eq!(vendor.texts().len(), count);
            clock.forward(2);
        }
    }

    async fn so_many_campaigns_begin_with_a_person(database) {
        let (outbox, clock, vendor) = world(&database).await;
        for name in ["one", "two", "three"] {
            let mut seldom = sequence(name);
            seldom.frequency = Some(Frequency { campaigns: number(2), days: number(10) });
            outbox.add_people(&seldom, [person("ada")], false).await.unwrap();
            vendor.runner(&outbox).run().await.unwrap();
        }
        let state = async |name: &str| outbox.campaign(name).await.unwrap().count(State::Accepted);
        assert_eq!((state("one").await, state("two").await, state("three").await), (1, 1, 0));
        let waiting = outbox.find_key("three/contact1-ada").await.unwrap().unwrap();
        assert_eq!((waiting.code.as_deref(), waiting.due_at.to_rfc3339()), (Some("frequency"), "2026-01-15T09:00:00+00:00".to_owned()));
        pass(&outbox, &clock, &vendor, 24).await;
        assert_eq!(state("three").await, 4);
    }

    async fn a_campaign_pauses_by_itself(database) {
        let (outbox, clock, vendor) = world(&database).await;
        let mut guarded = sequence("spring");
        let mut bounds = Bounds::default();
        (bounds.refused, bounds.bounced, bounds.minimum) = (Some(20.0), Some(10.0), 5);
        guarded.bounds = Some(bounds);
        *vendor.next.lock().unwrap() = Outcome::Rejected;
        outbox.add_people(&guarded, (0..20).map(|number| person(&format!("p{number}"))), false).await.unwrap();
        vendor.runner(&outbox).workers(1).run().await.unwrap();
        let campaign = outbox.campaign("spring").await.unwrap();
        assert!(campaign.paused && (5..8).contains(&campaign.count(State::Rejected)), "{campaign:?}");
        assert!(campaign.reason.as_deref().unwrap().ends_with("messages were refused, which is more than 20 %"), "{:?}", campaign.reason);
        *vendor.next.lock().unwrap() = Outcome::Accepted;
        pass(&outbox, &clock, &vendor, 2).await;
        assert!(vendor.texts().is_empty(), "it goes on when a person resumes it");
        assert!(outbox.resume_campaign("spring").await.unwrap() > 0);
        pass(&outbox, &clock, &vendor, 1).await;
        assert!(!vendor.texts().is_empty());

        // Bounces come later.
        let mut guarded = sequence("summer");
        guarded.bounds = Some(bounds);
        outbox.add_people(&guarded, (0..10).map(|number| person(&format!("s{number}"))), false).await.unwrap();
        pass(&outbox, &clock, &vendor, 1).await;
        for number in 0..2 {
            let mut bounce = Signal::new(Vendor::HoopAi, SignalKind::Bounced);
            bounce.recipients = vec![format!("contact1-s{number}")];
            outbox.receive(&bounce).await.unwrap();
        }
        let campaign = outbox.campaign("summer").await.unwrap();
        assert_eq!(campaign.reason.as_deref(), Some("2 of 10 messages bounced, which is more than 10 %"));
        assert!(outbox.resume_campaign("none").await.unwrap_err().to_string().contains("there is no campaign none"));
    }

    async fn a_campaign_that_is_held_waits_for_approval_once(database) {
        let (outbox, clock, vendor) = world(&database).await;
        outbox.add_people(&sequence("spring"), [person("ada")], true).await.unwrap();
        pass(&outbox, &clock, &vendor, 3).await;
        assert!(vendor.texts().is_empty());
        assert_eq!(outbox.approve(&Filter::all().campaign("spring")).await.unwrap(), 1);
        pass(&outbox, &clock, &vendor, 14).await;
        assert_eq!(vendor.texts().len(), 4, "its follow-ups need none");
    }

    async fn an_outbox_whose_clock_was_moved_sends_nothing_in_earnest(database) {
        let (moved, clock, vendor) = world(&database).await;
        moved.add_people(&sequence("spring"), [person("ada")], false).await.unwrap();
        let outbox = database.open().await;
        assert_eq!(outbox.now().await.unwrap().to_rfc3339(), "2026-01-05T09:00:00+00:00");
        let run = Runner::new(&outbox, vendor.clone()).until_none_due().run().await;
        assert!(matches!(run, Err(Error::ClockMoved)), "{run:?}");
        clock.forward(24);
        moved.sync_clock().await.unwrap();
        assert_eq!(outbox.now().await.unwrap().to_rfc3339(), "2026-01-06T09:00:00+00:00", "all go by it");
        outbox.reset_clock().await.unwrap();
        assert!(outbox.now().await.unwrap() > MONDAY.parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::days(100));
        let run = Runner::new(&outbox, vendor.clone()).until_none_due().run().await.unwrap();
        assert_eq!(run.settled.values().sum::<u64>() + run.requeued, 1, "{run}");
    }
}

#[tokio::test]
async fn a_run_of_what_is_due_ends_when_nothing_is() {
    let database = crate::database::Database::sqlite();
    let (outbox, clock, vendor) = world(&database).await;
    outbox.add_people(&sequence("spring"), [person("ada")], false).await.unwrap();
    let texts = |vendor: &super::Scripted| vendor.texts().len();
    for (hours, count) in [(0, 1), (24, 1), (24, 2), (0, 2)] {
        clock.forward(hours);
        vendor.runner(&outbox).run().await.unwrap();
        assert_eq!(texts(&vendor), count, "{hours} h later");
    }
    let status = outbox.status().await.unwrap();
    assert_eq!(status.count(State::Queued), 1, "the third step waits for another run");
}
